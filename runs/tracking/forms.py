"""Shapes of the experiment and run forms; rules that need the database live in the services."""

from collections.abc import Sequence

from django import forms

ARCHIVE_CHOICES = {"archive": True, "restore": False}
PLAIN = {"autocomplete": "off", "spellcheck": "false"}
CODE = {**PLAIN, "class": "mono"}


class ExperimentForm(forms.Form):
    path = forms.CharField(
        label="Path",
        max_length=255,
        help_text="Folders are made of slashes: vision/digits.",
        widget=forms.TextInput(attrs=PLAIN),
    )


class ExperimentNoteForm(forms.Form):
    description = forms.CharField(max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 4}))
    action = forms.ChoiceField(choices=[(name, name) for name in ARCHIVE_CHOICES], required=False)

    def archive_choice(self) -> bool | None:
        """True to archive, False to restore, None to leave as it is."""
        return ARCHIVE_CHOICES.get(self.cleaned_data.get("action") or "")


class NewRunForm(forms.Form):
    """One command job, field by field. `job_documents` turns it into a job file and back."""

    experiment = forms.CharField(
        max_length=255, help_text="A path such as vision/digits; a new one is created.", widget=forms.TextInput(PLAIN)
    )
    name = forms.CharField(
        max_length=255,
        required=False,
        help_text="Left empty, the run gets a name of two words.",
        widget=forms.TextInput(PLAIN),
    )
    description = forms.CharField(max_length=20_000, required=False, widget=forms.Textarea({"rows": 2}))
    command = forms.CharField(
        max_length=20_000,
        help_text="Runs in the code folder. ${{inputs.lr}} stands for an input, ${{outputs.model}} for an output folder.",
        widget=forms.Textarea({**CODE, "rows": 3}),
    )
    inputs = forms.CharField(
        max_length=60_000,
        required=False,
        help_text="One a line, as name: value.",
        widget=forms.Textarea({**CODE, "rows": 4}),
    )
    environment = forms.ChoiceField(
        choices=[
            ("current", "The studio's own interpreter"),
            ("requirements", "A requirements file"),
            ("conda", "A conda file"),
            ("other", "As written in the text"),
        ],
        initial="current",
    )
    environment_text = forms.CharField(
        label="Packages",
        max_length=60_000,
        required=False,
        help_text="The text of the requirements or conda file; built once for each content.",
        widget=forms.Textarea({**CODE, "rows": 5}),
    )
    compute = forms.ChoiceField()
    variables = forms.CharField(
        label="Environment variables",
        max_length=60_000,
        required=False,
        help_text="One a line, as NAME=value. Do not put secrets here: everyone in the workspace can read them.",
        widget=forms.Textarea({**CODE, "rows": 2}),
    )
    timeout = forms.CharField(
        label="Time limit",
        max_length=20,
        required=False,
        help_text="30s, 15m, 2h or 7d.",
        widget=forms.TextInput(PLAIN),
    )

    def __init__(self, *args: object, targets: Sequence[str] = ("local",), **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # a form's own signature
        self.fields["compute"].choices = [(name, name) for name in targets]  # type: ignore[attr-defined]


class JobTextForm(forms.Form):
    """The same job as the text of a job file."""

    text = forms.CharField(label="Job file", max_length=200_000, widget=forms.Textarea({**CODE, "rows": 26}))
