"""Reads a model's folder: what the model is, how it is asked, what it was shown. Knows nothing of the studio."""

import json
import pickle
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MANUAL = "MLmodel"
FLAVORS = ("onnx", "sklearn", "xgboost", "lightgbm", "pytorch")
PICKLES = (".pkl", ".pickle", ".joblib")
TYPES = {"double": "float64", "float": "float32", "long": "int64", "integer": "int32", "boolean": "bool"}
AS_IT_IS = "Build an image of the type docker, which runs the model as it is."


class CannotConvert(Exception):
    """The model can't be converted; the text is one sentence with what to do."""


@dataclass
class Source:
    """The original: how it is asked, what it was shown, and what its columns are called."""

    flavor: str
    root: Path
    model: Any = None
    predict_fn: str = "predict"
    columns: list[tuple[str, str]] = field(default_factory=list)
    example: Any = None
    onnx_file: Path | None = None

    @property
    def width(self) -> int:
        """How many numbers a row has. Raises CannotConvert where nothing tells."""
        shape: Any = getattr(self.example, "shape", ())
        told = getattr(self.model, "n_features_in_", None) or len(self.columns) or (shape[1] if len(shape) == 2 else 0)
        if not told:
            told = _asked(self.model, "num_features") or _asked(self.model, "num_feature")
        if not told:
            raise CannotConvert("How many columns the model takes is not known: log it with a signature.")
        return int(told)


def read(folder: Path) -> Source:
    """The model of a folder. Raises CannotConvert for one of which no ONNX model can be made."""
    manuals = sorted(folder.rglob(MANUAL), key=lambda path: len(path.parts))
    if manuals:
        return _read_mlflow(manuals[0].parent)
    onnx_files = sorted(folder.rglob("*.onnx"))
    if len(onnx_files) == 1:
        return Source("onnx", onnx_files[0].parent, onnx_file=onnx_files[0])
    pickles = sorted(path for path in folder.rglob("*") if path.suffix in PICKLES and path.is_file())
    if len(pickles) != 1:
        raise CannotConvert(
            "The model is neither in MLflow's format nor one ONNX or pickle file, so there is nothing to convert to ONNX."
            " Log it in MLflow's format, or build an image of the type docker."
        )
    model = _unpickled(pickles[0])
    return Source(_flavor_of(model), pickles[0].parent, model)


def _read_mlflow(root: Path) -> Source:
    import yaml

    manual = yaml.safe_load((root / MANUAL).read_text(encoding="utf-8")) or {}
    flavors = manual.get("flavors") or {}
    flavor = next((name for name in FLAVORS if name in flavors), "")
    if not flavor:
        known = ", ".join(name for name in flavors if name != "python_function") or "a function in Python"
        raise CannotConvert(
            f"A model of {known} can't be converted to ONNX: what can is a model of scikit-learn, XGBoost, LightGBM or"
            " PyTorch. Build an image of the type docker, which runs it as it is."
        )
    source = Source(flavor, root, columns=_columns(manual))
    source.predict_fn = str((flavors.get("python_function") or {}).get("predict_fn") or "predict")
    source.example = _example(root, manual, source.columns)
    if flavor == "onnx":
        source.onnx_file = root / str(flavors["onnx"].get("data") or "model.onnx")
        return source
    source.model = _loaded(root, manual, flavor)
    return source


def _loaded(root: Path, manual: dict[str, Any], flavor: str) -> Any:
    """The model itself: this container is the place where it may be unpickled."""
    import importlib

    try:
        if flavor == "sklearn":
            return _estimator(root, manual["flavors"])
        return importlib.import_module(f"mlflow.{flavor}").load_model(str(root))
    except Exception as error:
        raise CannotConvert(f"The model can't be loaded in its environment: {first_line(error)}.") from error


def _estimator(root: Path, flavors: dict[str, Any]) -> Any:
    """A scikit-learn model by the library it was saved with; MLflow itself is not needed for it."""
    own = flavors["sklearn"]
    path = root / str((flavors.get("python_function") or {}).get("model_path") or own["pickled_model"])
    if own.get("serialization_format") == "skops":
        import skops.io

        return skops.io.load(str(path), trusted=own.get("skops_trusted_types"))
    with path.open("rb") as file:
        return pickle.load(file)  # cloudpickle's files are pickles, too


def _unpickled(path: Path) -> Any:
    try:
        import joblib

        return joblib.load(path)
    except Exception as error:
        raise CannotConvert(f"{path.name} can't be loaded in its environment: {first_line(error)}.") from error


def _flavor_of(model: Any) -> str:
    known = {"sklearn": "sklearn", "xgboost": "xgboost", "lightgbm": "lightgbm", "torch": "pytorch"}
    for each in type(model).__mro__:
        if found := known.get(each.__module__.partition(".")[0]):
            return found
    raise CannotConvert(
        f"{name_of(model)} can't be converted to ONNX: what can is a model of scikit-learn, XGBoost, LightGBM or PyTorch."
        " Build an image of the type docker with a scoring script."
    )


def _columns(manual: dict[str, Any]) -> list[tuple[str, str]]:
    """Names and types of the signature's columns; empty for tensors and where there is none."""
    said = (manual.get("signature") or {}).get("inputs") or "[]"
    sides = json.loads(said) if isinstance(said, str) else said
    if not all(isinstance(one, dict) and one.get("name") and one.get("type") != "tensor" for one in sides):
        return []
    return [(str(one["name"]), str(one["type"])) for one in sides]


def _example(root: Path, manual: dict[str, Any], columns: list[tuple[str, str]]) -> Any:
    """The input example as a frame or an array; None where there is none that a model of numbers takes."""
    told = manual.get("saved_input_example_info") or {}
    path = root / str(told.get("artifact_path") or "input_example.json")
    if told.get("type") not in ("dataframe", "ndarray") or not path.is_file():
        return None
    said = json.loads(path.read_text(encoding="utf-8"))
    if told["type"] == "dataframe":
        return _frame(said.get("dataframe_split", said), columns)
    import numpy

    array = numpy.array(said.get("inputs", said) if isinstance(said, dict) else said)
    return array if array.dtype != object else None


def _frame(said: dict[str, Any], columns: list[tuple[str, str]]) -> Any:
    import pandas

    frame = pandas.DataFrame(said["data"], columns=said.get("columns"))
    for name, kind in columns:
        if name in frame and kind in TYPES:
            frame[name] = frame[name].astype(TYPES[kind])
    return frame[[name for name, _ in columns]] if columns and {n for n, _ in columns} <= set(frame) else frame


def _asked(model: Any, method: str) -> int:
    found = getattr(model, method, None)
    return int(found()) if callable(found) else 0


def name_of(model: Any) -> str:
    return type(model).__name__


def first_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else type(error).__name__).rstrip(".")[:400]
