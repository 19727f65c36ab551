"""Shapes of what people type about endpoints and deployments."""

from django import forms

from registry.endpoints.models import Endpoint
from studio.web.forms import TagsField

MAX_DESCRIPTION = 10_000
MAX_TAGS = 20_000


class EndpointForm(forms.Form):
    description = forms.CharField(
        label="Description",
        max_length=MAX_DESCRIPTION,
        required=False,
        help_text="What it answers, and to whom.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    auth_mode = forms.ChoiceField(
        label="Access",
        choices=[(Endpoint.AuthMode.KEY, "Two keys that rotate"), (Endpoint.AuthMode.TOKEN, "Tokens that expire")],
        help_text="How callers prove who they are. What worked before is refused from then on.",
    )
    tags = TagsField(
        label="Tags",
        required=False,
        max_length=MAX_TAGS,
        help_text="NAME: VALUE, one a line.",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "mono"}),
    )


class TokenForm(forms.Form):
    seconds = forms.TypedChoiceField(
        label="Valid for",
        coerce=int,
        choices=[(900, "15 minutes"), (3600, "an hour"), (28_800, "8 hours"), (86_400, "a day")],
        initial=3600,
    )


class ScaleForm(forms.Form):
    kind = forms.ChoiceField(
        label="How many instances",
        choices=[("default", "As many as I say"), ("target_concurrency", "As many as the requests need")],
    )
    instance_count = forms.IntegerField(label="Instances", min_value=1, max_value=1000, required=False)
    target = forms.FloatField(
        label="Requests at a time, each",
        min_value=0.01,
        max_value=10_000,
        required=False,
        help_text="There are as many instances as keep each at about so many requests at one time.",
    )
    min_instances = forms.IntegerField(
        label="At least", min_value=0, max_value=1000, required=False, help_text="0: it sleeps while nobody asks."
    )
    max_instances = forms.IntegerField(label="At most", min_value=1, max_value=1000, required=False)
    idle_seconds = forms.IntegerField(
        label="Seconds of quiet before instances go", min_value=10, max_value=86_400, required=False
    )

    def clean(self) -> dict[str, object]:
        """Each kind needs its own numbers."""
        given = super().clean() or {}
        needed = ("instance_count",) if given.get("kind") == "default" else ("target", "min_instances", "max_instances")
        for name in needed:
            if given.get(name) is None and name not in self.errors:
                self.add_error(name, "Give a number.")
        return given
