"""The run or experiment that a request names, or MLflow's sentence that there is none."""

from typing import Any

from runs.mlflow_api import fields
from runs.mlflow_api.base import MlflowError
from runs.tracking.models import Experiment, Run
from runs.tracking.services import experiments
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.errors import Gone, NotFound

DEFAULT_ID = "0"


def run(request: Any, workspace: Workspace, run_id: str, permission: Permission, *, is_active: bool = True) -> Run:
    """The run, on which the caller holds `permission`; with `is_active` one in the trash is refused."""
    try:
        found = access.get_or_404(request, Run, run_id, permission)
    except (NotFound, Gone):
        raise MlflowError("RESOURCE_DOES_NOT_EXIST", f"Run with id={run_id} not found") from None
    if is_active and found.deleted_at is not None:
        raise fields.bad(f"The run {run_id} must be in the 'active' state. Current state is deleted.")
    found.workspace = workspace
    return found


def may_log(request: Any, run_id: str) -> bool:
    """Whether the caller may write to the run of this id."""
    return access.visible(request, Run, Permission.RUN_LOG).filter(pk=run_id).exists()


def experiment(
    request: Any, workspace: Workspace, experiment_id: str, permission: Permission, *, is_active: bool = False
) -> Experiment:
    """The experiment; `"0"` is the one named `Default`, made when first asked for."""
    if experiment_id in (DEFAULT_ID, ""):
        access.require(request, permission, workspace)
        found = default_experiment(workspace)
    else:
        found = _numbered(request, experiment_id, permission)
    found.workspace = workspace
    if is_active and found.deleted_at is not None:
        raise fields.bad(f"The experiment {experiment_id} must be in the 'active' state. Current state is deleted.")
    return found


def default_experiment(workspace: Workspace) -> Experiment:
    return experiments.ensure_default(workspace=workspace)


def _numbered(request: Any, experiment_id: str, permission: Permission) -> Experiment:
    digits = experiment_id.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()):
        raise fields.bad(f"Invalid experiment ID '{experiment_id[:100]}'. Experiment ID must be a valid integer.")
    pk = fields.numeric_id(experiment_id)
    try:
        if pk is None:
            raise NotFound("not_found", "There is no such experiment.")
        return access.get_or_404(request, Experiment, pk, permission)
    except NotFound:
        raise MlflowError("RESOURCE_DOES_NOT_EXIST", f"No Experiment with id={experiment_id} exists") from None
