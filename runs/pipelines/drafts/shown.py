"""Pipelines, drafts and versions as JSON."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from runs.pipelines.drafts import documents, queries, samples
from runs.pipelines.drafts.presence import Editor
from runs.pipelines.models import Pipeline, PipelineVersion
from runs.tracking.models import Run


def pipelines(rows: Sequence[Pipeline]) -> list[dict[str, Any]]:
    """With the last run of each: two questions for a whole list."""
    runs = queries.runs_by_id([str(getattr(row, "last_run_id", "") or "") for row in rows])
    return [pipeline(row, runs.get(getattr(row, "last_run_id", ""))) for row in rows]


def pipeline(row: Pipeline, last: Run | None = None) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "description": row.description,
        "purpose": row.purpose,
        "made_of": row.made_of_id,
        "is_archived": row.is_archived,
        "stamp": row.stamp,
        "versions": row.version_count,
        "nodes": documents.node_count(row.document),
        "created_by": str(row.created_by or ""),
        "created_at": row.created_at,
        "updated_by": str(row.updated_by or ""),
        "updated_at": row.updated_at,
        "last_run": last_run(last) if last else None,
        "url": row.get_absolute_url(),
    }


def last_run(run: Run) -> dict[str, Any]:
    return {
        "id": run.pk,
        "name": run.name,
        "state": run.state,
        "created_at": run.created_at,
        "url": run.get_absolute_url(),
    }


def started(run: Run) -> dict[str, Any]:
    return {**last_run(run), "experiment": run.experiment.path}


def draft(row: Pipeline) -> dict[str, Any]:
    return {"document": row.document, **saved(row)}


def saved(row: Pipeline) -> dict[str, Any]:
    return {"stamp": row.stamp, "saved_by": str(row.updated_by or ""), "saved_at": row.updated_at}


def version(row: PipelineVersion, *, draft_digest: str = "") -> dict[str, Any]:
    return {
        "number": row.number,
        "name": row.name,
        "note": row.note,
        "digest": row.digest,
        "nodes": documents.node_count(row.document),
        "is_draft": row.digest == draft_digest,
        "created_by": str(row.created_by or ""),
        "created_at": row.created_at,
    }


def editor(each: Editor, *, user_id: int) -> dict[str, Any]:
    return {
        "name": each.name,
        "page": each.page,
        "node": each.node,
        "is_you": each.user_id == user_id,
        "since": datetime.fromtimestamp(each.since, UTC),
    }


def sample(each: samples.Sample) -> dict[str, Any]:
    return {
        "key": each.key,
        "title": each.title,
        "about": each.about,
        "nodes": documents.node_count(samples.document_of(each.key)),
    }
