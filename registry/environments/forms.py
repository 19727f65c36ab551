"""Shapes of what people type about environments."""

from typing import Any

import yaml
from django import forms

from registry.environments import words
from studio import plain_yaml
from studio.web.forms import NameField

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
SOURCES = (
    ("requirements", "Requirements"),
    ("conda", "Conda file"),
    ("image", "Base image only"),
    ("dockerfile", "Dockerfile"),
)
CODE = {"rows": 9, "class": "form-control code-area", **PLAIN}


class NewForm(forms.Form):
    name = NameField(
        label="Name",
        max_length=255,
        help_text="A name that is there gets its next version.",
        widget=forms.TextInput(attrs={"list": "environment-names", "placeholder": "sklearn-train", **PLAIN}),
    )
    description = forms.CharField(
        label="Description", max_length=words.MAX_DESCRIPTION, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    source = forms.ChoiceField(label="Made of", choices=SOURCES, initial="requirements", widget=forms.RadioSelect)
    python = forms.CharField(
        label="Python",
        max_length=10,
        required=False,
        help_text="Such as 3.11. Empty: the studio's own.",
        widget=forms.TextInput(attrs={"placeholder": "3.11", **PLAIN}),
    )
    requirements = forms.CharField(
        label="Requirements",
        max_length=200_000,
        required=False,
        help_text="One package a line, as pip reads them.",
        widget=forms.Textarea(attrs={**CODE, "placeholder": "scikit-learn==1.9.*\npandas"}),
    )
    conda = forms.CharField(
        label="Conda file",
        max_length=200_000,
        required=False,
        help_text="YAML. The packages are installed with uv, under the names pip knows them by.",
        widget=forms.Textarea(
            attrs={**CODE, "placeholder": "dependencies:\n  - python=3.11\n  - pip:\n      - scikit-learn"}
        ),
    )
    image = forms.CharField(
        label="Base image",
        max_length=300,
        required=False,
        help_text="What containers stand on. Empty: the studio's base image.",
        widget=forms.TextInput(attrs={"placeholder": "python:3.11-slim", **PLAIN}),
    )
    folder = forms.FileField(
        label="Folder of the Dockerfile",
        required=False,
        help_text="A zip of the folder, or the Dockerfile alone.",
    )
    dockerfile = forms.CharField(
        label="Its path in the zip",
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "Dockerfile", **PLAIN}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._show_as_required(not self.is_bound)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        self._show_as_required(True)
        source = values.get("source", "")
        missing = {
            "requirements": ("requirements", "Name at least one package, or choose a base image only."),
            "conda": ("conda", "Paste the conda file."),
            "dockerfile": ("folder", "Choose the zip of the folder, or the Dockerfile."),
        }
        field, sentence = missing.get(source, ("", ""))
        if field and not values.get(field) and field not in self.errors:
            self.add_error(field, sentence)
        if source == "image" and not values.get("image") and not values.get("python"):
            self.add_error("image", "Name an image, or a Python above.")
        return values

    def _show_as_required(self, wanted: bool) -> None:
        """Each of them must be filled in where its source is chosen: shown so, and judged in `clean`."""
        for name in ("requirements", "conda", "folder"):
            self.fields[name].required = wanted

    def definition(self) -> Any:
        """What was typed, as an environment file says it. Raises YAMLError."""
        values = self.cleaned_data
        source = values["source"]
        if source == "dockerfile":
            return {"build": {"path": ".", "dockerfile_path": self.dockerfile_path()}}
        found: dict[str, Any] = {name: values[name] for name in ("image", "python") if values[name]}
        if source == "requirements":
            found["requirements"] = values["requirements"].splitlines()
        if source == "conda":
            found["conda_file"] = _table(values["conda"])
        return found

    def dockerfile_path(self) -> str:
        """The name in the folder: a Dockerfile that was sent alone keeps its own."""
        upload = self.cleaned_data["folder"]
        given = str(self.cleaned_data["dockerfile"] or "")
        if upload is not None and not str(upload.name).lower().endswith(".zip"):
            return str(upload.name).rpartition("/")[2]
        return given or "Dockerfile"


class EditForm(forms.Form):
    description = forms.CharField(
        label="Description",
        max_length=words.MAX_DESCRIPTION,
        required=False,
        help_text="Markdown.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def _table(text: str) -> dict[str, Any]:
    try:
        found = plain_yaml.load(text)
    except yaml.YAMLError:
        found = None
    if not isinstance(found, dict):
        raise forms.ValidationError("This is no conda file: it must be YAML with dependencies.")
    return found
