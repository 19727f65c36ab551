"""Schedules and firings as JSON."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from runs.schedules import triggers
from runs.schedules.models import Firing, Schedule
from runs.schedules.times import zones


def schedule(row: Schedule) -> dict[str, Any]:
    return {
        "name": row.name,
        "description": row.description,
        "kind": row.kind,
        "trigger": row.trigger,
        "words": triggers.of(row).words,
        "time_zone": row.time_zone,
        "starts_at": row.starts_at,
        "ends_at": row.ends_at,
        "is_paused": row.is_paused,
        "next_at": row.next_at,
        "pipeline": row.pipeline_version.pipeline_id if row.pipeline_version else None,
        "version": row.pipeline_version.number if row.pipeline_version else None,
        "endpoint": row.endpoint.name if row.endpoint else None,
        "document": row.document,
        "inputs": row.inputs,
        "experiment": row.experiment,
        "owner": str(row.created_by or ""),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "url": row.get_absolute_url(),
    }


def firing(row: Firing) -> dict[str, Any]:
    run = row.run
    return {
        "id": row.pk,
        "key": row.key,
        "due_at": row.due_at,
        "state": row.state,
        "inputs": row.inputs,
        "is_backfill": row.is_backfill,
        "run": {"id": run.pk, "name": run.name, "state": run.state, "url": run.get_absolute_url()} if run else None,
        "problem": row.problem,
        "created_at": row.created_at,
    }


def preview(found: triggers.Trigger, times: Sequence[datetime], zone: str) -> dict[str, Any]:
    return {"words": found.words, "time_zone": zone, "times": list(times), "local_times": on_the_wall(times, zone)}


def on_the_wall(times: Sequence[datetime], zone: str) -> list[str]:
    """Times as the clocks of the zone show them: "Mon 9 Mar 2026, 02:15 EDT"."""
    place = zones.named(zone)
    return [f"{each.astimezone(place):%a} {_day(each.astimezone(place))}" for each in times]


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y, %H:%M %Z}"
