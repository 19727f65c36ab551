"""What sets a schedule off: the clock in two ways of writing, a new version of something, or a call."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from runs.schedules.models import Schedule
from runs.schedules.times import cron, recurrence, words, zones
from runs.schedules.times.zoned import Timing
from studio.errors import Invalid

Kind = Schedule.Kind
BY_CLOCK = (Kind.CRON, Kind.RECURRENCE)
BY_EVENT = (Kind.DATA, Kind.MODEL)
ANY = "*"
WATCHED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,254}")
WORDS = {Kind.DATA: "data asset", Kind.MODEL: "model"}


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger that was read: as it is stored, and in words. `watches` is what an event must be of."""

    kind: str
    stored: dict[str, Any]
    watches: str
    words: str
    pattern: cron.Cron | recurrence.Recurrence | None = None


def read(kind: str, trigger: Mapping[str, Any]) -> Trigger:
    """Raises Invalid with a sentence about the field that is wrong."""
    if kind == Kind.CRON:
        expression = trigger.get("expression")
        if not isinstance(expression, str):
            raise Invalid(
                "bad_cron", "A cron trigger has an expression, such as 15 2 * * *.",
                fields={"trigger.expression": "Give a cron expression."},
            )  # fmt: skip
        found = cron.parse(expression)
        return Trigger(kind, {"expression": expression.strip()}, "", words.of_cron(found), found)
    if kind == Kind.RECURRENCE:
        every = recurrence.parse(trigger)
        kept = {name: trigger[name] for name in ("frequency", "interval", "schedule") if trigger.get(name)}
        if trigger.get("pattern") and "schedule" not in kept:
            kept["schedule"] = trigger["pattern"]
        stored = {"interval": 1, **kept, "frequency": every.frequency}
        return Trigger(kind, stored, "", words.of_recurrence(every), every)
    if kind in BY_EVENT:
        return _of_event(kind, trigger)
    if kind == Kind.WEBHOOK:
        return Trigger(kind, {}, "", "when its address is called")
    raise Invalid(
        "bad_trigger", f"A trigger is one of {', '.join(Kind.values)}.", fields={"kind": "This kind is not known."}
    )


def timing(trigger: Trigger, *, time_zone: str, begins: datetime, ends: datetime | None = None) -> Timing | None:
    """When it is due; None for what does not follow the clock."""
    if trigger.pattern is None:
        return None
    return Timing(trigger.pattern, zones.named(time_zone), begins.astimezone(UTC), ends)


def of(schedule: Schedule) -> Trigger:
    """The trigger of a schedule."""
    return read(schedule.kind, schedule.trigger)


def timing_of(schedule: Schedule) -> Timing | None:
    """When a schedule is due; recurrences count from its start, or from when it was made."""
    return timing(
        of(schedule),
        time_zone=schedule.time_zone,
        begins=schedule.starts_at or schedule.created_at,
        ends=schedule.ends_at,
    )


def _of_event(kind: str, trigger: Mapping[str, Any]) -> Trigger:
    name = trigger.get("name")
    what = WORDS[Kind(kind)]
    if not isinstance(name, str) or not (name == ANY or WATCHED.fullmatch(name)):
        message = f"Name the {what} whose new versions it waits for, or * for any."
        raise Invalid("bad_trigger", message, fields={"trigger.name": message})
    said = f"when any {what} gets a new version" if name == ANY else f"when the {what} {name} gets a new version"
    return Trigger(kind, {"name": name}, name, said)
