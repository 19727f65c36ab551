"""A firing becomes a run: the schedule's inputs with what the event brings, as the person who made the schedule."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from runs.pipelines.document import reading
from runs.pipelines.engine import submitting
from runs.pipelines.publishing import services as publishing
from runs.schedules import placeholders
from runs.schedules.models import Firing, Schedule
from runs.tracking.jobfile import parse
from runs.tracking.models import Run
from runs.tracking.services import submit as tracking
from studio.access.models import Workspace
from studio.access.permissions import Permission
from studio.accounts.models import User
from studio.errors import Denied

ORIGIN = "schedule"


def run_of(firing: Firing) -> Run:
    """The run, in the caller's transaction. Raises a StudioError for whatever stands in the way."""
    schedule = firing.schedule
    actor = owner_of(schedule)
    event = event_of(firing)
    inputs = placeholders.filled(schedule.inputs, event)
    if schedule.endpoint is not None:
        return publishing.invoke(
            actor=actor, endpoint=schedule.endpoint, inputs=inputs, experiment=schedule.experiment, origin=ORIGIN
        )
    document: Mapping[str, Any] = schedule.document or {}
    version = schedule.pipeline_version
    if version is None and not _is_pipeline(document):
        return _command(actor, schedule, placeholders.filled(document, event), inputs)
    return submitting.submit(
        actor=actor,
        workspace=schedule.workspace,
        document=document if version is None else version.document,
        inputs=inputs,
        pipeline=version.pipeline if version else None,
        version=version,
        origin=ORIGIN,
        experiment=schedule.experiment,
    )


def owner_of(schedule: Schedule) -> User:
    """Who the run is of: the person who made the schedule. Raises Denied when they may not submit runs any more."""
    owner = schedule.created_by
    allowed = (
        owner is not None
        and owner.is_active
        and Workspace.objects.for_user(owner, Permission.RUN_SUBMIT).filter(pk=schedule.workspace_id).exists()
    )
    if owner is None or not allowed:
        raise Denied(
            "schedule_without_owner",
            f"{owner or 'Its owner'} may not submit runs here any more, so the schedule starts nothing.",
            hint="Somebody who may edits the schedule: from then on its runs are theirs.",
        )
    return owner


def event_of(firing: Firing) -> dict[str, Any]:
    """What `${{event.…}}` finds."""
    due = firing.due_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "time": due,
        "date": due[:10],
        "schedule": firing.schedule.name,
        "kind": firing.schedule.kind,
        "job_name": f"{firing.schedule.name}-{firing.due_at:%Y%m%d%H%M%S}",
        **firing.inputs,
    }


def _command(actor: User, schedule: Schedule, document: Mapping[str, Any], inputs: Mapping[str, Any]) -> Run:
    overrides = {f"inputs.{name}": value for name, value in inputs.items()}
    if schedule.experiment:
        overrides["experiment_name"] = schedule.experiment
    job = parse.parse_object(dict(document), overrides)
    return tracking.submit_run(actor=actor, workspace=schedule.workspace, job=job, source=ORIGIN)


def _is_pipeline(document: Mapping[str, Any]) -> bool:
    return reading.is_pipeline_object(document)
