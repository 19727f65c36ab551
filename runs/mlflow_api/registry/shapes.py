"""Models, versions and webhooks in MLflow's form."""

from collections.abc import Sequence
from typing import Any

from registry.mlmodels.models import ModelVersion, RegisteredModel
from runs.mlflow_api.tracking.times import to_ms
from studio.webhooks import events
from studio.webhooks.models import Webhook


def model(row: RegisteredModel, latest: Sequence[ModelVersion] = ()) -> dict[str, Any]:
    """A model with the newest version of each stage (`queries.with_parts`, `queries.latest_by_stage`)."""
    found: dict[str, Any] = {
        "name": row.name,
        "creation_timestamp": to_ms(row.created_at),
        "last_updated_timestamp": to_ms(row.updated_at),
        "description": row.description,
        "latest_versions": [version(each) for each in latest],
        "tags": _tags(row.tags.all()),
        "aliases": [{"alias": each.name, "version": str(each.version.number)} for each in row.aliases.all()],
    }
    return {key: value for key, value in found.items() if value not in ("", [])}


def version(row: ModelVersion) -> dict[str, Any]:
    """A version with its tags and aliases (`queries.versions_with_parts`)."""
    found: dict[str, Any] = {
        "name": row.model.name,
        "version": str(row.number),
        "creation_timestamp": to_ms(row.created_at),
        "last_updated_timestamp": to_ms(row.updated_at),
        "user_id": row.created_by.email if row.created_by else "",
        "current_stage": row.stage,
        "description": row.description,
        "source": row.source,
        "run_id": row.run_id,
        "run_link": row.run_link,
        "status": "READY",
        "model_id": row.logged_model_id,
        "tags": _tags(row.tags.all()),
        "aliases": [each.name for each in row.aliases.all()],
    }
    # MLflow's client reads a version without the field as one whose description is None, not empty.
    return {key: value for key, value in found.items() if value not in ("", []) or key == "description"}


def webhook(row: Webhook) -> dict[str, Any]:
    """A webhook; its secret stays here."""
    return {
        "webhook_id": str(row.pk),
        "name": row.name,
        "url": row.url,
        "description": row.description,
        "events": [event(name) for name in row.events if name not in events.OWN],
        "status": row.status,
        "creation_timestamp": to_ms(row.created_at),
        "last_updated_timestamp": to_ms(row.updated_at),
    }


def event(name: str) -> dict[str, str]:
    entity, _, action = name.partition(".")
    return {"entity": entity.upper(), "action": action.upper()}


def _tags(rows: Any) -> list[dict[str, str]]:
    return [{"key": row.key, "value": row.value} for row in rows]
