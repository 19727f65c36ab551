"""Environments as JSON."""

from typing import Any

from rest_framework import serializers

from registry.environments import definitions
from registry.environments.models import Environment


class EnvironmentAnswer(serializers.Serializer):  # type: ignore[type-arg]
    id = serializers.IntegerField()
    digest = serializers.CharField()
    kind = serializers.CharField()
    python = serializers.CharField()
    packages = serializers.ListField(child=serializers.CharField())
    note = serializers.CharField()
    created_at = serializers.DateTimeField()
    run_count = serializers.IntegerField()
    last_used_at = serializers.DateTimeField(allow_null=True)


class EnvironmentDetailAnswer(EnvironmentAnswer):
    used_by = serializers.ListField(child=serializers.CharField())


class EnvironmentList(serializers.Serializer):  # type: ignore[type-arg]
    results = EnvironmentAnswer(many=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


def environment(row: Environment) -> dict[str, Any]:
    """An environment with its counts (`queries.counted`)."""
    definition = definitions.Definition.from_json(row.definition)
    return {
        "id": row.pk,
        "digest": row.digest,
        "kind": row.kind,
        "python": definition.python,
        "packages": list(definition.packages),
        "note": definition.note,
        "created_at": row.created_at,
        "run_count": getattr(row, "run_total", 0),
        "last_used_at": getattr(row, "last_used_at", None),
    }
