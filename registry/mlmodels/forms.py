"""Shapes of what people type about models."""

from django import forms

from registry.mlmodels import names
from registry.mlmodels.models import ModelVersion
from studio.errors import Invalid
from studio.web.forms import NameField


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


class VersionForm(forms.Form):
    description = forms.CharField(
        label="Description",
        max_length=names.MAX_DESCRIPTION,
        required=False,
        help_text="Markdown.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class StageForm(forms.Form):
    stage = forms.ChoiceField(label="Stage", choices=ModelVersion.Stage.choices)
    archive_existing = forms.BooleanField(label="Archive the version that is there now", required=False)


class AliasForm(forms.Form):
    alias = forms.CharField(label="Alias", max_length=names.MAX_ALIAS)
    version = forms.IntegerField(label="Version", min_value=1, max_value=2**31 - 1, required=False)
    remove = forms.BooleanField(required=False)


class TagForm(forms.Form):
    key = forms.CharField(label="Key", max_length=names.MAX_KEY)
    value = forms.CharField(label="Value", max_length=names.MAX_VALUE, required=False)
    remove = forms.BooleanField(required=False)
