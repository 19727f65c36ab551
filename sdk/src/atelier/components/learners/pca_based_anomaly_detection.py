"""PCA-Based Anomaly Detection: rows that the main directions of the training data cannot rebuild are anomalies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.declaring import Kind, Parameter
from atelier.components.errors import ComponentError
from atelier.components.learners import trainer
from atelier.components.learners.task import Shape, Task

COMPONENTS = "number_of_components_to_use_in_pca"


def estimator(parameters: Mapping[str, Any], shape: Shape) -> Any:
    """The detector. Raises ComponentError when there are no more features than components."""
    from atelier.components.learners import anomalies

    if parameters[COMPONENTS] >= shape.columns:
        raise ComponentError(
            f"{parameters[COMPONENTS]} components rebuild {shape.columns} feature columns without any error, so nothing "
            "is an anomaly: use fewer components, or more columns.",
            port="untrained_model",
        )
    return anomalies.PcaDetector(
        components=parameters[COMPONENTS],
        oversampling=parameters["oversampling_parameter_for_randomized_pca"],
        centres=parameters["enable_input_feature_mean_normalization"],
        seed=trainer.seed_of(parameters),
    )


COMPONENT = trainer.learner(
    "pca_based_anomaly_detection",
    "PCA-Based Anomaly Detection",
    Task.ANOMALY,
    "Finds rows unlike those it was trained on, with principal components. It needs no label.",
    (
        trainer.CREATE_MODE,
        *trainer.ranged(
            Parameter(COMPONENTS, Kind.INTEGER, "Number of components to use in PCA", default=2, minimum=1),
            "2; 4; 6; 8; 10",
        ),
        *trainer.ranged(
            Parameter(
                "oversampling_parameter_for_randomized_pca",
                Kind.INTEGER,
                "Oversampling parameter for randomized PCA",
                default=2,
                minimum=0,
                maximum=1000,
            ),
            "2; 4; 6; 8; 10",
        ),
        Parameter(
            "enable_input_feature_mean_normalization",
            Kind.BOOLEAN,
            "Enable input feature mean normalization",
            default=False,
            description="Take the mean of each column away first.",
        ),
        trainer.RANDOM_SEED,
    ),
    keywords=("outlier", "principal components", "novelty", "fraud"),
)
