"""Connections as JSON. Of a credential only its kind goes out."""

from typing import Any

from rest_framework import serializers

from studio.api.fields import StrictBoolean, StrictSerializer, Text
from studio.secrets.connections import document
from studio.secrets.models import Connection

PLACES = (
    "url", "api_base", "azure_endpoint", "endpoint", "account_name", "container_name", "one_lake_workspace_name", "artifact_name",
    "api_version", "open_ai_resource_id", "ai_services_resource_id",
)  # fmt: skip


class EditConnection(StrictSerializer):
    """As a file says it; what stands in `text` as YAML stands alone. `studio.secrets.connections.document` reads the values."""

    type = Text(max_length=60, required=False)
    target = Text(max_length=document.MAX_TARGET, required=False, allow_blank=True)
    credentials = serializers.DictField(required=False, write_only=True)
    metadata = serializers.DictField(required=False)
    tags = serializers.DictField(required=False)
    description = Text(max_length=document.MAX_DESCRIPTION, required=False, allow_blank=True)
    is_shared = StrictBoolean(required=False)
    api_key = Text(max_length=document.MAX_PART, required=False, write_only=True)
    artifact = serializers.DictField(required=False)

    def get_fields(self) -> dict[str, Any]:
        found = super().get_fields()
        found["$schema"] = Text(max_length=500, required=False)
        for name in PLACES:
            found[name] = Text(max_length=document.MAX_METADATA_TEXT, required=False, allow_blank=True)
        return found


class NewConnection(EditConnection):
    name = Text(max_length=document.MAX_NAME, required=False)
    text = Text(max_length=document.MAX_TEXT, required=False, write_only=True)


class ConnectionCredentials(serializers.Serializer):
    type = serializers.CharField()
    is_set = serializers.BooleanField()


class ConnectionAnswer(serializers.Serializer):
    name = serializers.CharField()
    type = serializers.CharField()
    target = serializers.CharField()
    credentials = ConnectionCredentials()
    metadata = serializers.DictField()
    description = serializers.CharField()
    is_shared = serializers.BooleanField()
    created_by = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class ConnectionList(serializers.Serializer):
    results = ConnectionAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


def connection(row: Connection) -> dict[str, Any]:
    by = row.created_by
    return {
        "name": row.name,
        "type": row.type,
        "target": row.target,
        "credentials": {"type": row.credentials, "is_set": row.secret_id is not None},
        "metadata": row.metadata,
        "description": row.description,
        "is_shared": row.is_shared,
        "created_by": by.name if by else None,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }
