"""What the components that assign rows to clusters share in their declarations."""

from __future__ import annotations

from atelier.components.declaring import Kind, Parameter, Port, PortType

TRAINED = Port("trained_model", PortType.TRAINED_CLUSTER, "Trained model")
DATASET = Port("dataset", PortType.DATASET, "Dataset")
RESULTS = Port("results_dataset", PortType.DATASET, "Results dataset")
APPEND = Parameter(
    "append_or_result_only",
    Kind.BOOLEAN,
    "Check for append or uncheck for result only",
    default=True,
    description="Switched off, the table has the assignments and distances alone.",
)
PACKAGES = ("scikit-learn",)
