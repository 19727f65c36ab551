"""K-Means Clustering."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from atelier.components.clusters.untrained import UntrainedCluster
from atelier.components.declaring import Component, Kind, Parameter, Port, PortType
from atelier.components.learners import trainer

PLUS_PLUS, RANDOM, FIRST = "K-Means++", "Random", "First N"
IGNORE, FILL, OVERWRITE = "Ignore label column", "Fill missing values", "Overwrite from closest to center"


def run(inputs: Mapping[str, Any], parameters: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """K-means with these settings."""
    return {"untrained_model": UntrainedCluster("k_means_clustering", dict(parameters))}


COMPONENT = Component(
    name="k_means_clustering",
    label="K-Means Clustering",
    category="Clustering",
    description="Parts rows into a number of groups, each around its centre.",
    run=run,
    outputs=(Port("untrained_model", PortType.UNTRAINED_CLUSTER, "Untrained model"),),
    parameters=(
        Parameter("number_of_centroids", Kind.INTEGER, "Number of centroids", default=2, minimum=2, maximum=10_000),
        Parameter(
            "initialization", Kind.CHOICE, "Initialization", default=PLUS_PLUS, choices=(PLUS_PLUS, RANDOM, FIRST)
        ),
        trainer.RANDOM_SEED,
        Parameter("metric", Kind.CHOICE, "Metric", default="Euclidean", choices=("Euclidean",)),
        Parameter(
            "normalize_features",
            Kind.BOOLEAN,
            "Normalize features",
            default=True,
            description="Bring every column to between 0 and 1 first, so that none counts more for its unit.",
        ),
        Parameter("iterations", Kind.INTEGER, "Iterations", default=100, minimum=1, maximum=100_000),
        Parameter(
            "assign_label_mode",
            Kind.CHOICE,
            "Assign label mode",
            default=IGNORE,
            choices=(IGNORE, FILL, OVERWRITE),
            description="What becomes of a column marked as the label, in the table that Train Clustering Model gives.",
        ),
    ),
    packages=("scikit-learn",),
    keywords=("kmeans", "segments", "groups"),
)
