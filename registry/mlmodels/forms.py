"""Shapes of what people type about models."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms

from registry.mlmodels import names
from registry.mlmodels.models import ModelStage
from studio.accounts.models import User
from studio.errors import Invalid
from studio.web.forms import NameField, TagsField

RULE = re.compile(r"(.{1,250}?)\s*(>=|<=|>|<|=)\s*(-?[0-9.]+(?:[eE][+-]?[0-9]+)?)")


class ModelName(NameField):
    """A name as the registry takes it."""

    def clean(self, value: object) -> object:
        cleaned = super().clean(value)
        try:
            return names.model_name(cleaned) if cleaned else cleaned
        except Invalid as error:
            raise forms.ValidationError(error.message) from None


class ModelForm(forms.Form):
    name = ModelName(label="Name", max_length=names.MAX_NAME, help_text="Anything but / and :, such as digits-svm.")
    description = forms.CharField(
        label="Description",
        max_length=names.MAX_DESCRIPTION,
        required=False,
        help_text="Markdown. What it is for, what it was trained on, what it must not be used for.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class RegisterForm(forms.Form):
    name = ModelName(
        label="Model",
        max_length=names.MAX_NAME,
        help_text="An existing model gets its next version; a new name makes a new model.",
        widget=forms.TextInput(attrs={"list": "model-names", "autocomplete": "off"}),
    )
    source = forms.CharField(
        label="Made of",
        max_length=2048,
        help_text="A folder or file of a run, such as runs:/k3v9x2m7qabc/model.",
        widget=forms.TextInput(attrs={"spellcheck": "false"}),
    )
    alias = forms.CharField(
        label="Alias",
        max_length=names.MAX_ALIAS,
        required=False,
        help_text="A name that leads to this version, such as candidate.",
    )
    description = forms.CharField(
        label="Description",
        max_length=names.MAX_DESCRIPTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    tags = TagsField(
        label="Tags",
        required=False,
        max_length=20_000,
        help_text="NAME: VALUE, one a line.",
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "class": "mono"}),
    )


class VersionForm(forms.Form):
    description = forms.CharField(
        label="Description",
        max_length=names.MAX_DESCRIPTION,
        required=False,
        help_text="Markdown.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class StageForm(forms.Form):
    stage = forms.ChoiceField(label="Stage")
    archive_existing = forms.BooleanField(label="Archive the version that is there now", required=False)

    def __init__(self, *args: Any, stages: Sequence[ModelStage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stage"].choices = [  # type: ignore[attr-defined]
            (each.name, f"{each.name} (needs approval)" if each.needs_approval else each.name) for each in stages
        ]


class StageRulesForm(forms.Form):
    """A stage and what it asks: one rule of a metric a line, one check a line."""

    name = forms.CharField(
        label="Name", max_length=39, required=False, help_text="Such as Canary. It comes before Archived."
    )
    description = forms.CharField(label="What it stands for", max_length=500, required=False)
    needs_approval = forms.BooleanField(label="Somebody else has to approve", required=False)
    approvers = forms.MultipleChoiceField(
        label="Approved by",
        required=False,
        help_text="Nobody chosen: everybody whose role may approve.",
        widget=forms.CheckboxSelectMultiple,
    )
    metrics = forms.CharField(
        label="Metrics of its run",
        required=False,
        max_length=4000,
        help_text="One rule a line, such as accuracy >= 0.9.",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
    )
    checks = forms.CharField(
        label="Checks that must have passed",
        required=False,
        max_length=2000,
        help_text="One name a line, such as fairness.",
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, people: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["approvers"].choices = [(str(person.pk), str(person)) for person in people]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, stage: ModelStage, people: Sequence[User]) -> "StageRulesForm":
        """The form with what a stage asks now."""
        lines = [f"{rule['metric']} {rule['op']} {rule['value']:g}" for rule in stage.metrics]
        initial = {
            "name": stage.name,
            "description": stage.description,
            "needs_approval": stage.needs_approval,
            "approvers": [str(person.pk) for person in stage.approvers.all()] if stage.pk else [],
            "metrics": "\n".join(lines),
            "checks": "\n".join(stage.checks),
        }
        return cls(initial=initial, people=people, prefix=None, auto_id=f"id_{stage.position}_%s")

    def clean_metrics(self) -> list[dict[str, Any]]:
        found = []
        for line in self.cleaned_data["metrics"].splitlines():
            if line.strip():
                match = RULE.fullmatch(line.strip())
                if match is None:
                    raise forms.ValidationError(f"A rule reads accuracy >= 0.9, not {line[:60]!r}.")
                found.append({"metric": match[1], "op": match[2], "value": float(match[3])})
        return found

    def clean_checks(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["checks"].splitlines() if line.strip()]

    def changes(self) -> dict[str, Any]:
        values = {key: value for key, value in self.cleaned_data.items() if key != "name"}
        return {**values, "approvers": [int(each) for each in values["approvers"]]}


class CheckForm(forms.Form):
    name = forms.CharField(label="Check", max_length=100, help_text="Such as fairness.")
    result = forms.ChoiceField(label="Result", choices=[("passed", "Passed"), ("failed", "Failed")])
    detail = forms.CharField(label="What was seen", max_length=1000, required=False)


class AliasForm(forms.Form):
    alias = forms.CharField(label="Alias", max_length=names.MAX_ALIAS)
    version = forms.IntegerField(label="Version", min_value=1, max_value=2**31 - 1, required=False)
    remove = forms.BooleanField(required=False)


class TagForm(forms.Form):
    key = forms.CharField(label="Key", max_length=names.MAX_KEY)
    value = forms.CharField(label="Value", max_length=names.MAX_VALUE, required=False)
    remove = forms.BooleanField(required=False)
