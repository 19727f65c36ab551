"""Reads about schedules and their firings."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from runs.pipelines.publishing import queries as publishing
from runs.schedules.models import Firing, Schedule
from runs.schedules.triggers import ANY
from studio.access.models import Workspace


def schedules_in(workspace: Workspace, *, words: str = "", kind: str = "") -> "QuerySet[Schedule]":
    """Those whose name or description has every word."""
    rows = Schedule.objects.filter(workspace=workspace)
    if kind:
        rows = rows.filter(kind=kind)
    rows = rows.with_words(words)
    drawings = ("pipeline_version__document", "pipeline_version__pipeline__document")  # of up to 1,000 steps each
    return with_parts(rows).defer(*drawings).order_by("name")


def with_parts(rows: "QuerySet[Schedule]") -> "QuerySet[Schedule]":
    return rows.select_related(
        "workspace", "created_by", "endpoint__workspace", "pipeline_version__pipeline__workspace"
    )


def current(schedule: Schedule) -> Schedule:
    """The schedule as it stands now."""
    return with_parts(Schedule.objects.all()).get(pk=schedule.pk)


def document_of(schedule: Schedule) -> Mapping[str, Any]:
    """What it runs: the pipeline, or the job, as it would be run now."""
    if schedule.endpoint is not None:
        return publishing.answering(schedule.endpoint)
    return schedule.pipeline_version.document if schedule.pipeline_version else schedule.document or {}


def last_firings(schedules: list[Schedule]) -> dict[int, Firing]:
    """The newest firing of each, in one question."""
    newest = Firing.objects.filter(schedule=OuterRef("pk")).order_by("-due_at", "-pk").values("pk")[:1]
    wanted = Schedule.objects.filter(pk__in=[each.pk for each in schedules]).values_list(Subquery(newest))
    rows = Firing.objects.filter(pk__in=wanted).select_related("run__workspace")
    return {row.schedule_id: row for row in rows}


def firings_of(schedule: Schedule) -> "QuerySet[Firing]":
    """Newest first."""
    rows = Firing.objects.filter(schedule=schedule).select_related("run__workspace", "schedule__workspace")
    return rows.order_by("-due_at", "-pk")


def due(now: datetime, limit: int) -> list[Schedule]:
    """What the clock has to fire, the longest overdue first."""
    rows = Schedule.objects.filter(is_paused=False, next_at__lte=now)
    return list(with_parts(rows).order_by("next_at")[:limit])


def pending(before: datetime, limit: int) -> list[int]:
    """Firings that were put down and not started, oldest first."""
    rows = Firing.objects.filter(state=Firing.State.PENDING, created_at__lte=before)
    return list(rows.order_by("created_at", "due_at").values_list("pk", flat=True)[:limit])


def watching(workspace: Workspace, kind: str, name: str) -> list[Schedule]:
    """Schedules that wait for new versions of this."""
    rows = Schedule.objects.filter(workspace=workspace, kind=kind, watches__in=[name, ANY], is_paused=False)
    return list(rows.select_related("workspace"))


def by_token(token_hash: str) -> Schedule | None:
    """The schedule that this address belongs to."""
    rows = Schedule.objects.filter(kind=Schedule.Kind.WEBHOOK, token_hash=token_hash).exclude(token_hash="")
    return with_parts(rows).first()
