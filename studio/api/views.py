"""Base classes of the REST views: the policy is declared, the access line comes first, silence means no."""

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from django.db import models
from rest_framework.request import Request
from rest_framework.views import APIView

from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.api.throttle import PrincipalThrottle
from studio.errors import Denied

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
M = TypeVar("M", bound=models.Model)


class StudioAPIView(APIView):
    """What all views share. `max_body` is the limit of the parser, in bytes on the wire and unpacked."""

    throttle_classes = (PrincipalThrottle,)
    metadata_class = None
    max_body: ClassVar[int] = 1024 * 1024
    allow_nan: ClassVar[bool] = False


class WorkspaceAPIView(StudioAPIView):
    """A view below `/workspaces/<workspace>/`.

    `policy` names the permission each method needs. Before the method runs, the caller is known to hold it in the URL's
    workspace, which is then `self.workspace`: 404 when they can't see the workspace, 403 when the role is too low. Rows
    are fetched with `access.get_or_404(request, Model, pk, permission)`, which judges again for the one row.
    """

    policy: ClassVar[Mapping[str, Permission]] = {}
    open_to_ended_jobs: ClassVar[bool] = False
    workspace: Workspace

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.workspace = access.workspace_or_404(request)
        permission = self.policy.get("GET" if request.method == "HEAD" else str(request.method))
        if permission is None:
            if getattr(self, str(request.method).lower(), None) is None:
                return  # DRF answers 405
            raise Denied("no_policy", "This address has no declared access policy, so nobody may use it.")
        access.require(request, permission, self.workspace)
        if access.is_over(request) and not self.open_to_ended_jobs:
            raise Denied("job_over", "This job has ended: its token repeats its last report and opens nothing else.")

    def row(self, request: Request, model: type[M], permission: Permission, **named: Any) -> M:
        """The one row right below this workspace (`pk=…`, `name=…`), holding it. Raises as `access.get_or_404` does."""
        found = access.get_or_404(request, model, named.pop("pk", None), permission, **named)
        found.workspace = self.workspace  # type: ignore[attr-defined]
        return found


class OpenByAddress(WorkspaceAPIView):
    """A view whose address is the permission: the methods of `opened` ask for no token. Others are nobody's."""

    opened: ClassVar[frozenset[str]] = frozenset()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method not in self.opened:
            super().initial(request, *args, **kwargs)


class PersonalAPIView(StudioAPIView):
    """A view of the caller's own things, outside of any workspace.

    Writing needs the person's session or a token with write scope. A job's token never acts for its person; it may look
    only where a view says `open_to_jobs`.
    """

    open_to_jobs: ClassVar[bool] = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method in SAFE and (self.open_to_jobs or access.may_look_personally(request)):
            return
        if access.may_act_personally(request):
            return
        raise Denied(
            "token_too_narrow",
            "This token may not do that with your own things.",
            hint="Use a personal token with write scope, or sign in.",
        )
