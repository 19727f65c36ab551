"""Where the files of a version are found through MLflow's artifact proxy: `mlflow-artifacts:/models/<model>/<number>`.

The address holds ids, not the name: a model may be renamed while a client downloads.
"""

from registry.mlmodels.models import ModelVersion

ROOT = "registered-models"


def download_uri(version: ModelVersion) -> str:
    """The version's own files, where it has any; else the address it was made of."""
    if version.size or version.files.exists():
        return f"mlflow-artifacts:/{ROOT}/{version.model_id}/{version.number}"
    return version.location or version.source
