"""Devices and what belongs to them as JSON."""

from typing import Any

from registry.edge import queries
from registry.edge.models import EdgeDevice, EdgeEvent, EdgeModule
from registry.edge.options import Options


def device(row: EdgeDevice) -> dict[str, Any]:
    """A device; its modules are asked for apart."""
    return {
        "id": row.pk,
        "name": row.name,
        "description": row.description,
        "tags": row.tags,
        "state": queries.state_of(row),
        "seen_at": row.seen_at,
        "enrolled_at": row.enrolled_at,
        "code_expires_at": row.code_expires_at if row.code_hash else None,
        "facts": row.facts,
        "revision": row.revision,
        "reported_revision": row.reported_revision,
        "telemetry": row.telemetry,
        "modules": sorted(each.name for each in row.modules.all()),
        "url": row.get_absolute_url(),
        "created_by": str(row.created_by or ""),
        "created_at": row.created_at,
    }


def module(row: EdgeModule) -> dict[str, Any]:
    """A module as it shall run, and what its device said of it last."""
    said = row.device.reported.get(row.name)
    return {
        "id": row.pk,
        "name": row.name,
        "image": str(row.image_version),
        "previous": str(row.previous) if row.previous else None,
        **Options.from_json(row.options).to_json(),
        "is_stopped": row.is_stopped,
        "generation": row.generation,
        "reported": said,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def event(row: EdgeEvent) -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": row.kind,
        "module": row.module,
        "detail": row.detail,
        "actor": str(row.actor or ""),
        "at": row.at,
    }
