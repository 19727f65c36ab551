"""Who may listen to a run's live topic."""

from runs.tracking.models import Run
from studio.access.permissions import Permission
from studio.accounts.models import User
from studio.identifiers import is_run_id

KIND = "run"


def may_listen(user: User, run_id: str) -> bool:
    """Those who may see the run."""
    return is_run_id(run_id) and Run.objects.for_user(user, Permission.RUN_VIEW).filter(pk=run_id).exists()
