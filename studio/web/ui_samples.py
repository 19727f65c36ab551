"""What the component page shows: made-up rows that look like real ones, in every state a component has."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from django import forms
from django.utils import timezone

from studio import search

LONG_NAME = (
    "a-very-long-run-name-that-somebody-typed-in-a-hurry-and-that-must-not-push-the-columns-about-whatever-it-holds-41"
)


@dataclass(frozen=True, slots=True)
class SampleRun:
    id: str
    name: str
    state: str
    loss: float | None
    accuracy: float | None
    person: str
    started_at: datetime | None
    ended_at: datetime | None = None
    lost_contact: bool = False

    @property
    def url(self) -> str:
        return f"#{self.id}"


@dataclass(frozen=True, slots=True)
class SampleOperation:
    pk: int
    title: str
    state: str
    created_at: datetime
    progress: float | None = None
    message: str = ""
    actor: str = "Ada Berg"
    url: str = ""
    ended_at: datetime | None = None

    @property
    def is_finished(self) -> bool:
        return self.ended_at is not None


@dataclass(frozen=True, slots=True)
class SampleNode:
    name: str
    url: str = "#"
    icon: str = ""
    note: str = ""
    is_open: bool = False
    is_current: bool = False
    children: tuple["SampleNode", ...] = field(default_factory=tuple)


def runs() -> list[SampleRun]:
    """One run in each state, with the names and numbers that usually break a table."""
    now = timezone.now()
    return [
        SampleRun(
            "k3v9x2m7qabc", "brisk-otter-42", "running", 0.412345, 0.8731, "Ada Berg", now - timedelta(minutes=4)
        ),
        SampleRun(
            "m4w8y3n6rdef", "calm-heron-7", "completed", 0.03129, 0.98612, "Ada Berg", now - timedelta(hours=3), now
        ),
        SampleRun("p5x7z4p5sghj", LONG_NAME, "failed", float("nan"), 0.1, "Bo", now - timedelta(days=2), now),
        SampleRun("q6y6a5q4tkmn", "日本語の実行 🧪 تجربة", "queued", None, None, "Cem", None),
        SampleRun(
            "r7z5b6r3vpqr", "loud-finch-3", "running", 12345.678, 0.5, "Cem", now - timedelta(days=1), None, True
        ),
        SampleRun("s8a4c7s2wstv", "shy-lynx-19", "canceled", 1.5e-7, 0.25, "Bo", now - timedelta(days=30), now),
    ]


def operations() -> list[SampleOperation]:
    """Long operations at each point of their way."""
    now = timezone.now()
    return [
        SampleOperation(
            1, "Run brisk-otter-42", "running", now - timedelta(minutes=4), 0.42, "Epoch 21 of 50", url="#"
        ),
        SampleOperation(
            2, "Environment digits-cpu", "running", now - timedelta(seconds=8), None, "Installing 14 packages"
        ),
        SampleOperation(
            3, "Upload of outputs", "failed", now - timedelta(hours=2), None, "The disk is full.", ended_at=now
        ),
        SampleOperation(4, "Run calm-heron-7", "succeeded", now - timedelta(hours=3), 1, "", url="#", ended_at=now),
    ]


def tree() -> list[SampleNode]:
    """Experiments as folders."""
    leaves = (
        SampleNode("digits", icon="flask-conical", note="128"),
        SampleNode("detector", icon="flask-conical", note="9"),
    )
    return [
        SampleNode(
            "vision", icon="folder", is_open=True, children=(*leaves, SampleNode(LONG_NAME, icon="flask-conical"))
        ),
        SampleNode("language", icon="folder", children=(SampleNode("summaries", icon="flask-conical", note="2"),)),
        SampleNode("baseline", icon="flask-conical", note="31", is_current=True),
    ]


class SampleForm(forms.Form):
    name = forms.CharField(label="Name", max_length=40, help_text="Two words and a number when you leave it empty.")
    experiment = forms.ChoiceField(label="Experiment", choices=[("a", "vision/digits"), ("b", "vision/detector")])
    timeout = forms.CharField(label="Time limit", help_text="For example 30s, 15m, 2h or 7d.")
    notes = forms.CharField(label="Notes", required=False, widget=forms.Textarea(attrs={"rows": 3}))


def form() -> SampleForm:
    """A form that came back with an error."""
    found = SampleForm({"name": "brisk-otter-42", "experiment": "a", "timeout": "soon", "notes": ""})
    found.add_error("timeout", "“soon” is no duration. Write a number and a unit, such as 2h.")
    return found


def search_bars() -> list[dict[str, str]]:
    """Empty, at rest with its conditions as chips, and with a mistake."""
    right = "metrics.val/acc > 0.9 AND params.model IN ('resnet50', 'vit') AND NOT status = 'failed'"
    wrong = "metrics.loss < 0.3 AND tags.team == 'vision'"
    found = {"name": "sample-wrong", "value": wrong}
    try:
        search.parse(wrong)
    except search.SearchError as error:
        found["error"] = json.dumps({"message": error.message, **error.extensions})
    chips = json.dumps([asdict(chip) for chip in search.chips(search.parse(right))])
    return [{"name": "sample-empty"}, {"name": "sample-chips", "value": right, "chips": chips}, found]
