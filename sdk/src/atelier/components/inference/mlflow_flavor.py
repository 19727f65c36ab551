"""How MLflow loads an inference pipeline: `mlflow.pyfunc.load_model("models:/cars/1").predict(frame)`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atelier.components.inference import graph

if TYPE_CHECKING:
    import pandas as pd


class PipelineModel:
    """What MLflow calls."""

    def __init__(self, found: graph.InferenceGraph) -> None:
        self.graph = found

    def predict(self, model_input: pd.DataFrame, params: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """The answer to the rows of a frame, as a frame."""
        columns = {str(name): model_input[name].tolist() for name in model_input.columns}
        found: pd.DataFrame = self.graph.score(columns, params)
        return found


def _load_pyfunc(path: str) -> PipelineModel:
    """The name is MLflow's."""
    return PipelineModel(graph.load(Path(path)))
