"""Shapes of what people type about webhooks."""

from django import forms

from studio.webhooks import events
from studio.webhooks.services import MAX_SECRET

_CHOICES = [(name, name) for name in events.EVENTS]


class WebhookForm(forms.Form):
    name = forms.CharField(
        label="Name", max_length=63, help_text="Letters, digits, dots, dashes and underscores, such as ci-deploy."
    )
    url = forms.CharField(
        label="Address",
        max_length=500,
        help_text="An https:// address that answers 2xx within ten seconds.",
        widget=forms.URLInput(attrs={"spellcheck": "false"}),
    )
    events = forms.MultipleChoiceField(
        label="Events", choices=_CHOICES, widget=forms.CheckboxSelectMultiple, initial=["model_version.created"]
    )
    secret = forms.CharField(
        label="Secret",
        max_length=MAX_SECRET,
        required=False,
        strip=False,
        help_text="Signs every message, so that the receiver knows it is from here. It is never shown again.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    description = forms.CharField(label="Description", max_length=1000, required=False)


class EditWebhookForm(WebhookForm):
    """As for a new one; an empty secret keeps the one that is there."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["secret"].help_text = "Leave it empty to keep the one that is there."
