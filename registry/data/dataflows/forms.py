"""The form of a new dataflow."""

from django import forms

from registry.data import names


class NewFlowForm(forms.Form):
    name = forms.CharField(max_length=names.MAX_NAME, help_text="Letters, digits, '-', '_' and '.'.")
    source = forms.CharField(
        max_length=400,
        help_text="The data it begins with, such as azureml:cars:1.",
        widget=forms.TextInput(attrs={"list": "flow-sources", "autocomplete": "off", "spellcheck": "false"}),
    )
    description = forms.CharField(max_length=2_000, required=False)
