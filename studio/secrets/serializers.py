"""Secrets as JSON. A value comes in and never goes out: no shape of an answer has a place for one."""

from typing import Any

from rest_framework import serializers

from studio.api.fields import StrictSerializer, Text
from studio.secrets import queries
from studio.secrets.models import Secret, SecretVersion
from studio.secrets.vault import MAX_NAME, MAX_VALUE_BYTES


class Value(Text):
    """Written, never read."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_VALUE_BYTES, write_only=True, **options)


class NewSecret(StrictSerializer):
    name = Text(max_length=MAX_NAME)
    value = Value()
    description = Text(max_length=500, required=False, allow_blank=True, default="")


class SetSecret(StrictSerializer):
    value = Value()
    description = Text(max_length=500, required=False, allow_blank=True)


class EditSecret(StrictSerializer):
    description = Text(max_length=500, allow_blank=True)


class SecretUserAnswer(serializers.Serializer):
    kind = serializers.CharField()
    id = serializers.CharField()
    text = serializers.CharField()
    url = serializers.CharField()


class SecretUseAnswer(serializers.Serializer):
    version = serializers.IntegerField(allow_null=True)
    user = SecretUserAnswer()
    used_at = serializers.DateTimeField()


class SecretVersionAnswer(serializers.Serializer):
    number = serializers.IntegerField()
    created_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()


class SecretAnswer(serializers.Serializer):
    name = serializers.CharField()
    description = serializers.CharField()
    version = serializers.IntegerField()
    held_by = SecretUserAnswer(allow_null=True)
    set_by = serializers.CharField()
    set_at = serializers.DateTimeField()
    last_use = SecretUseAnswer(allow_null=True)
    created_at = serializers.DateTimeField()


class OneSecretAnswer(SecretAnswer):
    versions = SecretVersionAnswer(many=True)
    uses = SecretUseAnswer(many=True)


class SecretList(serializers.Serializer):
    results = SecretAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


def secret(row: queries.Row) -> dict[str, Any]:
    """A secret without its value."""
    each = row.secret
    kind, _, pk = each.held_by.partition(":")
    holder = row.holder
    return {
        "name": each.name,
        "description": each.description,
        "version": each.last_number,
        "held_by": {"kind": kind, "id": pk, "text": holder.text, "url": holder.url} if holder else None,
        "set_by": row.set_by,
        "set_at": row.set_at,
        "last_use": use(row.last_use) if row.last_use else None,
        "created_at": each.created_at,
    }


def one_secret(found: Secret) -> dict[str, Any]:
    """A secret with its versions and uses."""
    return {
        **secret(queries.row_of(found)),
        "versions": [version(each) for each in queries.versions(found)],
        "uses": [use(each) for each in queries.recent_uses(found)],
    }


def version(row: SecretVersion) -> dict[str, Any]:
    by = row.created_by
    return {"number": row.number, "created_by": by.name if by else None, "created_at": row.created_at}


def use(row: queries.Use) -> dict[str, Any]:
    user = {"kind": row.thing.kind, "id": row.thing.id, "text": row.label.text, "url": row.label.url}
    return {"version": row.number, "user": user, "used_at": row.used_at}
