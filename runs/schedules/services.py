"""Schedules: made, changed, paused, fired by hand, filled up."""

import uuid
from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from runs.schedules import addresses, definitions, firing, queries, triggers
from runs.schedules.definitions import NewSchedule
from runs.schedules.models import Firing, Schedule
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Conflict, Gone, Invalid
from studio.live import topics
from studio.live.publish import publish

MOST_SCHEDULES = 1_000
MOST_FILLED = 500
MAX_EVENT = 64 * 1024


def create(*, actor: User | None, workspace: Workspace, new: NewSchedule) -> Schedule:
    """A schedule that begins now, or at its start. Raises Conflict `schedule_exists`, Invalid for what is wrong in it."""
    values = definitions.columns(workspace, new)
    if Schedule.objects.filter(workspace=workspace).count() >= MOST_SCHEDULES:
        raise Conflict(
            "too_many_schedules", f"A workspace has at most {MOST_SCHEDULES:,} schedules.", hint="Delete one."
        )
    try:
        with transaction.atomic():
            made = Schedule.objects.create(workspace=workspace, created_by=actor, **values)
            _go_on(made)
            if made.kind == Schedule.Kind.WEBHOOK:
                addresses.give(made)
            _note(actor, made, "created")
    except IntegrityError:
        raise _taken(new.name) from None
    return queries.current(made)


def edit(*, actor: User | None, schedule: Schedule, changes: Mapping[str, Any]) -> Schedule:
    """The schedule with some fields of NewSchedule replaced; from then on its runs are those of who changed it.

    Raises Conflict `schedule_exists`, Invalid.
    """
    new = replace(as_new(schedule=schedule), **_alone(changes))
    values = definitions.columns(schedule.workspace, new)
    try:
        with transaction.atomic():
            rows = Schedule.objects.filter(pk=schedule.pk)
            rows.update(**values, created_by=actor, updated_at=timezone.now())
            changed = queries.current(schedule)
            _go_on(changed)
            if changed.kind == Schedule.Kind.WEBHOOK and not changed.token:
                addresses.give(changed)
            _note(actor, changed, "edited")
    except IntegrityError:
        raise _taken(new.name) from None
    return queries.current(schedule)


def pause(*, actor: User | None, schedule: Schedule) -> Schedule:
    """Nothing is fired by the clock or by events until it is resumed."""
    return _switch(actor, schedule, is_paused=True)


def resume(*, actor: User | None, schedule: Schedule) -> Schedule:
    """It goes on with the next time from now; what passed meanwhile is not made up for."""
    return _switch(actor, schedule, is_paused=False)


def delete(*, actor: User | None, schedule: Schedule) -> None:
    """The schedule with its firings; the runs stay."""
    with transaction.atomic():
        _note(actor, schedule, "deleted")
        schedule.delete()


def fire_now(*, actor: User | None, schedule: Schedule, inputs: Mapping[str, Any] | None = None) -> Firing:
    """A firing beside the clock, started at once, also while it is paused; `inputs` is what its event brings.

    The answer has its run, or says why there is none.
    """
    with transaction.atomic():
        put_down = firing.put_down(
            schedule, key=f"hand:{uuid.uuid4()}", due_at=timezone.now(), inputs=dict(inputs or {})
        )  # fmt: skip
        assert put_down is not None  # nobody else has this key
        _note(actor, schedule, "fired")
        return firing.start(put_down.pk)


def backfill(*, actor: User | None, schedule: Schedule, since: datetime, until: datetime) -> list[Firing]:
    """Firings of the times between that were never fired. Raises Invalid for a range that lies ahead or holds too many."""
    if until < since or until > timezone.now():
        message = "Give a range that has passed: its start, then its end, not later than now."
        raise Invalid("bad_backfill", message, fields={"until": message})
    timing = triggers.timing_of(schedule)
    if timing is None:
        message = f"{schedule.name} does not follow the clock, so it missed no times."
        raise Invalid("bad_backfill", message, fields={"since": message})
    if schedule.kind == Schedule.Kind.CRON and schedule.starts_at is None:
        timing = replace(timing, begins=since)  # nothing counts from the day it was made
    times = timing.between(since, until, MOST_FILLED)
    if len(times) > MOST_FILLED:
        message = f"There are more than {MOST_FILLED} times in this range: fill a shorter one first."
        raise Invalid("bad_backfill", message, fields={"since": message})
    with transaction.atomic():
        made = [
            firing.put_down(schedule, key=firing.key_of(due), due_at=due, inputs={}, is_backfill=True) for due in times
        ]
        found = [each for each in made if each is not None]
        _note(actor, schedule, "backfilled", detail=f"{len(found)} of {len(times)} times.")
    return found


