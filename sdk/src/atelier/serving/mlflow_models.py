"""Models in MLflow's format."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from atelier.serving import describing, places, signatures
from atelier.serving.problems import LoadProblem
from atelier.serving.scoring import Scorer
from atelier.serving.settings import Settings


def load(folder: Path, settings: Settings) -> Scorer:
    """The model, by the shortest way that gives what MLflow's own would."""
    from atelier.serving import pipeline_models, pyfunc_models, sklearn_models

    mlmodel = read_mlmodel(folder)
    named = places.name_of(settings)
    signature = signatures.read(mlmodel)
    if sklearn_models.may_be_direct(mlmodel, signature):
        estimator = sklearn_models.load_estimator(folder, mlmodel)
        if sklearn_models.takes_arrays(estimator, signature):
            facts = describing.describe(mlmodel, signature)
            predict_fn = str(mlmodel["flavors"]["python_function"].get("predict_fn") or "predict")
            return sklearn_models.SklearnScorer(
                estimator, predict_fn, signature, facts, settings, name=named.name, version=named.version
            )
    if pipeline_models.is_one(mlmodel):
        return pipeline_models.PipelineScorer(
            folder, mlmodel, signature, settings, name=named.name, version=named.version
        )
    return pyfunc_models.PyfuncScorer(folder, mlmodel, signature, settings, name=named.name, version=named.version)


def read_mlmodel(folder: Path) -> Mapping[str, Any]:
    """The content of the file MLmodel."""
    import yaml

    content = yaml.safe_load((folder / places.MLMODEL).read_text(encoding="utf-8"))
    if not isinstance(content, dict) or not isinstance(content.get("flavors"), dict):
        raise LoadProblem(f"{places.MLMODEL} in {folder.name} names no flavors.", file=places.MLMODEL)
    if "python_function" not in content["flavors"]:
        known = ", ".join(content["flavors"])
        raise LoadProblem(f"The MLflow model has no Python function (its flavors: {known}): it needs a scoring script.")
    return content
