"""What people type about samples and reports."""

from django import forms


class CollectorForm(forms.Form):
    is_on = forms.BooleanField(required=False)
    percent = forms.FloatField(min_value=0.01, max_value=100, required=False)
    is_daily = forms.BooleanField(required=False)
    reference = forms.CharField(max_length=400, required=False)


class ReportForm(forms.Form):
    against = forms.CharField(max_length=400, required=False)
    days = forms.TypedChoiceField(
        coerce=int, choices=[("1", "24 hours"), ("7", "7 days"), ("30", "30 days"), ("90", "90 days")]
    )
