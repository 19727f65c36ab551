"""The forms of published pipelines."""

from django import forms

from runs.pipelines.drafts import names
from runs.pipelines.publishing.input_fields import InputsForm


class PublishForm(forms.Form):
    """A version of a pipeline, under a name of its own."""

    name = forms.CharField(
        max_length=names.MAX_NAME,
        help_text="Letters, digits, '.', '-' and '_'. A name that is there already gets another version.",
    )
    description = forms.CharField(max_length=names.MAX_DESCRIPTION, required=False)


class CallForm(InputsForm):
    """What a run is started with: the experiment, and a field for each input."""

    experiment = forms.CharField(max_length=500, required=False)
