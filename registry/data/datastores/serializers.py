"""Datastores as JSON, and the shapes of bodies about them. No answer has a credential in it."""

from typing import Any

from rest_framework import serializers

from registry.data.datastores import queries
from registry.data.datastores.checking import Check
from registry.data.datastores.definition import CREDENTIAL, MAX_DESCRIPTION, MAX_SECRET
from registry.data.datastores.document import MAX_TEXT
from registry.data.datastores.kinds.declared import Kind, Setting
from registry.data.datastores.kinds.sql_base import Table
from registry.data.datastores.models import Datastore
from studio.api.fields import StrictBoolean, StrictSerializer, Text

MAX_NAME = 120


class Tags(serializers.DictField):
    child = Text(max_length=1_000, allow_null=True, allow_blank=True)


class Options(serializers.DictField):
    """Settings by name, as the kind declares them: texts, numbers and booleans."""

    child = serializers.JSONField()


class Parts(serializers.DictField):
    """A credential's type and secret parts."""

    child = Text(max_length=MAX_SECRET, allow_blank=True)


class NewDatastore(StrictSerializer):
    """By its fields, or as the text of a YAML file."""

    name = Text(max_length=MAX_NAME, required=False)
    kind = Text(max_length=40, required=False)
    description = Text(max_length=MAX_DESCRIPTION, required=False, allow_blank=True, default="")
    options = Options(required=False)
    credential = Parts(required=False, allow_null=True)
    tags = Tags(required=False)
    is_read_only = StrictBoolean(required=False, default=False)
    file_name = Text(max_length=255, required=False, allow_blank=True)
    text = Text(max_length=MAX_TEXT, required=False)


class EditDatastore(StrictSerializer):
    description = Text(max_length=MAX_DESCRIPTION, required=False, allow_blank=True)
    options = Options(required=False)
    credential = Parts(required=False)
    tags = Tags(required=False)
    is_read_only = StrictBoolean(required=False)
    is_default = StrictBoolean(required=False)


class TestDatastore(StrictSerializer):
    kind = Text(max_length=40)
    options = Options(required=False)
    credential = Parts(required=False, allow_null=True)
    is_read_only = StrictBoolean(required=False, default=False)


class DatastoreAnswer(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.CharField()
    description = serializers.CharField()
    where = serializers.CharField()
    options = serializers.DictField(child=serializers.JSONField())
    credential = serializers.CharField()
    has_credential = serializers.BooleanField()
    is_default = serializers.BooleanField()
    is_read_only = serializers.BooleanField()
    tags = serializers.DictField(child=serializers.CharField())
    version_count = serializers.IntegerField(allow_null=True)
    checked_at = serializers.DateTimeField(allow_null=True)
    check_problem = serializers.CharField()
    created_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class DatastoreList(serializers.Serializer):
    results = DatastoreAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class DatastoreCheckAnswer(serializers.Serializer):
    is_working = serializers.BooleanField()
    problem = serializers.CharField()
    hint = serializers.CharField()
    checked_at = serializers.DateTimeField()
    learned = serializers.DictField(child=serializers.JSONField())


class DatastoreColumnAnswer(serializers.Serializer):
    name = serializers.CharField()
    type = serializers.CharField()


class DatastoreTableAnswer(serializers.Serializer):
    schema = serializers.CharField()
    name = serializers.CharField()
    is_view = serializers.BooleanField()
    columns = DatastoreColumnAnswer(many=True)


class DatastoreTableList(serializers.Serializer):
    results = DatastoreTableAnswer(many=True)


class DatastoreSettingAnswer(serializers.Serializer):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    type = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    default = serializers.JSONField()
    help = serializers.CharField()
    choices = serializers.ListField(child=serializers.CharField())
    only = serializers.ListField(child=serializers.CharField())


class DatastoreCredentialAnswer(serializers.Serializer):
    type = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    fields = DatastoreSettingAnswer(many=True)  # type: ignore[assignment]


class DatastoreKindAnswer(serializers.Serializer):
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    settings = DatastoreSettingAnswer(many=True)
    credentials = DatastoreCredentialAnswer(many=True)


class DatastoreKindList(serializers.Serializer):
    results = DatastoreKindAnswer(many=True)


def datastore(row: Datastore) -> dict[str, Any]:
    """A datastore; of its credential only the type."""
    return {
        "id": row.pk,
        "name": row.name,
        "kind": row.kind,
        "description": row.description,
        "where": queries.where(row),
        "options": {name: value for name, value in row.options.items() if name != CREDENTIAL},
        "credential": row.options.get(CREDENTIAL, ""),
        "has_credential": row.secret_id is not None,
        "is_default": row.is_default,
        "is_read_only": row.is_read_only,
        "tags": row.tags,
        "version_count": getattr(row, "version_count", None),
        "checked_at": row.checked_at,
        "check_problem": row.check_problem,
        "created_by": row.created_by.name if row.created_by else None,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def check(found: Check) -> dict[str, Any]:
    return {
        "is_working": found.is_working,
        "problem": found.problem,
        "hint": found.hint,
        "checked_at": found.at,
        "learned": found.learned,
    }


def table(found: Table) -> dict[str, Any]:
    columns = [{"name": column.name, "type": column.type} for column in found.columns]
    return {"schema": found.schema, "name": found.name, "is_view": found.is_view, "columns": columns}


def kind(name: str, found: Kind) -> dict[str, Any]:
    return {
        "kind": name,
        "label": found.label,
        "settings": [_setting(each) for each in found.settings],
        "credentials": [
            {"type": each.name, "label": each.label, "fields": [_setting(part) for part in each.fields]}
            for each in found.credentials
        ],
    }


def _setting(found: Setting) -> dict[str, Any]:
    return {
        "name": found.name,
        "label": found.label,
        "type": found.type,
        "required": found.required,
        "default": found.default,
        "help": found.help,
        "choices": [value for value, _ in found.choices],
        "only": list(found.only),
    }
