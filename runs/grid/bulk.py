"""One thing done to many runs: at once where they are few, in the background where they are many.

Each run that can't have it is named with the reason; the others are done.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from runs.grid.models import BulkChange
from runs.tracking.models import Experiment, Run
from runs.tracking.services import experiments, lifecycle, moving, records, words
from runs.trash import services as trash
from studio.access.models import Workspace
from studio.access.permissions import Permission
from studio.accounts.models import User
from studio.activity import services as activity
from studio.activity.models import Activity
from studio.errors import Invalid, StudioError

AT_ONCE = 200  # of more the person does not wait
PORTION = 100
LEASE = timedelta(minutes=2)
KEPT_REFUSALS = 500
KIND = "bulk-change"
PERMISSIONS: dict[str, Permission] = {
    "stop": Permission.RUN_STOP,
    "archive": Permission.RUN_ARCHIVE,
    "restore": Permission.RUN_ARCHIVE,
    "tag": Permission.RUN_EDIT,
    "move": Permission.RUN_EDIT,
    "trash": Permission.RUN_DELETE,
}
UNSEEN = "There is no such run, or it is not yours to change."
TITLES = {"stop": "Stop", "archive": "Archive", "restore": "Restore", "tag": "Tag", "move": "Move", "trash": "Delete"}


@dataclass(frozen=True, slots=True)
class Refusal:
    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    changed: list[str]
    refused: list[Refusal]


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done; `values` holds the tags, or the path of the experiment runs are moved to."""

    action: str
    values: Mapping[str, Any]


def read(action: str, *, tags: Mapping[str, Any] | None = None, to: str = "") -> Change:
    """A change that makes sense. Raises Invalid for one that does not, before anything is done."""
    if action not in PERMISSIONS:
        raise Invalid(
            "unknown_action", f"There is no action {action[:40]!r}.", hint=f"Use one of {', '.join(PERMISSIONS)}."
        )
    if action == "tag":
        clean = words.clean_tags(tags or {})
        if not clean:
            raise Invalid("invalid_value", "Say which tags to set.", fields={"tags": "It is empty."})
        return Change(action, {"tags": clean})
    return Change(action, {"to": experiments.clean_path(to)} if action == "move" else {})


def change_runs(*, actor: User, workspace: Workspace, ids: Sequence[str], change: Change) -> Outcome:
    """Do it now."""
    if change.action == "trash":
        done = trash.trash_runs(actor=actor, workspace=workspace, ids=ids)
        return Outcome(done.changed, [Refusal(one.id, one.reason) for one in done.refused])
    apply = _appliers(actor, workspace, change)
    rows = Run.objects.in_workspace(workspace).filter(pk__in=ids).select_related("workspace", "job", "experiment")
    found = {run.pk: run for run in rows}
    changed: list[str] = []
    refused: list[Refusal] = []
    for run_id in dict.fromkeys(ids):
        run = found.get(run_id)
        if run is None:
            refused.append(Refusal(run_id, UNSEEN))
            continue
        try:
            apply(run)
        except StudioError as error:
            refused.append(Refusal(run_id, error.message))
        else:
            changed.append(run_id)
    return Outcome(changed, refused)


def begin_change(*, actor: User, workspace: Workspace, ids: Sequence[str], change: Change) -> BulkChange:
    """Do it in the background, shown as an activity; what was asked for is kept until it is done."""
    from runs.grid import tasks  # the task's module imports this one

    with transaction.atomic():
        if change.action == "move":
            experiments.ensure_experiment(actor=actor, workspace=workspace, path=change.values["to"])
        row = BulkChange.objects.create(
            workspace=workspace, actor=actor, action=change.action, values=dict(change.values), run_ids=list(ids)
        )
        activity.begin(
            actor=actor,
            workspace=workspace,
            kind=KIND,
            subject=row.subject,
            title=f"{TITLES[change.action]} {len(ids):,} runs",
            url=f"/w/{workspace.slug}/runs/",
        )
        tasks.change_many.delay_on_commit(row.pk)
    return row


def work(change_id: int) -> bool:
    """Take the lease and do one portion; answers whether there is more. Nothing happens where somebody else works."""
    row = _claimed(change_id)
    if row is None:
        return False
    portion = row.run_ids[row.done : row.done + PORTION]
    with transaction.atomic():
        outcome = _portion(row, portion)
        _record(row, len(portion), outcome)
    return row.ended_at is None


def open_ids() -> list[int]:
    """The changes that are not done and that nobody works at."""
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    return list(BulkChange.objects.filter(free, ended_at=None).order_by("pk").values_list("pk", flat=True)[:100])


def _appliers(actor: User, workspace: Workspace, change: Change) -> "Callable[[Run], object]":
    if change.action == "stop":
        return lambda run: lifecycle.stop_run(actor=actor, run=run)
    if change.action == "tag":
        return lambda run: records.set_tags(actor=actor, run=run, tags=change.values["tags"])
    if change.action == "move":
        to: Experiment = experiments.ensure_experiment(actor=actor, workspace=workspace, path=change.values["to"])
        return lambda run: moving.move_run(actor=actor, run=run, to=to)
    return lambda run: records.archive_runs(actor=actor, runs=[run], is_archived=change.action == "archive")


def _claimed(change_id: int) -> BulkChange | None:
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    taken = BulkChange.objects.filter(free, pk=change_id, ended_at=None).update(lease_until=now + LEASE)
    return BulkChange.objects.select_related("workspace", "actor").get(pk=change_id) if taken else None


def _portion(row: BulkChange, ids: Sequence[str]) -> Outcome:
    """A portion that was done before a worker died is done again: each action is the same the second time."""
    if row.actor is None:
        return Outcome([], [Refusal(run_id, "Whoever asked for this is no longer here.") for run_id in ids])
    change = Change(row.action, row.values)
    try:
        return change_runs(actor=row.actor, workspace=row.workspace, ids=ids, change=change)
    except StudioError as error:  # the experiment to move to went into the trash meanwhile
        return Outcome([], [Refusal(run_id, error.message) for run_id in ids])


def _record(row: BulkChange, seen: int, outcome: Outcome) -> None:
    row.done += seen
    row.changed += len(outcome.changed)
    row.refused_count += len(outcome.refused)
    kept = [{"id": one.id, "reason": one.reason} for one in outcome.refused]
    row.refused = (row.refused + kept)[:KEPT_REFUSALS]
    row.lease_until = None
    is_done = row.done >= len(row.run_ids)
    if is_done:
        row.ended_at = timezone.now()
    row.save(update_fields=["done", "changed", "refused", "refused_count", "lease_until", "ended_at"])
    left = f", {row.refused_count:,} left as they are" if row.refused_count else ""
    activity.report(
        workspace=row.workspace,
        kind=KIND,
        subject=row.subject,
        state=Activity.State.SUCCEEDED if is_done else Activity.State.RUNNING,
        progress=row.done / max(1, len(row.run_ids)),
        message=f"{row.changed:,} of {len(row.run_ids):,} runs{left}",
    )
