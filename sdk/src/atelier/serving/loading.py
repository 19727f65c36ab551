"""Loads what the settings name. Batch scoring loads by the same doors."""

from __future__ import annotations

import os
from pathlib import Path

from atelier.serving import places, scripts
from atelier.serving.problems import LoadProblem
from atelier.serving.scoring import Scorer
from atelier.serving.settings import Settings


def load(settings: Settings) -> Scorer:
    """The model, ready to score. Raises LoadProblem with what is wrong and, in a script, where."""
    if settings.app_root.is_dir():
        os.chdir(settings.app_root)
    return load_script(settings) if settings.entry_script else load_model(settings)


def load_script(settings: Settings) -> Scorer:
    """The scoring script, imported and initialised."""
    named = places.name_of(settings)
    module = scripts.load_module(settings)
    scripts.start(module, settings)
    return scripts.ScriptScorer(module, settings, name=named.name, version=named.version)


def load_model(settings: Settings) -> Scorer:
    """A model that needs no script: in MLflow's format, or one ONNX file."""
    folder = settings.model_dir
    if folder is None:
        raise LoadProblem("There is nothing to serve: neither AZUREML_ENTRY_SCRIPT nor AZUREML_MODEL_DIR is set.")
    if not folder.is_dir():
        raise LoadProblem(f"AZUREML_MODEL_DIR names {folder}, which is no folder.")
    found = places.mlflow_folder(folder)
    if found is not None:
        return _load_mlflow(found, settings)
    onnx = places.onnx_file(folder)
    if onnx is not None:
        return _load_onnx(onnx, settings)
    files = ", ".join(sorted(path.name for path in folder.iterdir())[:5]) or "no file"
    raise LoadProblem(
        f"The model is neither in MLflow's format nor one ONNX file (it holds {files}): it needs a scoring script "
        "with init() and run(data)."
    )


def _load_mlflow(folder: Path, settings: Settings) -> Scorer:
    from atelier.serving import mlflow_models

    with scripts.naming_the_place(f"The MLflow model in {folder.name} can't be loaded", folder):
        return mlflow_models.load(folder, settings)


def _load_onnx(path: Path, settings: Settings) -> Scorer:
    from atelier.serving import onnx_models

    with scripts.naming_the_place(f"The ONNX model {path.name} can't be loaded", path.parent):
        return onnx_models.load(path, settings)
