"""The logged model that a request names, or MLflow's sentence that there is none."""

from typing import Any

from runs.logged_models.models import ID_SHAPE, LoggedModel
from runs.mlflow_api.base import MlflowError
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.errors import NotFound


def model(
    request: Any, workspace: Workspace, model_id: str, permission: Permission, *, allow_deleted: bool = False
) -> LoggedModel:
    """The model, on which the caller holds `permission`; one in the trash only where that is said to be fine."""
    missing = MlflowError("RESOURCE_DOES_NOT_EXIST", f"Logged model with ID '{model_id[:100]}' not found.")
    if not ID_SHAPE.fullmatch(model_id):
        raise missing
    try:
        found = access.get_or_404(request, LoggedModel, model_id, permission)
    except NotFound:
        raise missing from None
    if found.deleted_at is not None and not allow_deleted:
        raise missing
    found.workspace = workspace
    return found
