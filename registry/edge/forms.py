"""Shapes of what people type about devices and their modules."""

from typing import Any

from django import forms

from registry.edge import names, options
from studio.web.forms import NameField, TagsField

MAX_DESCRIPTION = 10_000
MAX_VARIABLES = 40_000


class DeviceForm(forms.Form):
    name = NameField(
        label="Name", max_length=names.MAX_DEVICE, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="Such as press-3.",
    )  # fmt: skip
    description = forms.CharField(
        label="Description",
        max_length=MAX_DESCRIPTION,
        required=False,
        help_text="Where it stands and what it is for.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class DescribeForm(forms.Form):
    description = forms.CharField(
        label="Description", max_length=MAX_DESCRIPTION, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    tags = TagsField(
        label="Tags",
        required=False,
        max_length=20_000,
        help_text="NAME: VALUE, one a line.",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "mono"}),
    )


class ModuleForm(forms.Form):
    """What a device shall run. `places` are the devices, `images` what there is to choose from."""

    device = forms.ChoiceField(label="Device")
    image = forms.CharField(
        label="Image",
        max_length=300,
        help_text="Such as defects:3, or defects@latest.",
        widget=forms.TextInput(
            attrs={"list": "image-refs", "autocomplete": "off", "spellcheck": "false", "class": "mono"}
        ),
    )
    module = NameField(
        label="Module",
        max_length=names.MAX_MODULE,
        help_text="What it is called on the device. A module that is there is updated.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    port = forms.IntegerField(
        label="Port", min_value=0, max_value=65_535, required=False, help_text="On the device; empty: none."
    )
    address = forms.ChoiceField(
        label="Reached from",
        choices=[("127.0.0.1", "The device alone"), ("0.0.0.0", "The device's network")],
        help_text="Whoever reaches the port may ask: the module wants no key.",
    )
    cpus = forms.FloatField(
        label="CPUs", min_value=0, max_value=options.MAX_CPUS, required=False, help_text="At most; empty: no limit."
    )
    memory = forms.CharField(label="Memory", max_length=20, required=False, help_text="Such as 512M; empty: no limit.")
    restart = forms.ChoiceField(
        label="When it ends",
        choices=[("always", "Start it again"), ("on-failure", "Start it again after a failure"), ("never", "Leave it")],
    )
    variables = TagsField(
        label="Environment variables",
        required=False,
        max_length=MAX_VARIABLES,
        help_text="NAME: VALUE, one a line.",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "mono"}),
    )

    def __init__(self, *args: Any, places: list[str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["device"].choices = [(name, name) for name in places]  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """The options as the use case takes them: a form says all of them."""
        values = self.cleaned_data
        return {
            "port": values["port"] or 0,
            "address": values["address"],
            "cpus": values["cpus"] or 0,
            "memory": values["memory"] or "0",
            "restart": values["restart"],
            "environment_variables": values["variables"],
        }
