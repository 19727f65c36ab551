"""The experiment that an address names by its path."""

from django.http import HttpRequest

from runs.tracking.models import Experiment
from studio import access
from studio.access import Permission
from studio.errors import NotFound


def experiment_or_404(request: HttpRequest, path: str, permission: Permission) -> Experiment:
    """The experiment of this path as it stands there: a name of MLflow's may begin or end with a slash, ours never does.

    Raises NotFound and Denied as `access.get_or_404` does.
    """
    try:
        return access.get_or_404(request, Experiment, None, permission, path=path)
    except NotFound:
        return access.get_or_404(request, Experiment, None, permission, path=path.strip("/"))
