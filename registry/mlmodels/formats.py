"""What kind of model the files of a version are, told by their names."""

from collections.abc import Sequence
from pathlib import PurePosixPath

from registry.mlmodels import mlmodel
from registry.mlmodels.models import ModelVersion

PICKLES = frozenset({".pkl", ".pickle", ".joblib", ".cloudpickle"})
Format = ModelVersion.Format


def format_of(paths: Sequence[str]) -> str:
    """`mlflow` where there is an MLmodel file, else by the one file there is, else `folder`; `custom` without files."""
    if mlmodel.PATH in paths:
        return Format.MLFLOW
    if len(paths) > 1:
        return Format.FOLDER
    if not paths:
        return Format.CUSTOM
    suffix = PurePosixPath(paths[0]).suffix.lower()
    if suffix in PICKLES:
        return Format.PICKLE
    return Format.ONNX if suffix == ".onnx" else Format.CUSTOM
