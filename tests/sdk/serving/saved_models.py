"""Models saved as MLflow saves them, without MLflow: a pickle and a file MLmodel."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

NAMES = ["age", "bmi", "bp"]


def rows(count: int, *, seed: int = 7) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, len(NAMES)))


def ridge(names: list[str] | None = None) -> Any:
    """A small pipeline, fitted with a frame (or with an array)."""
    values = rows(50)
    target = values @ np.array([1.5, -2.0, 0.25]) + 3
    fitted_with = values if names is None else pd.DataFrame(values, columns=names)
    return make_pipeline(StandardScaler(), Ridge()).fit(fitted_with, target)


def columns(kinds: dict[str, str], *, optional: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return [{"name": name, "type": kind, "required": name not in optional} for name, kind in kinds.items()]


def tensor(shape: list[int], dtype: str = "float64", name: str = "") -> dict[str, Any]:
    made: dict[str, Any] = {"type": "tensor", "tensor-spec": {"dtype": dtype, "shape": shape}}
    return {**made, "name": name} if name else made


def save(folder: Path, estimator: Any, inputs: list[dict[str, Any]], *, predict_fn: str = "predict") -> Path:
    """The estimator as MLflow's scikit-learn flavour."""
    import yaml

    folder.mkdir(parents=True)
    (folder / "model.pkl").write_bytes(pickle.dumps(estimator))
    general = {"loader_module": "mlflow.sklearn", "model_path": "model.pkl", "predict_fn": predict_fn, "env": {}}
    own = {"pickled_model": "model.pkl", "serialization_format": "pickle", "sklearn_version": "1.9.1", "code": None}
    outputs = [tensor([-1])]
    content = {
        "flavors": {"python_function": general, "sklearn": own},
        "mlflow_version": "3.17.2",
        "signature": {"inputs": json.dumps(inputs), "outputs": json.dumps(outputs), "params": None},
    }
    (folder / "MLmodel").write_text(yaml.safe_dump(content))
    return folder


def save_ridge(folder: Path) -> Path:
    """The pipeline with three columns of doubles."""
    return save(folder, ridge(NAMES), columns(dict.fromkeys(NAMES, "double")))