def address(*, actor: User | None, schedule: Schedule) -> str:
    """The path that fires a webhook schedule; that somebody looked is noted. Raises Conflict for another kind."""
    _require_webhook(schedule)
    with transaction.atomic():
        token = addresses.token_of(schedule) if schedule.token else addresses.give(schedule)
        _note(actor, schedule, "address_shown")
    return addresses.path_of(token)


def replace_address(*, actor: User | None, schedule: Schedule) -> str:
    """A new path; the old one is unknown from now on."""
    _require_webhook(schedule)
    with transaction.atomic():
        token = addresses.give(schedule)
        _note(actor, schedule, "address_replaced")
    return addresses.path_of(token)


def called(*, schedule: Schedule, body: Any, key: str = "") -> Firing | None:
    """Somebody called the schedule's address; a call repeated with the same key sets off nothing more (None).

    Raises Gone when the schedule is paused or past its end.
    """
    now = timezone.now()
    ended = schedule.ends_at is not None and now > schedule.ends_at
    early = schedule.starts_at is not None and now < schedule.starts_at
    if schedule.is_paused or ended or early:
        raise Gone("schedule_paused", "This address starts nothing at the moment.")
    return firing.put_down(schedule, key=f"call:{key or uuid.uuid4()}", due_at=now, inputs={"body": body})


def as_new(*, schedule: Schedule) -> NewSchedule:
    """What the schedule says, as somebody would ask for it again."""
    same = {each.name for each in fields(NewSchedule)} - {"version"}
    return NewSchedule(version=schedule.pipeline_version, **{name: getattr(schedule, name) for name in same})


def _alone(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Another thing to run takes the place of the one before."""
    runs = {name: None for name in ("version", "endpoint", "document")}
    named = any(changes.get(name) is not None for name in runs)
    return {**(runs if named else {}), **{key: value for key, value in changes.items() if key not in runs or named}}


def _go_on(schedule: Schedule) -> None:
    """From now on; a start that lies ahead is waited for."""
    next_at = firing.set_next(schedule, timezone.now())
    Schedule.objects.filter(pk=schedule.pk).update(next_at=next_at)


def _switch(actor: User | None, schedule: Schedule, *, is_paused: bool) -> Schedule:
    with transaction.atomic():
        rows = Schedule.objects.filter(pk=schedule.pk)
        if rows.exclude(is_paused=is_paused).update(is_paused=is_paused, updated_at=timezone.now()):
            changed = queries.current(schedule)
            _go_on(changed)
            _note(actor, changed, "paused" if is_paused else "resumed")
    return queries.current(schedule)


def _require_webhook(schedule: Schedule) -> None:
    if schedule.kind != Schedule.Kind.WEBHOOK:
        raise Conflict("schedule_without_address", f"{schedule.name} is not set off by a call, so it has no address.")


def _note(actor: User | None, schedule: Schedule, verb: str, detail: str = "") -> None:
    url = "" if verb == "deleted" else schedule.get_absolute_url()
    activity.record(
        actor=actor, workspace=schedule.workspace, verb=f"schedule.{verb}", subject=schedule.subject,
        label=schedule.name, url=url, detail=detail,
    )  # fmt: skip
    publish(topics.workspace(schedule.workspace.slug), "schedules")


def _taken(name: str) -> Conflict:
    message = f"There is a schedule {name} already."
    return Conflict("schedule_exists", message, hint="Give another name.", fields={"name": message})
