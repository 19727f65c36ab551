"""Firings: put down once for each due time or event, whichever clock comes first, and started once.

The row of a firing is its promise. It is written in the transaction that moves the schedule's next time, or in which the event
happened; what starts it takes it by one conditional update in the transaction that makes the run. So a process that dies
leaves either a firing that waits, which the clock starts, or one with its run.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from runs.schedules import definitions, queries, starting, tasks, triggers
from runs.schedules.models import Firing, Schedule
from studio.access.models import Workspace
from studio.activity import services as activity
from studio.errors import StudioError
from studio.live import topics
from studio.live.publish import publish
from studio.notifications import services as notifications

logger = logging.getLogger(__name__)

State = Firing.State
AT_ONCE = 100  # schedules and firings one wake-up looks at
LEFT_ALONE = timedelta(seconds=10)  # the task that was queued with a firing is given so long


def tick(now: datetime | None = None) -> int:
    """What is due now, fired; and what was put down and not started, started. Answers how many were fired."""
    moment = now or timezone.now()
    fired = sum(_fired(schedule, moment) for schedule in queries.due(moment, AT_ONCE))
    for firing_id in queries.pending(moment - LEFT_ALONE, AT_ONCE):
        start_safely(firing_id)
    return fired


def fire_due(schedule: Schedule, now: datetime) -> Firing | None:
    """The firing of the latest time that is due; None when another clock was first.

    Times that passed while nothing looked are not made up for: only the latest is, and a back-fill brings the rest.
    """
    if schedule.next_at is None:
        return None
    timing = triggers.timing_of(schedule)
    if timing is None:
        return None
    due_at, passed = timing.latest(schedule.next_at, now)
    rows = Schedule.objects.filter(pk=schedule.pk, next_at=schedule.next_at, is_paused=False)
    with transaction.atomic():
        if not rows.update(next_at=timing.after(due_at)):
            return None
        inputs = {"passed": passed} if passed else {}
        firing = put_down(schedule, key=key_of(due_at), due_at=due_at, inputs=inputs)
        _hint(schedule)
    return firing


def heard(*, workspace: Workspace, kind: str, name: str, key: str, inputs: Mapping[str, Any]) -> list[Firing]:
    """What an event set off, in the transaction in which it happened; an event heard twice sets off nothing more."""
    found = []
    for schedule in queries.watching(workspace, kind, name):
        now = timezone.now()
        if _is_within(schedule, now):
            firing = put_down(schedule, key=key, due_at=now, inputs=inputs)
            found += [firing] if firing else []
    return found


def put_down(
    schedule: Schedule, *, key: str, due_at: datetime, inputs: Mapping[str, Any], is_backfill: bool = False
) -> Firing | None:
    """The firing of this key, to be started after the commit; None when it is there already."""
    try:
        with transaction.atomic():
            firing = Firing.objects.create(
                schedule=schedule, key=key[:120], due_at=due_at, inputs=dict(inputs), is_backfill=is_backfill
            )
    except IntegrityError:
        return None
    tasks.start.delay_on_commit(firing.pk)
    return firing


def start(firing_id: int) -> Firing:
    """The firing started, whoever else tries: one of them makes the run. One that can't be started says why."""
    try:
        with transaction.atomic():
            rows = Firing.objects.filter(pk=firing_id, state=State.PENDING)
            if not rows.update(state=State.STARTED):
                return _firing(firing_id)
            firing = _firing(firing_id)
            if firing.schedule.is_paused and not firing.is_backfill and not _is_by_hand(firing):
                rows = Firing.objects.filter(pk=firing_id)
                rows.update(state=State.SKIPPED, problem="The schedule was paused meanwhile.")
                return _firing(firing_id)
            run = starting.run_of(firing)
            Firing.objects.filter(pk=firing_id).update(run=run)
            _hint(firing.schedule)
    except StudioError as error:
        return _fail(firing_id, f"{error.message} {error.hint}".strip())
    return _firing(firing_id)


def start_safely(firing_id: int) -> None:
    """`start` for a clock that has others to look after: a bug in one ends that one, and says so to its owner."""
    try:
        start(firing_id)
    except DatabaseError:
        logger.warning("firing %s waits for the database", firing_id)  # the next wake-up tries again
    except Exception:  # a bug must not stop the clock of everybody else
        logger.exception("firing %s", firing_id)
        _fail(firing_id, "The studio ran into a bug; its log says more.")


def key_of(due_at: datetime) -> str:
    """The key of a due time."""
    return f"at:{due_at:%Y-%m-%dT%H:%M:%SZ}"


def set_next(schedule: Schedule, moment: datetime) -> datetime | None:
    """When a schedule that goes on from `moment` is due next."""
    return None if schedule.is_paused else definitions.next_after(schedule, moment)


def _fired(schedule: Schedule, now: datetime) -> bool:
    try:
        return fire_due(schedule, now) is not None
    except StudioError as error:  # a zone that the machine does not know any more: it can't be due again
        logger.warning("schedule %s is due no more: %s", schedule.pk, error.message)
        Schedule.objects.filter(pk=schedule.pk, next_at=schedule.next_at).update(next_at=None)
        return False


def _fail(firing_id: int, sentence: str) -> Firing:
    rows = Firing.objects.filter(pk=firing_id, state=State.PENDING)
    with transaction.atomic():
        if not rows.update(state=State.FAILED, problem=sentence[:1000]):
            return _firing(firing_id)
        firing = _firing(firing_id)
        schedule, owner = firing.schedule, firing.schedule.created_by
        activity.record(
            actor=None, workspace=schedule.workspace, verb="schedule.failed", subject=schedule.subject,
            label=schedule.name, url=schedule.get_absolute_url(), detail=sentence,
        )  # fmt: skip
        if owner is not None:
            notifications.notify(
                user=owner, workspace=schedule.workspace, matter=f"firing:{firing_id}",
                text=f"The schedule {schedule.name} could not start its run: {sentence}",
                url=schedule.get_absolute_url(), level="error",
            )  # fmt: skip
        _hint(schedule)
    logger.warning("schedule %s did not start: %s", schedule.pk, sentence)
    return firing


def _firing(firing_id: int) -> Firing:
    rows = Firing.objects.select_related(
        "run__workspace", "schedule__workspace", "schedule__created_by", "schedule__endpoint__workspace",
        "schedule__pipeline_version__pipeline__workspace",
    )  # fmt: skip
    return rows.get(pk=firing_id)


def _is_by_hand(firing: Firing) -> bool:
    return firing.key.startswith("hand:")


def _is_within(schedule: Schedule, now: datetime) -> bool:
    return not (schedule.starts_at and now < schedule.starts_at) and not (schedule.ends_at and now > schedule.ends_at)


def _hint(schedule: Schedule) -> None:
    publish(topics.workspace(schedule.workspace.slug), "schedules")
