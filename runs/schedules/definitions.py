"""What a schedule says, checked: its trigger, its times, and what it runs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from runs.pipelines.document import checking, reading
from runs.pipelines.document.problems import InvalidPipeline
from runs.pipelines.drafts import documents
from runs.pipelines.drafts.names import description
from runs.pipelines.models import PipelineEndpoint, PipelineVersion
from runs.pipelines.publishing import parameters
from runs.pipelines.publishing import queries as publishing
from runs.schedules import placeholders, triggers
from runs.schedules.models import Schedule
from runs.schedules.times import zones
from runs.tracking.jobfile import parse
from studio.access.models import Workspace
from studio.errors import Invalid

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")
MAX_INPUTS = 500


@dataclass(frozen=True, slots=True)
class NewSchedule:
    """A schedule as somebody wants it. Exactly one of `version`, `endpoint` and `document` is what it runs."""

    name: str
    kind: str
    trigger: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""
    time_zone: str = "UTC"
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_paused: bool = False
    version: PipelineVersion | None = None
    endpoint: PipelineEndpoint | None = None
    document: Mapping[str, Any] | None = None
    inputs: Mapping[str, Any] = field(default_factory=dict)
    experiment: str = ""


def columns(workspace: Workspace, new: NewSchedule) -> dict[str, Any]:
    """The values of the row, with the next time. Raises Invalid naming what is wrong."""
    read = triggers.read(new.kind, new.trigger)
    if new.starts_at and new.ends_at and new.ends_at <= new.starts_at:
        message = "The end lies before the start."
        raise Invalid("bad_schedule", message, fields={"ends_at": message})
    if len(new.inputs) > MAX_INPUTS:
        raise Invalid("bad_schedule", f"A schedule has at most {MAX_INPUTS} inputs.", fields={"inputs": "Too many."})
    runs = _runs(workspace, new)
    _check_inputs(new, runs["document"])
    return {
        "name": name(new.name),
        "description": description(new.description),
        "kind": read.kind,
        "trigger": read.stored,
        "watches": read.watches,
        "time_zone": zones.named(new.time_zone).key,
        "starts_at": new.starts_at,
        "ends_at": new.ends_at,
        "is_paused": new.is_paused,
        "inputs": dict(new.inputs),
        "experiment": new.experiment.strip(),
        **runs,
    }


def next_after(schedule: Schedule, moment: datetime) -> datetime | None:
    """When it is due next; None when it never is again, or does not follow the clock."""
    timing = triggers.timing_of(schedule)
    return timing.after(moment) if timing else None


def preview(new: Mapping[str, Any], count: int) -> tuple[triggers.Trigger, list[datetime], str]:
    """A trigger in words and its next times. Raises Invalid."""
    read = triggers.read(str(new.get("kind", "")), new.get("trigger") or {})
    zone = zones.named(str(new.get("time_zone") or "UTC"))
    now = timezone.now()
    timing = triggers.timing(
        read, time_zone=zone.key, begins=new.get("starts_at") or now, ends=new.get("ends_at")
    )  # fmt: skip
    return read, timing.first(now, count) if timing else [], zone.key


def name(text: str) -> str:
    if not NAME.fullmatch(text):
        message = "A schedule's name has letters, digits, '.', '-' and '_', and begins with one of the first two."
        raise Invalid("bad_schedule", message, fields={"name": message})
    return text


def _runs(workspace: Workspace, new: NewSchedule) -> dict[str, Any]:
    given = [each for each in (new.version, new.endpoint, new.document) if each is not None]
    if len(given) != 1:
        message = "A schedule runs one thing: a version of a pipeline, a published pipeline, or a job file."
        raise Invalid("bad_schedule", message, fields={"pipeline": message})
    document = checked_document(workspace, new.document) if new.document is not None else None
    return {"pipeline_version": new.version, "endpoint": new.endpoint, "document": document}


def _check_inputs(new: NewSchedule, own: Mapping[str, Any] | None) -> None:
    """What could not be started when it is due is refused now. What an event brings is judged then."""
    document = (
        publishing.answering(new.endpoint) if new.endpoint else new.version.document if new.version else own or {}
    )
    if not reading.is_pipeline_object(document):
        return  # a job of its own says the same where it is made
    declared = document.get("inputs") or {}
    later = {each for each, value in new.inputs.items() if each in declared and placeholders.stands_in(value)}
    known = {**document, "inputs": {each: facts for each, facts in declared.items() if each not in later}}
    parameters.checked(known, {each: value for each, value in new.inputs.items() if each not in later})


def checked_document(workspace: Workspace, document: Mapping[str, Any]) -> dict[str, Any]:
    """A job's document that could be run: a pipeline's or a command's. Raises Invalid with its problems."""
    if not reading.is_pipeline_object(document):
        parse.parse_object(dict(document))
        return dict(document)
    found = reading.read_object(document)
    problems = [*found.problems] or checking.check(workspace, found.document)
    if problems:
        raise InvalidPipeline(problems)
    return documents.shaped(found.document)
