"""The forms of the list of pipelines and of a pipeline's versions."""

from django import forms

from runs.pipelines.drafts import names


class NewPipelineForm(forms.Form):
    """Empty, or the text of a pipeline file."""

    name = forms.CharField(
        max_length=names.MAX_NAME, required=False, help_text="Left empty, it takes the file's name for itself."
    )
    text = forms.CharField(
        label="Pipeline file",
        max_length=4 * 1024 * 1024,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "mono"}),
        help_text="Azure ML's pipeline YAML, or JSON. Left empty, the canvas is.",
    )
    sample = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)


class EditPipelineForm(forms.Form):
    name = forms.CharField(max_length=names.MAX_NAME)
    description = forms.CharField(
        max_length=names.MAX_DESCRIPTION, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class KeepForm(forms.Form):
    """A name for the draft as it is."""

    name = forms.CharField(max_length=names.MAX_NAME, required=False)
    note = forms.CharField(max_length=names.MAX_NOTE, required=False)
