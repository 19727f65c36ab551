"""The form of a schedule: one field for each thing a trigger may say; those of other kinds are left empty."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms

from runs.pipelines.publishing.input_fields import PLAIN, InputsForm
from runs.schedules.models import Schedule
from runs.schedules.times import recurrence, zones
from studio.errors import Invalid

HOWS = (("recurrence", "Every so often"), ("cron", "Cron expression"), ("event", "On an event"))
EVENTS = (
    ("data", "A data asset has a new version"),
    ("model", "A model has a new version"),
    ("webhook", "Its address is called (webhook)"),
)
FREQUENCIES = tuple((word, f"{word}s") for word in ("minute", "hour", "day", "week", "month"))
WEEKDAYS = tuple((word, word[:3].capitalize()) for word in recurrence.WEEKDAYS)
# What else a recurrence may say, for each unit.
PATTERNS = {
    "day": ("hours", "minutes"), "week": ("hours", "minutes", "week_days"), "month": ("hours", "minutes", "month_days")
}  # fmt: skip
BEGUN = {"how": "recurrence", "interval": "1", "frequency": "day", "hours": "2", "minutes": "0"}
LOCAL = "%Y-%m-%dT%H:%M"


class TriggerForm(forms.Form):
    """When: what the preview is made of."""

    how = forms.ChoiceField(label="It starts", choices=HOWS, widget=forms.RadioSelect)
    event = forms.ChoiceField(label="The event", choices=EVENTS, required=False, initial="data")
    expression = forms.CharField(
        label="Cron expression", max_length=200, required=False, initial="15 2 * * *", widget=forms.TextInput(attrs=PLAIN),
        help_text="Minute, hour, day of month, month, day of week: 15 2 * * 1-5 is 02:15 on working days.",
    )  # fmt: skip
    interval = forms.CharField(label="Every", max_length=6, required=False, widget=forms.TextInput(attrs=PLAIN))
    frequency = forms.ChoiceField(label="Unit", choices=FREQUENCIES, required=False)
    hours = forms.CharField(
        label="At the hours", max_length=100, required=False, help_text="Such as 9, or 9, 17. Empty: that of its start.",
        widget=forms.TextInput(attrs=PLAIN),
    )  # fmt: skip
    minutes = forms.CharField(
        label="At the minutes", max_length=200, required=False, help_text="Such as 0, or 0, 30.",
        widget=forms.TextInput(attrs=PLAIN),
    )  # fmt: skip
    week_days = forms.MultipleChoiceField(
        label="On these days", choices=WEEKDAYS, required=False, widget=forms.CheckboxSelectMultiple
    )
    month_days = forms.CharField(
        label="On these days of the month", max_length=100, required=False, help_text="Such as 1, or 1, 15.",
        widget=forms.TextInput(attrs=PLAIN),
    )  # fmt: skip
    watched = forms.CharField(
        label="Its name", max_length=255, required=False, help_text="Or * for any.",
        widget=forms.TextInput(attrs=PLAIN),
    )  # fmt: skip
    time_zone = forms.CharField(
        max_length=64, required=False, initial="UTC", widget=forms.TextInput(attrs={"list": "time-zones", **PLAIN}),
        help_text="Such as Europe/Berlin, or Windows' name of it.",
    )  # fmt: skip
    starts_at = forms.CharField(
        label="Not before", max_length=40, required=False, widget=forms.TextInput(attrs={"type": "datetime-local"})
    )
    ends_at = forms.CharField(
        label="Not after", max_length=40, required=False, widget=forms.TextInput(attrs={"type": "datetime-local"})
    )

    @property
    def kind(self) -> str:
        how: str = self.cleaned_data["how"]
        return (self.cleaned_data["event"] or "data") if how == "event" else how

    @property
    def trigger(self) -> dict[str, Any]:
        """The trigger as the services read it; what is no number stays a text and is refused with a sentence."""
        values = self.cleaned_data
        if self.kind == Schedule.Kind.CRON:
            return {"expression": values["expression"]}
        if self.kind != Schedule.Kind.RECURRENCE:
            return {"name": values["watched"].strip()}
        frequency = values["frequency"] or "day"
        said = {name: values[name] for name in PATTERNS.get(frequency, ()) if values[name]}
        pattern = {name: each if name == "week_days" else _numbers(each) for name, each in said.items()}
        return {"frequency": frequency, "interval": _number(values["interval"]), "schedule": pattern}

    @property
    def when(self) -> dict[str, Any]:
        """The trigger with its zone and its bounds, which are of the wall clock there. Raises Invalid."""
        values = self.cleaned_data
        zone = values["time_zone"] or "UTC"
        return {
            "kind": self.kind,
            "trigger": self.trigger,
            "time_zone": zone,
            "starts_at": _moment("starts_at", values["starts_at"], zone),
            "ends_at": _moment("ends_at", values["ends_at"], zone),
        }


class ScheduleForm(TriggerForm, InputsForm):
    """What, when and with which inputs: a field for each that is declared."""

    name = forms.CharField(
        max_length=255, help_text="Letters, digits, '.', '-' and '_'.", widget=forms.TextInput(attrs=PLAIN)
    )
    description = forms.CharField(max_length=20_000, required=False)
    runs = forms.ChoiceField(label="It runs")
    experiment = forms.CharField(max_length=500, required=False)

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["runs"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)


def initial_of(schedule: Schedule, runs: str) -> dict[str, Any]:
    """What the form shows of a schedule that is there."""
    trigger, pattern = schedule.trigger, schedule.trigger.get("schedule") or {}
    zone = zones.named(schedule.time_zone)
    bounds = {
        name: moment.astimezone(zone).strftime(LOCAL) if moment else ""
        for name, moment in (("starts_at", schedule.starts_at), ("ends_at", schedule.ends_at))
    }
    is_event = schedule.kind not in (Schedule.Kind.CRON, Schedule.Kind.RECURRENCE)
    return {
        "name": schedule.name, "description": schedule.description, "runs": runs, "experiment": schedule.experiment,
        "how": "event" if is_event else schedule.kind, "event": schedule.kind if is_event else "data",
        "expression": trigger.get("expression", ""), "interval": trigger.get("interval", 1),
        "frequency": trigger.get("frequency", "day"), "watched": trigger.get("name", ""),
        **{name: _words(pattern.get(name)) for name in ("hours", "minutes")},
        "month_days": _words(pattern.get("month_days", pattern.get("monthdays"))),
        "week_days": _days(pattern.get("week_days", pattern.get("weekdays"))), "time_zone": schedule.time_zone, **bounds,
    }  # fmt: skip


def _moment(name: str, text: str, zone: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("bad_schedule", "This is no time.", fields={name: "This is no time."}) from None
    if not 1970 <= found.year <= 2200:
        raise Invalid("bad_schedule", "This is too far away.", fields={name: "This is too far away."})
    return found if found.tzinfo else found.replace(tzinfo=zones.named(zone))


def _numbers(text: str) -> list[Any]:
    return [_number(word) for word in text.replace(",", " ").split()]


def _number(text: str) -> Any:
    word = text.strip()
    return int(word) if word.isascii() and word.isdigit() and len(word) < 7 else word


def _words(value: Any) -> str:
    given = [] if value is None else value if isinstance(value, list) else [value]
    return ", ".join(str(each) for each in given)


def _days(value: Any) -> list[str]:
    """The days as the form names them."""
    given = [str(each).lower() for each in (value if isinstance(value, list) else [value] if value else [])]
    return [name for name in recurrence.WEEKDAYS if any(name.startswith(each) for each in given)]
