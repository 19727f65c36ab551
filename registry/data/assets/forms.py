"""Shapes of what people type about data assets."""

from django import forms

from registry.data import names


class WordsForm(forms.Form):
    description = forms.CharField(
        label="Description",
        max_length=names.MAX_DESCRIPTION,
        required=False,
        help_text="Markdown. What is in it, where it comes from, what it must not be used for.",
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class TagForm(forms.Form):
    key = forms.CharField(label="Key", max_length=names.MAX_KEY)
    value = forms.CharField(label="Value", max_length=names.MAX_VALUE, required=False)
    remove = forms.BooleanField(required=False)
