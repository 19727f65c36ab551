"""The form of a target's capacity."""

from django import forms

from compute.targets.services import MOST_SLOTS


class NameForm(forms.Form):
    """How a new target is called."""

    name = forms.CharField(
        label="Name",
        max_length=60,
        help_text="What job files call it: small letters, digits and dashes. It stays.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class CapacityForm(forms.Form):
    slots = forms.IntegerField(
        label="Slots",
        min_value=1,
        max_value=MOST_SLOTS,
        help_text="So many jobs run at once. Jobs that run already go on when there are fewer.",
    )
