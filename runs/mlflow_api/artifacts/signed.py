"""Links that need no token: one file down or up, for one person, for a short time.

A link dies with its person's place in the workspace, not only with its time.
"""

import time
from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from runs.mlflow_api import fields
from runs.mlflow_api.artifacts import base, locations, owners
from runs.mlflow_api.base import MlflowError
from runs.mlflow_api.logged_models import finding as model_finding
from runs.mlflow_api.tracking import finding
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.accounts import queries as accounts
from studio.api import files
from studio.api.views import OpenByAddress
from studio.storage import links
from studio.storage.names import safe_relpath
from studio.workspaces import queries as workspaces

FILE = "mlflow-file"
SECONDS = 15 * 60
LONGEST_SECONDS = 7 * 24 * 3600  # what MLflow lets a client ask for; a link of ours never lives longer than KEPT
KEPT = 3600
NEEDS = {"GET": Permission.RUN_VIEW, "PUT": Permission.RUN_LOG}


def link(request: Any, workspace: Workspace, path: str, *, method: str, seconds: int = SECONDS) -> str:
    """The address under which the file at `path`, below the proxy's root, may be fetched or stored."""
    values = {"w": workspace.pk, "u": request.user.pk, "p": path, "m": method, "e": int(time.time()) + seconds}
    where = {"workspace": workspace.slug, "signature": links.sign(FILE, values)}
    return str(request.build_absolute_uri(reverse("mlflow-signed-file", kwargs=where)))


class Presigned(base.FileView):
    """`mlflow-artifacts/presigned/<path>`: how to fetch one file without the proxy's token."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    def get(self, request: Request, workspace: str, path: str) -> Response:
        address = owners.parse(base.checked(path))
        found = owners.shelf(request, self.workspace, address, Permission.RUN_VIEW).at(address.path)
        url = link(request, self.workspace, path, method="GET")
        return Response({"url": url, "headers": {}, "file_size": found.size})


class DownloadUrl(base.FileView):
    """`artifacts/presigned-download-url` of a run's file."""

    policy: ClassVar = {"POST": Permission.RUN_VIEW}

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.plain(request.data)
        path = safe_relpath(base.checked(fields.required(body, "path")))
        seconds = _seconds(body)
        run_id = fields.required(body, "run_id")
        run = finding.run(request, self.workspace, run_id, Permission.RUN_VIEW, is_active=False)
        where = owners.Address("run", run.pk, path)
        found = owners.shelf(request, self.workspace, where, Permission.RUN_VIEW).at(path)
        whole = f"{locations.experiment_id(run.experiment)}/{run.pk}/{owners.FILES}/{path}"
        url = link(request, self.workspace, whole, method="GET", seconds=seconds)
        return Response({"presigned_url": url, "headers": {}, "file_size": found.size})


class UploadUrl(base.FileView):
    """`artifacts/presigned-upload-url` of a run's or a logged model's file."""

    policy: ClassVar = {"POST": Permission.RUN_LOG}

    def post(self, request: Request, workspace: str) -> Response:
        body = fields.plain(request.data)
        run_id, model_id = fields.text(body, "run_id"), fields.text(body, "model_id")
        if bool(run_id) == bool(model_id):
            raise fields.bad("Exactly one of run_id and model_id must be provided.")
        path = safe_relpath(base.checked(fields.required(body, "path")))
        seconds = _seconds(body)
        if run_id:
            run = finding.run(request, self.workspace, run_id, Permission.RUN_LOG)
            root = f"{locations.experiment_id(run.experiment)}/{run.pk}"
        else:
            model = model_finding.model(request, self.workspace, model_id, Permission.RUN_LOG)
            root = f"{locations.experiment_id(model.experiment)}/{owners.MODELS}/{model.pk}"
        url = link(request, self.workspace, f"{root}/{owners.FILES}/{path}", method="PUT", seconds=seconds)
        return Response({"presigned_url": url, "headers": {}})


class LinkView(OpenByAddress, base.FileView):
    """A file behind a link."""


class SignedFile(LinkView):
    """What a link opens. Whatever is wrong with it, nothing is there."""

    opened: ClassVar = frozenset({"GET", "HEAD", "PUT"})

    def get(self, request: Request, workspace: str, signature: str) -> HttpResponseBase:
        shelf, address = _opened(workspace, signature, "GET")
        return base.download(request, shelf.at(address.path), name=address.path)

    def put(self, request: Request, workspace: str, signature: str) -> HttpResponseBase:
        shelf, address = _opened(workspace, signature, "PUT")
        limit = settings.ARTIFACT_LIMIT_BYTES
        stored = shelf.put(address.path, files.upload(request, limit), limit=limit)
        owners.tell(shelf)
        return HttpResponse(status=200, headers={"ETag": f'"{stored.blob.sha256}"'})


def _opened(slug: str, signature: str, method: str) -> tuple[Any, owners.Address]:
    values = links.read(FILE, signature, seconds=KEPT)
    if values is None or values["m"] != method or values["e"] < time.time():
        raise gone()
    workspace = allowed(slug, values, NEEDS[method])
    address = owners.parse(values["p"])
    return owners.shelf_in(workspace, address), address


def allowed(slug: str, values: dict[str, Any], permission: Permission) -> Workspace:
    """The workspace of a link whose person may still do there what the link is for."""
    workspace = workspaces.by_slug(slug)
    person = accounts.active_user(values["u"])
    if workspace is None or workspace.pk != values["w"] or person is None:
        raise gone()
    if not access.holds(person, permission, workspace):
        raise gone()
    return workspace


def gone() -> MlflowError:
    return MlflowError("RESOURCE_DOES_NOT_EXIST", "This link is unknown or its time is over: ask for a new one.")


def _seconds(body: fields.Body) -> int:
    seconds = fields.whole(body, "expiration", default=SECONDS)
    if seconds is None or not 1 <= seconds <= LONGEST_SECONDS:
        raise fields.bad(f"expiration must be between 1 and {LONGEST_SECONDS} seconds (got {seconds}).")
    return min(seconds, KEPT)
