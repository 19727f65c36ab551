"""Who may start a pipeline that deploys."""

from collections.abc import Iterable

from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Denied

COMPONENT = "atelier:deploy_model:"  # with any version


def check(*, actor: User, workspace: Workspace, references: Iterable[str], is_job: bool) -> None:
    """Raise Denied when one of the components deploys and the caller may not.

    A job never may: its script could otherwise put anything before an endpoint by way of a pipeline of its own making.
    """
    if not any(reference.startswith(COMPONENT) for reference in references):
        return
    if is_job:
        raise Denied(
            "permission_denied",
            "The pipeline deploys a model, which no job may have done: a person starts such a pipeline, or a schedule.",
            hint="Leave Deploy Model out, or start it yourself.",
        )
    require(actor, workspace)


def require(actor: User, workspace: Workspace) -> None:
    """Raise Denied when this person may not deploy here now."""
    if not access.holds(actor, Permission.ENDPOINT_EDIT, workspace):
        needed = Permission.ENDPOINT_EDIT.value
        raise Denied(
            "permission_denied",
            f"{actor} may not deploy in this workspace: the role does not hold {needed}.",
            hint="An owner of the workspace can give a role that does, or somebody who may deploy starts the pipeline.",
        )
