"""What the pages of schedules show."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from runs.pipelines.drafts import queries as drafts
from runs.pipelines.publishing import queries as publishing
from runs.schedules import definitions, queries, shown, triggers
from runs.schedules.models import Firing, Schedule
from runs.schedules.times import zones
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.api import pagination
from studio.errors import StudioError
from studio.web.designer_tabs import designer_tabs
from studio.web.tabs import Tab

ROWS = 50
SHOWN_TIMES = 5
MOST_CHOICES = 300
KEEP = "as it is"


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    schedule: Schedule
    words: str
    what: str
    last: Firing | None


@dataclass(frozen=True, slots=True)
class ListPage:
    rows: list[ScheduleRow]
    q: str
    next_url: str
    previous_url: str
    tabs: list[Tab]
    can_edit: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """A trigger in words with its next times, or what is wrong with it."""

    words: str
    times: list[str]
    zone: str
    problem: str


@dataclass(frozen=True, slots=True)
class FiringRow:
    firing: Firing
    due: str
    given: str


@dataclass(frozen=True, slots=True)
class SchedulePage:
    schedule: Schedule
    what: str
    what_url: str
    preview: Preview
    inputs: str
    document: str
    firings: list[FiringRow]
    next_url: str
    previous_url: str
    follows_clock: bool
    trail: list[tuple[str, str]]
    can_edit: bool


def list_page(request: HttpRequest, workspace: Workspace) -> ListPage:
    q = request.GET.get("q", "")[:500]
    found = pagination.page_of(
        queries.schedules_in(workspace, words=q), order=("name", "id"), cursor=request.GET.get("cursor", ""),
        limit=ROWS,
    )  # fmt: skip
    last = queries.last_firings(found.rows)
    return ListPage(
        rows=[ScheduleRow(row, triggers.of(row).words, what(row)[0], last.get(row.pk)) for row in found.rows],
        q=q,
        next_url=_url(request, found.next),
        previous_url=_url(request, found.previous),
        tabs=designer_tabs(workspace, "Schedules"),
        can_edit=access.allows(request, Permission.SCHEDULE_EDIT, workspace),
    )


def schedule_page(request: HttpRequest, schedule: Schedule) -> SchedulePage:
    slug = schedule.workspace.slug
    found = pagination.page_of(
        queries.firings_of(schedule), order=("-due_at", "-id"), cursor=request.GET.get("cursor", ""), limit=ROWS
    )
    name, url = what(schedule)
    dues = shown.on_the_wall([row.due_at for row in found.rows], schedule.time_zone)
    return SchedulePage(
        schedule=schedule,
        what=name,
        what_url=url,
        preview=preview_of(schedule),
        inputs=json.dumps(schedule.inputs, indent=2, ensure_ascii=False) if schedule.inputs else "",
        document=json.dumps(schedule.document, indent=2, ensure_ascii=False) if schedule.document else "",
        firings=[
            FiringRow(row, due, json.dumps(row.inputs, ensure_ascii=False) if row.inputs else "")
            for row, due in zip(found.rows, dues, strict=True)
        ],
        next_url=_url(request, found.next),
        previous_url=_url(request, found.previous),
        follows_clock=schedule.kind in triggers.BY_CLOCK,
        trail=[("Designer", f"/w/{slug}/pipelines/"), ("Schedules", f"/w/{slug}/schedules/"), (schedule.name, "")],
        can_edit=access.allows(request, Permission.SCHEDULE_EDIT, schedule.workspace),
    )


def preview_of(schedule: Schedule) -> Preview:
    """The next times of a schedule; a recurrence counts from where it began."""
    facts = {
        "kind": schedule.kind, "trigger": schedule.trigger, "time_zone": schedule.time_zone,
        "starts_at": schedule.starts_at or schedule.created_at, "ends_at": schedule.ends_at,
    }  # fmt: skip
    return preview(facts)


def preview(when: dict[str, Any]) -> Preview:
    try:
        found, times, zone = definitions.preview(when, SHOWN_TIMES)
    except StudioError as error:
        return Preview("", [], "", error.message)
    return Preview(found.words[:1].upper() + found.words[1:], shown.on_the_wall(times, zone), zone, "")


def what(schedule: Schedule) -> tuple[str, str]:
    """What it runs, and where that is."""
    if schedule.endpoint is not None:
        return schedule.endpoint.name, schedule.endpoint.get_absolute_url()
    if schedule.pipeline_version is not None:
        return str(schedule.pipeline_version), schedule.pipeline_version.pipeline.get_absolute_url()
    document = schedule.document or {}
    return str(document.get("display_name") or document.get("command") or "a job of its own")[:80], ""


def choices(workspace: Workspace, schedule: Schedule | None = None) -> list[tuple[str, str]]:
    """What a schedule can run, for the form."""
    kept = [("", f"{what(schedule)[0]} ({KEEP})")] if schedule else []
    pipelines = drafts.pipelines_in(workspace).order_by("name")[:MOST_CHOICES]
    endpoints = publishing.endpoints_in(workspace)[:MOST_CHOICES]
    return [
        *kept,
        *((f"pipeline:{each.pk}", f"{each.name}, as it is drawn now") for each in pipelines),
        *((f"endpoint:{each.name}", f"{each.name}, published") for each in endpoints),
    ]


def zone_names() -> list[str]:
    return zones.all_names()


def _url(request: HttpRequest, cursor: str) -> str:
    return f"?{pagination.query_with(request.GET, cursor=cursor)}" if cursor else ""
