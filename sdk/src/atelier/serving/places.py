"""Where the model lies, what it is called, and of which kind it is."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from atelier.serving.problems import LoadProblem
from atelier.serving.settings import Settings

# Azure's folder of models: <name>/<version>/… below it.
MODELS_FOLDER = "azureml-models"
MLMODEL = "MLmodel"
DEPTH = 4


class Named(NamedTuple):
    name: str
    version: str


def name_of(settings: Settings) -> Named:
    """The model's name and version as its folder says them."""
    folder = settings.model_dir
    if folder is None:
        return Named(settings.deployment or "model", "1")
    parts = folder.parts
    if MODELS_FOLDER in parts:
        below = parts[parts.index(MODELS_FOLDER) + 1 :]
        if len(below) >= 2:
            return Named(below[0], below[1])
    found = mlflow_folder(folder)
    inside = found.relative_to(folder).parts if found else ()
    if len(inside) >= 2 and folder.name == MODELS_FOLDER:
        return Named(inside[0], inside[1])
    return Named(folder.name or "model", "1")


def mlflow_folder(folder: Path) -> Path | None:
    """The one folder with a file MLmodel, here or below. Raises LoadProblem when there are several."""
    if (folder / MLMODEL).is_file():
        return folder
    found = [path.parent for path in _below(folder, MLMODEL)]
    if len(found) > 1:
        raise LoadProblem(f"{folder} holds {len(found)} MLflow models; a scoring script has to say which is used.")
    return found[0] if found else None


def onnx_file(folder: Path) -> Path | None:
    """The one ONNX file of the folder; None when there is none or several."""
    found = _below(folder, "*.onnx")
    return found[0] if len(found) == 1 else None


def _below(folder: Path, pattern: str) -> list[Path]:
    patterns = ("/".join(["*"] * depth + [pattern]) for depth in range(DEPTH + 1))
    return sorted(path for one in patterns for path in folder.glob(one) if path.is_file())
