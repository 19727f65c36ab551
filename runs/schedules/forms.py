"""The form of a schedule: one field for each thing a trigger may say; those of other kinds are left empty."""

import json
from datetime import datetime
from typing import Any

from django import forms

from runs.schedules.models import Schedule
from runs.schedules.times import zones
from studio.errors import Invalid

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
KINDS = (
    ("cron", "At times, as a cron expression"),
    ("recurrence", "Every so often"),
    ("data", "When a data asset gets a new version"),
    ("model", "When a model gets a new version"),
    ("webhook", "When its address is called"),
)
FREQUENCIES = tuple((word, f"{word}s") for word in ("minute", "hour", "day", "week", "month"))
LOCAL = "%Y-%m-%dT%H:%M"


class TriggerForm(forms.Form):
    """When: what the preview is made of."""

    kind = forms.ChoiceField(label="It starts", choices=KINDS, initial="cron")
    expression = forms.CharField(
        label="Cron expression", max_length=200, required=False, initial="15 2 * * *", widget=forms.TextInput(attrs=PLAIN),
        help_text="Minute, hour, day of month, month, day of week: 15 2 * * 1-5 is 02:15 on working days.",
    )  # fmt: skip
    interval = forms.CharField(
        label="Every", max_length=6, required=False, initial="1", widget=forms.TextInput(attrs=PLAIN)
    )
    frequency = forms.ChoiceField(label="Unit", choices=FREQUENCIES, required=False, initial="day")
    hours = forms.CharField(
        max_length=100, required=False, help_text="Such as 9 or 9, 17.", widget=forms.TextInput(attrs=PLAIN)
    )
    minutes = forms.CharField(
        max_length=200, required=False, help_text="Such as 0 or 0, 30.", widget=forms.TextInput(attrs=PLAIN)
    )
    week_days = forms.CharField(
        label="Days of the week", max_length=100, required=False, help_text="With weeks: monday, friday.",
        widget=forms.TextInput(attrs=PLAIN),
    )  # fmt: skip
    month_days = forms.CharField(
        label="Days of the month", max_length=100, required=False, help_text="With months: 1, 15.",
        widget=forms.TextInput(attrs=PLAIN),
    )  # fmt: skip
    watched = forms.CharField(
        label="Whose new versions", max_length=255, required=False, help_text="Its name, or * for any.",
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
    def trigger(self) -> dict[str, Any]:
        """The trigger as the services read it; what is no number stays a text and is refused with a sentence."""
        values = self.cleaned_data
        if values["kind"] == Schedule.Kind.CRON:
            return {"expression": values["expression"]}
        if values["kind"] != Schedule.Kind.RECURRENCE:
            return {"name": values["watched"].strip()}
        pattern = {name: _numbers(values[name]) for name in ("hours", "minutes", "month_days") if values[name].strip()}
        if values["week_days"].strip():
            pattern["week_days"] = values["week_days"].replace(",", " ").split()
        return {"frequency": values["frequency"], "interval": _number(values["interval"]), "schedule": pattern}

    @property
    def when(self) -> dict[str, Any]:
        """The trigger with its zone and its bounds, which are of the wall clock there. Raises Invalid."""
        values = self.cleaned_data
        zone = values["time_zone"] or "UTC"
        return {
            "kind": values["kind"],
            "trigger": self.trigger,
            "time_zone": zone,
            "starts_at": _moment("starts_at", values["starts_at"], zone),
            "ends_at": _moment("ends_at", values["ends_at"], zone),
        }


class ScheduleForm(TriggerForm):
    """What, when and with which inputs."""

    name = forms.CharField(
        max_length=255, help_text="Letters, digits, '.', '-' and '_'.", widget=forms.TextInput(attrs=PLAIN)
    )
    description = forms.CharField(max_length=20_000, required=False)
    runs = forms.ChoiceField(label="It runs")
    inputs = forms.CharField(
        max_length=200_000, required=False, widget=forms.Textarea(attrs={"rows": 4, "class": "mono", **PLAIN}),
        help_text='As JSON, such as {"rate": 0.1}. "${{event.version}}" brings what set it off: docs/schedules.md.',
    )  # fmt: skip
    experiment = forms.CharField(max_length=500, required=False)

    field_order = ("name", "description", "runs", "inputs", "experiment")

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["runs"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_inputs(self) -> dict[str, Any]:
        text = self.cleaned_data["inputs"].strip()
        try:
            found = json.loads(text) if text else {}
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(f"This is no JSON: {error}.") from None
        if not isinstance(found, dict) or "\\u0000" in text:
            raise forms.ValidationError('Give a mapping, such as {"rate": 0.1}.')
        return found


def initial_of(schedule: Schedule, runs: str) -> dict[str, Any]:
    """What the form shows of a schedule that is there."""
    trigger, pattern = schedule.trigger, schedule.trigger.get("schedule") or {}
    zone = zones.named(schedule.time_zone)
    bounds = {
        name: moment.astimezone(zone).strftime(LOCAL) if moment else ""
        for name, moment in (("starts_at", schedule.starts_at), ("ends_at", schedule.ends_at))
    }
    return {
        "name": schedule.name, "description": schedule.description, "kind": schedule.kind, "runs": runs,
        "expression": trigger.get("expression", ""), "interval": trigger.get("interval", 1),
        "frequency": trigger.get("frequency", "day"), "watched": trigger.get("name", ""),
        **{name: _words(pattern.get(name)) for name in ("hours", "minutes", "week_days", "month_days")},
        "time_zone": schedule.time_zone, "experiment": schedule.experiment,
        "inputs": json.dumps(schedule.inputs, indent=2, ensure_ascii=False) if schedule.inputs else "", **bounds,
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
