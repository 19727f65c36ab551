"""Which outputs fit which inputs."""

from runs.tracking.jobfile.inputs_outputs import LITERAL_TYPES

ANY = ""
TABLES = frozenset({"Dataset", "uri_file", "uri_folder", "mltable"})  # a component reads any of them as a table
# What is stored as a folder: where a folder lies, one of these may.
STORED = frozenset(
    {"mlflow_model", "custom_model", "triton_model", "TrainedModel", "TrainedCluster", "Recommender", "Transform"}
)
FOLDER = "uri_folder"


def fits(given: str, wanted: str) -> bool:
    """Whether a value of the type `given` can go into an input of the type `wanted`; an unknown type fits."""
    if ANY in (given, wanted) or given == wanted:
        return True
    if given in LITERAL_TYPES or wanted in LITERAL_TYPES:
        return False
    if wanted == FOLDER:
        return True  # a folder takes any stored value
    if "Dataset" in (given, wanted):
        return given in TABLES and wanted in TABLES
    if wanted == "Zip":
        return given in ("uri_file", FOLDER)
    if wanted == "mltable":
        return given == FOLDER
    return given == FOLDER and wanted in STORED


def article(kind: str) -> str:
    """`an UntrainedModel`, `a Dataset`."""
    return f"{'an' if kind[:1].upper() in 'AEIO' or kind.startswith('Un') else 'a'} {kind}"
