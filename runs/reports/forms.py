"""The form of a report."""

from django import forms

from runs.reports.models import MAX_BODY
from runs.reports.services import MAX_TITLE


class ReportForm(forms.Form):
    """Title and text; `version` is the one the writer had before them."""

    title = forms.CharField(max_length=MAX_TITLE, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    body = forms.CharField(
        label="Text",
        max_length=MAX_BODY,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, "spellcheck": "true", "data-report-text": ""}),
    )
    version = forms.IntegerField(widget=forms.HiddenInput(), required=False, min_value=1, max_value=2**31 - 1)
