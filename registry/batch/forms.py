"""Shapes of what people type about batch scoring."""

from collections.abc import Sequence
from typing import Any

from django import forms

from registry.batch import options
from studio.web.forms import NameField

PLAIN = {"autocomplete": "off", "spellcheck": "false"}
DEFAULTS = options.Options()


class EndpointForm(forms.Form):
    name = NameField(
        label="Name",
        max_length=100,
        help_text="Letters, digits and '-', beginning with a letter, such as heart-batch.",
        widget=forms.TextInput(attrs=PLAIN),
    )
    description = forms.CharField(
        label="Description", max_length=100_000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class DeployForm(forms.Form):
    name = NameField(label="Name", max_length=100, help_text="Such as v1.", widget=forms.TextInput(attrs=PLAIN))
    model = forms.CharField(
        label="Model",
        max_length=400,
        help_text="A registered version, such as iris:3 or iris@champion.",
        widget=forms.TextInput(attrs={"list": "model-refs", **PLAIN}),
    )
    code = forms.FileField(
        label="Scoring script",
        required=False,
        help_text="A Python file with init() and run(mini_batch), or a zip of the folder it lies in. A model in MLflow's"
        " format scores tables without one.",
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
        help_text="A name, such as sklearn-1.5 or my-env:3. Empty: what the model's files say; for a script the target's own Python.",
        widget=forms.TextInput(attrs={"list": "environment-names", **PLAIN}),
    )
    compute = forms.ChoiceField(label="Compute target", required=False)
    instance_count = forms.IntegerField(
        label="Jobs at the same time", initial=DEFAULTS.instance_count, help_text="Each takes a slot of the target."
    )
    max_concurrency_per_instance = forms.IntegerField(
        label="Mini-batches at the same time in each job", initial=DEFAULTS.max_concurrency_per_instance
    )
    mini_batch_size = forms.IntegerField(label="Files of a mini-batch", initial=DEFAULTS.mini_batch_size)
    mini_batch_rows = forms.IntegerField(
        label="Rows of a mini-batch", initial=DEFAULTS.mini_batch_rows, help_text="Of an input that is one table."
    )
    max_retries = forms.IntegerField(label="Tries again", initial=DEFAULTS.max_retries)
    timeout = forms.IntegerField(label="Seconds a mini-batch may take", initial=DEFAULTS.timeout)
    error_threshold = forms.IntegerField(
        label="Failed items that are too many", initial=DEFAULTS.error_threshold, help_text="-1: never too many."
    )
    output_action = forms.ChoiceField(
        label="Output",
        choices=[
            (options.APPEND, "All rows in one file"),
            (options.SUMMARY, "Only what the script writes by itself"),
        ],
    )
    output_file_name = forms.CharField(
        label="Name of the file",
        max_length=200,
        initial=DEFAULTS.output_file_name,
        help_text="By its ending: .csv, .parquet or .jsonl.",
        widget=forms.TextInput(attrs=PLAIN),
    )

    def __init__(self, *args: Any, targets: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["compute"].choices = [(name, name) for name in targets]  # type: ignore[attr-defined]

    @property
    def settings(self) -> dict[str, Any]:
        """The settings as a deployment takes them."""
        names = [*options.RANGES, "output_action", "output_file_name"]
        return {name: self.cleaned_data[name] for name in names}


class InvokeForm(forms.Form):
    input = forms.CharField(
        label="Input",
        max_length=2048,
        help_text="A data asset, such as azureml:patients@latest, or a place: azureml://datastores/NAME/paths/FOLDER.",
        widget=forms.TextInput(attrs={"list": "data-refs", **PLAIN}),
    )
    deployment = forms.ChoiceField(label="Deployment")
    output_path = forms.CharField(
        label="Folder of the output",
        max_length=2048,
        required=False,
        help_text="Empty: a folder of its own in the default datastore.",
        widget=forms.TextInput(attrs={"placeholder": "azureml://datastores/NAME/paths/FOLDER", **PLAIN}),
    )
    output_asset = forms.CharField(
        label="Data asset of the output",
        max_length=255,
        required=False,
        help_text="The output becomes its next version.",
        widget=forms.TextInput(attrs=PLAIN),
    )
    mini_batch_size = forms.IntegerField(label="Files of a mini-batch", required=False, help_text="Empty: as deployed.")
    error_threshold = forms.IntegerField(
        label="Failed items that are too many", required=False, help_text="Empty: as deployed. -1: never too many."
    )

    def __init__(self, *args: Any, deployments: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deployment"].choices = [(name, name) for name in deployments]  # type: ignore[attr-defined]

    @property
    def settings(self) -> dict[str, Any]:
        """What is other than deployed."""
        given = {name: self.cleaned_data[name] for name in ("mini_batch_size", "error_threshold")}
        return {name: value for name, value in given.items() if value is not None}
