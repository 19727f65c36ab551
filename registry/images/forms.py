"""Shapes of what people type about images."""

from collections.abc import Sequence
from typing import Any

from django import forms

from registry.images import names
from studio.errors import Invalid
from studio.web.forms import NameField

PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class BuildForm(forms.Form):
    model = forms.CharField(
        label="Model",
        max_length=400,
        required=False,
        help_text="A version, such as digits:3 or digits@champion. Several, each after a comma, need a scoring script. None:"
        " a scoring script that needs no model.",
        widget=forms.TextInput(attrs={"list": "model-refs", **PLAIN}),
    )
    name = NameField(
        label="Name of the image",
        max_length=names.MAX_NAME,
        required=False,
        help_text="Small letters and digits. Empty: the model's name. A name that is there gets its next version; an image without a model"
        " needs one.",
        widget=forms.TextInput(attrs={"list": "image-names", **PLAIN}),
    )
    code = forms.FileField(
        label="Scoring script",
        required=False,
        help_text="A Python file with init() and run(data), or a zip of the folder it lies in. A model in MLflow's or ONNX"
        " format needs none.",
        widget=forms.ClearableFileInput(attrs={"accept": ".py,.zip"}),
    )
    scoring_script = forms.CharField(
        label="Its path in the zip",
        max_length=300,
        required=False,
        help_text="Only for a zip: such as score.py or src/score.py.",
        widget=forms.TextInput(attrs={"placeholder": "score.py", **PLAIN}),
    )
    environment = forms.CharField(
        label="Environment",
        max_length=500,
        required=False,
        help_text="A name, such as sklearn-1.5 or my-env:3. Empty: what the model's own files say, else what its run ran in; for a script"
        " without a model the one called minimal.",
        widget=forms.TextInput(attrs={"list": "environment-names", **PLAIN}),
    )
    base = forms.CharField(
        label="Base image",
        max_length=300,
        required=False,
        help_text="Empty: the environment's own, else the studio's base image.",
        widget=forms.TextInput(attrs={"placeholder": "python:3.11-slim", **PLAIN}),
    )
    type = forms.ChoiceField(
        label="Type",
        required=False,
        choices=[
            ("docker", "Docker: the model as it is, in its own environment"),
            ("onnx", "ONNX: converted, checked on its input example, served by onnxruntime"),
        ],
        help_text="ONNX is for models of scikit-learn, XGBoost, LightGBM and PyTorch: a smaller image that needs none of them.",
    )
    connection = forms.ChoiceField(label="Registry", required=False)
    description = forms.CharField(
        label="Description",
        max_length=names.MAX_DESCRIPTION,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, registries: Sequence[str] = (), own: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["connection"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", own), *((name, name) for name in registries)]
        if not registries:
            del self.fields["connection"]

    def clean_name(self) -> str:
        name = str(self.cleaned_data.get("name") or "")
        try:
            return names.image_name(name) if name else ""
        except Invalid as error:
            raise forms.ValidationError(error.message) from None

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        upload = values.get("code")
        if upload is None:
            if values.get("scoring_script"):
                self.add_error("code", "Choose the file, or the zip that this path is in.")
        elif not str(upload.name).lower().endswith(".zip"):
            values["scoring_script"] = str(upload.name).rpartition("/")[2]
        elif not values.get("scoring_script"):
            values["scoring_script"] = "score.py"
        return values


class ImageForm(forms.Form):
    description = forms.CharField(
        label="Description",
        max_length=names.MAX_DESCRIPTION,
        required=False,
        help_text="Markdown.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class ImageTagForm(forms.Form):
    word = forms.CharField(max_length=names.MAX_TAG)
    remove = forms.BooleanField(required=False)
