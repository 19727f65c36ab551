"""Register Model: a trained model becomes the next version of a model of the workspace."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from atelier.components.context import Context
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.deployment import registered
from atelier.components.errors import ComponentError
from atelier.components.inference import packing
from atelier.components.learners.trained import TrainedModel

FOLDER = "model"
PATIENCE = 120.0  # seconds that the run's files may take to arrive
PAUSE = 0.5


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    _check_name(parameters["model_name"])
    model: TrainedModel = inputs["trained_model"]
    folder = context.workdir / FOLDER
    packing.pack_model(model, folder, example=inputs.get("dataset"))
    if context.run is None or not context.run.is_online:
        print("There is no studio to register with: the model's folder is the output alone.")
        return {"model": folder}
    made = _register(folder, parameters, context)
    print(f"Registered {made['model']} version {made['version']}.")
    context.run.set_tags({"registered_model": f"{made['model']}:{made['version']}"})
    registered.note(folder, made["model"], made["version"])
    return {"model": folder}


def _check_name(name: str) -> None:
    """Before anything is written and sent."""
    if "/" in name or ":" in name:
        raise ComponentError(f"A model's name holds neither / nor :, so {name!r} is none.", parameter="model_name")


def _register(folder: Path, parameters: Mapping[str, Any], context: Context) -> dict[str, Any]:
    """The version, made of the files of this run: the job's token may register those."""
    import atelier

    context.run.log_artifacts(folder, FOLDER)
    context.run.flush()
    workspace = atelier.Workspace()
    _wait(lambda: _arrived(workspace, context.run.id), len(_files(folder)))
    try:
        made = workspace.models.register(
            parameters["model_name"],
            f"runs:/{context.run.id}/{FOLDER}",
            aliases=[parameters["alias"]] if parameters["alias"] else [],
            description=parameters["description"] or "",
        )
    except atelier.AtelierError as error:
        raise ComponentError(f"The model was not registered: {error}", parameter="model_name") from error
    return {"model": parameters["model_name"], **made}


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _arrived(workspace: Any, run: str) -> int:
    """How many of the model's files the studio has."""
    return sum(1 for _ in workspace.run(run).artifacts(FOLDER))


def _wait(count: Callable[[], int], wanted: int) -> None:
    """Until the files have arrived: they are sent in the background."""
    deadline = time.monotonic() + PATIENCE
    while count() < wanted:
        if time.monotonic() > deadline:
            raise ComponentError("The model's files have not arrived at the studio in time. Run this step again.")
        time.sleep(PAUSE)


COMPONENT = Component(
    name="register_model",
    label="Register Model",
    category="Deployment",
    description="Makes a trained model the next version of a model of the workspace, in MLflow's format, from where it can "
    "be deployed. It answers the score columns.",
    run=run,
    inputs=(
        Port("trained_model", PortType.TRAINED_MODEL),
        Port(
            "dataset",
            PortType.DATASET,
            optional=True,
            description="A table like those that will be sent: says of which type each column is",
        ),
    ),
    outputs=(Port("model", PortType.MODEL),),
    parameters=(
        Parameter("model_name", Kind.TEXT, label="Model name"),
        Parameter("alias", Kind.TEXT, optional=True, description="A name that leads to this version, such as champion"),
        Parameter("description", Kind.MULTILINE, optional=True),
    ),
    is_deterministic=False,
    keywords=("mlflow", "registry", "deploy", "version"),
)
