"""What people fill in about a trace."""

from typing import Any

from django import forms

from runs.traces import json_texts
from runs.traces.models import MAX_KEY, AssessmentKind
from runs.traces.services.assessments import MAX_JSON, MAX_RATIONALE

KINDS = [(AssessmentKind.FEEDBACK.value, "Feedback"), (AssessmentKind.EXPECTATION.value, "Expectation")]


class AssessmentForm(forms.Form):
    """An assessment by a person. The value is JSON where it reads as such, else a text."""

    kind = forms.ChoiceField(choices=KINDS, label="Kind")
    name = forms.CharField(max_length=MAX_KEY, label="Name", help_text="What is judged: correctness, tone, …")
    value = forms.CharField(
        max_length=MAX_JSON, label="Value", help_text="yes, no, a number, a text, or JSON", strip=True
    )
    rationale = forms.CharField(
        max_length=MAX_RATIONALE, required=False, label="Why", widget=forms.Textarea(attrs={"rows": 3})
    )
    span_id = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)
    assessment_id = forms.CharField(max_length=50, required=False, widget=forms.HiddenInput)

    def clean_value(self) -> Any:
        text = self.cleaned_data["value"]
        lowered = text.lower()
        if lowered in ("yes", "no"):
            return lowered
        return text if text in ("NaN", "Infinity", "-Infinity") else json_texts.value_of(text)
