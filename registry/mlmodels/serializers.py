"""Models and versions as JSON, and the shapes of bodies about them."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from registry.mlmodels import modelfile, names
from registry.mlmodels.models import ModelVersion, RegisteredModel
from studio.api.fields import StrictBoolean, StrictSerializer, Text
from studio.storage.shelves import Entry

TAG_VALUE = names.MAX_VALUE


class Tags(serializers.DictField):
    """Tags by key; null removes one."""

    child = Text(max_length=TAG_VALUE, allow_null=True, allow_blank=True)


class NewModel(StrictSerializer):
    name = Text(max_length=names.MAX_NAME)
    description = Text(max_length=names.MAX_DESCRIPTION, required=False, allow_blank=True, default="")
    tags = Tags(required=False)


class EditModel(StrictSerializer):
    name = Text(max_length=names.MAX_NAME, required=False)
    is_archived = StrictBoolean(required=False)
    description = Text(max_length=names.MAX_DESCRIPTION, required=False, allow_blank=True)
    tags = Tags(required=False)


class NewVersionBody(StrictSerializer):
    source = Text(max_length=2048)  # type: ignore[assignment]
    description = Text(max_length=names.MAX_DESCRIPTION, required=False, allow_blank=True, default="")
    tags = Tags(required=False)
    aliases = serializers.ListField(child=Text(max_length=names.MAX_ALIAS), required=False, max_length=20)


class ModelText(StrictSerializer):
    text = Text(max_length=modelfile.MAX_TEXT)


class ModelRead(serializers.Serializer):
    """`path`: what is to be sent first, beside the file; `source`: the address that needs nothing sent."""

    name = serializers.CharField()
    version = serializers.CharField(allow_blank=True)
    type = serializers.ChoiceField(choices=modelfile.TYPES)
    path = serializers.CharField(allow_blank=True)
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    description = serializers.CharField(allow_blank=True)
    tags = serializers.DictField(child=serializers.CharField(allow_blank=True))
    stage = serializers.CharField(allow_blank=True)


class EditVersion(StrictSerializer):
    description = Text(max_length=names.MAX_DESCRIPTION, required=False, allow_blank=True)
    card = Text(max_length=names.MAX_DESCRIPTION, required=False, allow_blank=True)
    is_archived = StrictBoolean(required=False)
    stage = Text(max_length=40, required=False)
    archive_existing = StrictBoolean(required=False, default=False)
    tags = Tags(required=False)


class SetAlias(StrictSerializer):
    version = Text(max_length=20)


class Person(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.CharField()


class VersionAnswer(serializers.Serializer):
    model = serializers.CharField()
    version = serializers.IntegerField()
    stage = serializers.CharField()
    format = serializers.CharField()
    is_archived = serializers.BooleanField()
    description = serializers.CharField()
    card = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    run_id = serializers.CharField(allow_null=True)
    logged_model_id = serializers.CharField(allow_null=True)
    aliases = serializers.ListField(child=serializers.CharField())
    tags = serializers.DictField(child=serializers.CharField())
    signature = serializers.DictField(allow_null=True)
    flavors = serializers.ListField(child=serializers.CharField())
    input_example = serializers.JSONField(allow_null=True)
    facts = serializers.DictField()
    size = serializers.IntegerField()
    created_by = Person(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    url = serializers.CharField()


class ModelAnswer(serializers.Serializer):
    name = serializers.CharField()
    is_archived = serializers.BooleanField()
    description = serializers.CharField()
    tags = serializers.DictField(child=serializers.CharField())
    aliases = serializers.DictField(child=serializers.IntegerField())
    last_version = serializers.IntegerField(allow_null=True)
    created_by = Person(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()
    url = serializers.CharField()


class Page(serializers.Serializer):
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class ModelList(Page):
    results = ModelAnswer(many=True)


class VersionList(Page):
    results = VersionAnswer(many=True)


class FileAnswer(serializers.Serializer):
    path = serializers.CharField()
    is_dir = serializers.BooleanField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField(allow_null=True)
    content_type = serializers.CharField(allow_null=True)


class FileList(serializers.Serializer):
    results = FileAnswer(many=True)


def model(row: RegisteredModel) -> dict[str, Any]:
    """A model with its parts (`queries.with_parts`)."""
    return {
        "name": row.name,
        "is_archived": row.is_archived,
        "description": row.description,
        "tags": {tag.key: tag.value for tag in row.tags.all()},
        "aliases": {alias.name: alias.version.number for alias in row.aliases.all()},
        "last_version": row.last_number or None,
        "created_by": _person(row.created_by),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "url": settings.BASE_URL + row.get_absolute_url(),
    }


def version(row: ModelVersion) -> dict[str, Any]:
    """A version with its parts (`queries.versions_with_parts`)."""
    return {
        "model": row.model.name,
        "version": row.number,
        "stage": row.stage,
        "format": row.format,
        "is_archived": row.is_archived,
        "description": row.description,
        "card": row.card,
        "source": row.source,
        "run_id": row.run_id or None,
        "logged_model_id": row.logged_model_id or None,
        "aliases": [alias.name for alias in row.aliases.all()],
        "tags": {tag.key: tag.value for tag in row.tags.all()},
        "signature": row.signature,
        "flavors": row.flavors,
        "input_example": row.input_example,
        "facts": row.facts,
        "size": row.size,
        "created_by": _person(row.created_by),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "url": settings.BASE_URL + row.get_absolute_url(),
    }


def file(entry: Entry) -> dict[str, Any]:
    return {
        "path": entry.path,
        "is_dir": entry.is_dir,
        "size": entry.size,
        "sha256": entry.sha256 or None,
        "content_type": entry.content_type or None,
    }


def _person(user: Any) -> dict[str, Any] | None:
    return None if user is None else {"id": user.pk, "name": user.name, "email": user.email}
