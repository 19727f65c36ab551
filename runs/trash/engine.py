"""Removing for good, in turns short enough that nobody waits for one.

Each turn removes rows and counts them on the receipt in one small transaction, so a kill between two turns loses and
repeats nothing. What is left to do is read from the marks: `Run.purge_number` on runs, `Blob.released_for` on blobs
whose owner went, `ObjectRemoval` on objects whose row went. Any worker can take the next turn.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from runs.tracking.models import Snapshot
from runs.trash import anatomy, bodies, files, left, marking, opening, scopes, state
from runs.trash.models import Purge
from runs.trash.turns import KIND, Shift
from studio.activity import services as activity
from studio.live import topics
from studio.live.publish import publish
from studio.storage import removal
from studio.storage.models import ObjectRemoval

logger = logging.getLogger(__name__)

SECONDS = 20.0  # of one task; the next one goes on
RACES = 20  # how often somebody may refer to what is being removed, at the very moment, before the next task tries
LATE_AT_ONCE = 500

# In this order. Each takes one turn and answers whether there may be more for it.
STEPS: tuple[Callable[[Shift], bool], ...] = (
    marking.mark_runs,
    left.release_outputs,
    bodies.remove_models,
    bodies.remove_runs,
    bodies.remove_experiments,
    files.drop_blobs,
    files.remove_objects,
)


def work(purge_id: int, *, seconds: float = SECONDS) -> bool:
    """Work at a removal for a while; answers whether more is left for the next task."""
    purge = state.claim(purge_id)
    if purge is None:
        return False
    shift = Shift(purge)
    ends = time.monotonic() + seconds
    try:
        for step in STEPS:
            if _repeat(step, shift, ends):
                state.release(purge)
                return True
        _finish(purge)
    except state.Superseded:
        logger.info("%s goes on with another worker", purge)
    return False


def expire() -> list[int]:
    """Open a removal for each workspace that holds something over its time in the trash; answers their ids."""
    keeping = scopes.retention()
    if keeping is None:
        return []
    before = timezone.now() - keeping
    scope = scopes.Scope(before=before.isoformat(), everything=True)
    opened = []
    for workspace in scopes.workspaces_with_trash(before):
        title = f"Empty the trash of what is older than {keeping.days} days"
        purge = opening.open_purge(
            actor=None, workspace=workspace, scope=scope, cause=Purge.Cause.RETENTION, title=title
        )
        opened += [purge.pk] if purge else []
    return opened


def ask_the_store_again() -> int:
    """Objects the store would not remove are tried again and counted on their receipts; answers how many went."""
    an_hour_ago = timezone.now() - timedelta(hours=1)
    due = ObjectRemoval.objects.filter(released_for__startswith="purge:", created_at__lt=an_hour_ago)
    went = 0
    for late in due.order_by("attempts", "id")[:LATE_AT_ONCE]:
        if removal.remove_object(late):
            with transaction.atomic():
                went += len(removal.strike([late]))
                _count_late(late)
    return went


def remove_unused_snapshots() -> int:
    """Code and input folders that were sent and that no run uses; answers how many rows went. Their bytes follow."""
    left.claim_needed()
    old = Snapshot.objects.filter(removal.unclaimed(prefix="blob__"), created_at__lt=timezone.now() - removal.GRACE)
    unused = list(anatomy.unreferenced(old, Snapshot).values_list("pk", flat=True)[:LATE_AT_ONCE])
    try:
        with transaction.atomic():
            return Snapshot.objects.filter(pk__in=unused).delete()[0] if unused else 0
    except IntegrityError:
        return 0  # a run came to use one of them: the next hour looks again


def _repeat(step: Callable[[Shift], bool], shift: Shift, ends: float) -> bool:
    """Take turns until nothing is left (False) or the time is over (True)."""
    races = 0
    while time.monotonic() < ends:
        try:
            if not step(shift):
                return False
        except IntegrityError:
            # A row that refers to one of these came between our look and our commit: look again.
            races += 1
            if races > RACES:
                raise
    return True


def _finish(purge: Purge) -> None:
    with transaction.atomic():
        state.finish(purge, problem=files.what_is_left(purge.subject))
        purge.refresh_from_db()
        activity.report(
            workspace=purge.workspace,
            kind=KIND,
            subject=purge.subject,
            state="succeeded",
            progress=1.0,
            message=f"{purge.run_count:,} runs and {purge.bytes_freed:,} bytes are gone",
        )
        activity.record(
            actor=purge.actor,
            workspace=purge.workspace,
            verb="storage.purged",
            subject=purge.subject,
            label=f"{purge.run_count:,} run{'' if purge.run_count == 1 else 's'}",
            url=purge.get_absolute_url(),
            detail=f"{purge.bytes_freed:,} bytes freed",
        )
        publish(topics.workspace(purge.workspace.slug), "runs")


def _count_late(late: ObjectRemoval) -> None:
    number = int(late.released_for.removeprefix("purge:"))
    Purge.objects.filter(pk=number).update(object_count=F("object_count") + 1, bytes_freed=F("bytes_freed") + late.size)
    Purge.objects.filter(pk=number, state=Purge.State.DONE).update(problem=files.what_is_left(late.released_for))
