"""MLflow's workspaces: those of the studio that the caller may see."""

import re
from typing import Any, ClassVar, cast

from rest_framework.request import Request
from rest_framework.response import Response

from runs.mlflow_api import fields
from runs.mlflow_api.base import MlflowError, MlflowView
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict
from studio.workspaces import services

_SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
MAX_DESCRIPTION = 4_000


class Workspaces(MlflowView):
    # Who may open one is no question of this workspace's roles: `access.may_create_workspaces` decides.
    policy: ClassVar = {"GET": Permission.WORKSPACE_VIEW, "POST": Permission.WORKSPACE_EDIT}

    def get(self, request: Request, workspace: str) -> Response:
        return Response({"workspaces": [_shape(one) for one in access.visible_workspaces(request).order_by("slug")]})

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request)
        name, description = fields.required(body, "name"), _description(body)
        if not _SLUG.fullmatch(name):
            raise fields.invalid("name", name, "Use 1 to 60 small letters, digits and hyphens.")
        if not access.may_create_workspaces(request):
            raise MlflowError("PERMISSION_DENIED", "You may not open a workspace.")
        try:
            made = services.create_workspace(
                actor=cast(User, request.user), slug=name, name=name, description=description or ""
            )
        except Conflict as error:
            raise MlflowError("RESOURCE_ALREADY_EXISTS", f"Workspace '{name}' already exists.") from error
        return Response({"workspace": _shape(made)}, status=201)


class OneWorkspace(MlflowView):
    policy: ClassVar = {"GET": Permission.WORKSPACE_VIEW, "PATCH": Permission.WORKSPACE_EDIT}

    def get(self, request: Request, workspace: str, name: str) -> Response:
        return Response({"workspace": _shape(_named(request, name))})

    def patch(self, request: Request, workspace: str, name: str) -> Response:
        found = _named(request, name)
        access.require(request, Permission.WORKSPACE_EDIT, found)
        changed = services.edit_workspace(
            actor=cast(User, request.user), workspace=found, description=_description(fields.body_of(request))
        )
        return Response({"workspace": _shape(changed)})


def _named(request: Request, name: str) -> Workspace:
    for found in access.visible_workspaces(request).filter(slug=name):
        return found
    raise MlflowError("RESOURCE_DOES_NOT_EXIST", f"Workspace '{name}' not found")


def _description(body: fields.Body) -> str | None:
    if body.get("description") is None:
        return None
    fields.check_length("description", fields.text(body, "description"), MAX_DESCRIPTION)
    return fields.text(body, "description")


def _shape(workspace: Workspace) -> dict[str, Any]:
    return {"name": workspace.slug, "description": workspace.description}
