"""A run's page: what its head, its tabs and its overview show, and what this person may do there."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from compute.jobs.models import Job, JobEvent
from runs.tracking.models import Run, RunState
from runs.tracking.pages import palette, run_tabs
from runs.tracking.queries.failure import Failure
from studio import access
from studio.access import Permission
from studio.web.tabs import Tab

Pair = tuple[str, str]

SNIPPET = """\
import atelier

with atelier.start_run() as run:
    run.log({"train/loss": 0.3}, step=1)
"""
# What the beginnings of external ids stand for.
ORIGINS = {"mlflow": "MLflow", "wandb": "W&B", "tensorboard": "TensorBoard", "aim": "Aim", "atelier": "an export"}


@dataclass(frozen=True, slots=True)
class RunActions:
    """What this person may do with this run as it is now."""

    start: bool
    stop: bool
    edit: bool
    clone: bool
    archive: bool
    register: bool = False


@dataclass(frozen=True, slots=True)
class RunHead:
    """What stays above the tabs. `signature` changes with anything in it that moves by itself."""

    run: Run
    job: Job | None
    crumbs: Sequence[Pair]
    tabs: Sequence[Tab]
    can: RunActions
    slot: int
    is_stopping: bool
    signature: str


def run_head(request: HttpRequest, run: Run, *, tab: str) -> RunHead:
    """The head of the run's page with `tab` as the current one."""
    job = run.job
    is_stopping = bool(job and job.cancel_requested_at and not run.is_finished)
    return RunHead(
        run=run,
        job=job,
        crumbs=_crumbs(run),
        tabs=run_tabs.of(run, tab),
        can=_actions(request, run),
        slot=palette.slot_of(run.name),
        is_stopping=is_stopping,
        signature=f"{run.state}{'!' * bool(job and job.is_lost)}{'x' * is_stopping}{'a' * run.is_archived}"
        f"{'d' * (run.deleted_at is not None)}",
    )


def _actions(request: HttpRequest, run: Run) -> RunActions:
    here = run.workspace
    if run.deleted_at is not None:  # in the trash: nothing but taking it back, which the banner offers
        return RunActions(start=False, stop=False, edit=False, clone=False, archive=False)
    may_submit = access.allows(request, Permission.RUN_SUBMIT, here)
    return RunActions(
        start=may_submit and run.state == RunState.CREATED and run.job_id is not None,
        stop=run.is_live and access.allows(request, Permission.RUN_STOP, here),
        edit=access.allows(request, Permission.RUN_EDIT, here),
        clone=may_submit and run.definition is not None,
        archive=not run.is_live and access.allows(request, Permission.RUN_ARCHIVE, here),
        register=run.is_finished and access.allows(request, Permission.MODEL_EDIT, here),
    )


def _crumbs(run: Run) -> list[Pair]:
    """The way to the run: the experiment's folders, then its parents."""
    slug = run.workspace.slug
    crumbs = [("Experiments", reverse("experiment-list", kwargs={"workspace": slug}))]
    crumbs.append((run.experiment.path, run.experiment.get_absolute_url()))
    if run.parent is not None:
        crumbs.append((run.parent.name, run.parent.get_absolute_url()))
    return crumbs


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of what happened to the job; `state` gives its glyph."""

    state: str
    label: str
    detail: str
    event: JobEvent


def timeline(job: Job | None) -> list[TimelineEntry]:
    """What happened to the run's job, the oldest first."""
    if job is None:
        return []
    return [_entry(event) for event in job.events.select_related("actor")]


def _entry(event: JobEvent) -> TimelineEntry:
    state = event.to_state or event.from_state
    is_move = bool(event.to_state) and event.to_state != event.from_state
    label = event.to_state.capitalize() if is_move else (event.detail or event.reason.replace("_", " ").capitalize())
    return TimelineEntry(state=state, label=label or "Noted", detail=event.detail if is_move else "", event=event)


def facts(run: Run) -> list[Pair]:
    """What git knew of the code, as label and text."""
    git = run.git or {}
    rows = [
        ("Commit", str(git.get("commit") or "")[:40]),
        ("Branch", str(git.get("branch") or "")),
        ("Remote", str(git.get("remote") or "")),
        ("State", "uncommitted changes" if git.get("dirty") else "clean"),
    ]
    return [(label, text) for label, text in rows if text] if git.get("commit") or git.get("branch") else []


def origin(run: Run) -> Pair | None:
    """Where an imported run came from, and its id there."""
    kind, _, name = run.external_id.partition(":")
    return (ORIGINS.get(kind, kind), name) if name else None


def log_lines(failure: Failure | None) -> list[tuple[int, str]]:
    """The last lines of a failed run's log with their numbers."""
    return list(enumerate(failure.lines, start=failure.first_line)) if failure else []
