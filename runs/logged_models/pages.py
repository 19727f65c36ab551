"""What the page of a logged model and the run's page show of logged models and datasets."""

from collections.abc import Sequence
from dataclasses import dataclass

from runs.logged_models import files, queries
from runs.logged_models.models import LoggedModel, LoggedModelFile, LoggedModelMetric
from runs.tracking.data.models import RunOutput
from runs.tracking.data_inputs import RunDataset
from runs.tracking.models import Run, RunInput
from runs.tracking.queries import artifacts, data_inputs, job_data

MOST_FILES = 500
MOST_LOOKED_AT = 1000
MODEL_FILE = "MLmodel"
MODEL_SUFFIXES = (
    ".joblib", ".pkl", ".pickle", ".cloudpickle", ".skops", ".onnx", ".pt", ".pth", ".safetensors", ".keras", ".h5", ".ubj",
    ".cbm", ".bst",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ModelPage:
    """A logged model: `metrics` are the newest of each name and dataset, `files` the first of them by path."""

    model: LoggedModel
    params: Sequence[tuple[str, str]]
    tags: Sequence[tuple[str, str]]
    metrics: Sequence[LoggedModelMetric]
    files: Sequence[LoggedModelFile]
    file_count: int
    size: int
    snippet: str


@dataclass(frozen=True, slots=True)
class FilesOfModel:
    """A model that a run made, and how much its files are."""

    model: LoggedModel
    count: int
    size: int


@dataclass(frozen=True, slots=True)
class InputsOutputs:
    """What a run read and made."""

    datasets: Sequence[RunDataset]
    read: Sequence[tuple[LoggedModel, int]]
    made: Sequence[tuple[LoggedModel, int]]
    data: Sequence[RunInput]
    outputs: Sequence[RunOutput]

    @property
    def count(self) -> int:
        return len(self.datasets) + len(self.read) + len(self.made) + len(self.data) + len(self.outputs)


def model_page(model: LoggedModel) -> ModelPage:
    detail = queries.detail(model)
    rows = list(files.shelf_of(model).rows())
    return ModelPage(
        model=model,
        params=sorted(detail.params.items()),
        tags=sorted((key, value) for key, value in detail.tags.items() if not key.startswith("mlflow.")),
        metrics=queries.latest_metrics(detail.metrics),
        files=rows[:MOST_FILES],
        file_count=len(rows),
        size=sum(row.size for row in rows),
        snippet=f'import mlflow\n\nmodel = mlflow.pyfunc.load_model("models:/{model.pk}")\n',
    )


def inputs_outputs(run: Run) -> InputsOutputs:
    read, made = queries.models_of_run(run)
    return InputsOutputs(
        datasets=data_inputs.datasets_of(run),
        read=read,
        made=made,
        data=job_data.inputs_of(run),
        outputs=job_data.outputs_of(run),
    )


def models_made(run: Run) -> list[FilesOfModel]:
    """The models a run made, each once, with the number and bytes of their files; three queries."""
    _, made = queries.models_of_run(run)
    models = {model.pk: model for model, _ in made}
    sizes = queries.file_totals(models)
    return [FilesOfModel(model, *sizes.get(pk, (0, 0))) for pk, model in models.items()]


def register_source(run: Run) -> str:
    """What a model version of the run is made of: its last logged model, else the folder with its model; "" without one."""
    _, made = queries.models_of_run(run)
    if made:
        return f"models:/{made[-1][0].pk}"
    paths = list(artifacts.files_of(run).values_list("path", flat=True)[:MOST_LOOKED_AT])
    models = [path for path in paths if path.rpartition("/")[2] == MODEL_FILE] or [
        path for path in paths if path.lower().endswith(MODEL_SUFFIXES)
    ]
    return f"runs:/{run.pk}/{models[0].rpartition('/')[0]}".rstrip("/") if models else ""
