"""Shapes of what people type about secrets."""

from django import forms

from studio.secrets.vault import MAX_NAME, MAX_VALUE_BYTES
from studio.secrets.widgets import ConcealedText


class ValueForm(forms.Form):
    value = forms.CharField(
        label="Value",
        max_length=MAX_VALUE_BYTES,
        strip=False,
        help_text="A token, a password, a key or the text of a key file. It is sealed at once and never shown again.",
        widget=ConcealedText(),
    )


class SecretForm(ValueForm):
    name = forms.CharField(
        label="Name",
        max_length=MAX_NAME,
        help_text="What a job file calls it: ${{secrets.name}}. Letters, digits, dots, dashes and underscores.",
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off", "autocapitalize": "off"}),
    )
    description = forms.CharField(label="Description", max_length=500, required=False)

    field_order = ("name", "value", "description")


class DescriptionForm(forms.Form):
    description = forms.CharField(label="Description", max_length=500, required=False)
