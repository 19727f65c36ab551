"""MLflow's artifact proxy, its lists and its older links to files."""

import contextlib
from typing import Any, ClassVar

from django.conf import settings
from django.http.response import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from registry.mlmodels import queries as versions
from runs.logged_models import files as model_files
from runs.mlflow_api import fields
from runs.mlflow_api.artifacts import base, locations, owners, shapes
from runs.mlflow_api.logged_models import finding as model_finding
from runs.mlflow_api.registry import finding as registry_finding
from runs.mlflow_api.tracking import finding
from runs.tracking.services import artifacts
from studio.access import Permission
from studio.api import files
from studio.errors import NotFound
from studio.storage.names import safe_relpath

PAGE = 1000


class List(base.FileView):
    """`artifacts/list` of a run."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    def get(self, request: Request, workspace: str) -> Response:
        body = fields.body_of(request)
        path = owners.plain(base.checked(fields.text(body, "path")))
        run_id = fields.required(body, "run_id", "run_uuid")
        run = finding.run(request, self.workspace, run_id, Permission.RUN_VIEW, is_active=False)
        found = shapes.listing(artifacts.shelf_of(run), path, root=locations.of_run(run))
        return Response(_page(found, fields.text(body, "page_token")))


class Root(base.FileView):
    """The proxy's list of one folder."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    def get(self, request: Request, workspace: str) -> Response:
        address = owners.parse(base.checked(request.query_params.get("path", "")))
        shelf = owners.shelf(request, self.workspace, address, Permission.RUN_VIEW)
        return Response(shapes.names(shelf, address.path))


class File(base.FileView):
    """One file of the proxy; DELETE takes a folder as well."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW, "PUT": Permission.RUN_LOG, "DELETE": Permission.RUN_EDIT}

    def get(self, request: Request, workspace: str, path: str) -> HttpResponseBase:
        shelf, address = self._place(request, path, Permission.RUN_VIEW)
        return base.download(request, shelf.at(address.path), name=address.path)

    def put(self, request: Request, workspace: str, path: str) -> Response:
        shelf, address = self._place(request, path, Permission.RUN_LOG)
        limit = settings.ARTIFACT_LIMIT_BYTES
        shelf.put(address.path, files.upload(request, limit), limit=limit)
        owners.tell(shelf)
        return Response({})

    def delete(self, request: Request, workspace: str, path: str) -> Response:
        shelf, address = self._place(request, path, Permission.RUN_EDIT)
        if not address.path:
            shelf.clear()
        else:
            # To MLflow, a file that is not there is deleted already.
            with contextlib.suppress(NotFound):
                shelf.delete(address.path)
        owners.tell(shelf)
        return Response({})

    def _place(self, request: Request, path: str, permission: Permission) -> tuple[Any, owners.Address]:
        address = owners.parse(base.checked(path))
        return owners.shelf(request, self.workspace, address, permission), address


class OldFile(base.FileView):
    """`/get-artifact`: a run's file."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    def get(self, request: Request, workspace: str) -> HttpResponseBase:
        body = fields.body_of(request)
        path = safe_relpath(base.checked(fields.required(body, "path")))
        run_id = fields.required(body, "run_id", "run_uuid")
        run = finding.run(request, self.workspace, run_id, Permission.RUN_VIEW, is_active=False)
        return base.download(request, artifacts.shelf_of(run).at(path), name=path)


class Upload(base.FileView):
    """`upload-artifact`: a file of a run as the page of MLflow sends it."""

    policy: ClassVar = {"POST": Permission.RUN_LOG}

    def post(self, request: Request, workspace: str) -> Response:
        told = {name: request.query_params.get(name, "") for name in ("run_uuid", "path")}
        for name, value in told.items():
            if not value:
                raise fields.bad(f"Request must specify {name}.")
        path = safe_relpath(base.checked(told["path"]))
        if request.META.get("CONTENT_LENGTH") in (None, "", "0"):
            raise fields.bad("Request must specify data.")
        run = finding.run(request, self.workspace, told["run_uuid"], Permission.RUN_LOG)
        stream = files.upload(request, settings.ARTIFACT_LIMIT_BYTES)
        artifacts.put_artifact(actor=self.request.user, run=run, path=path, stream=stream)
        return Response({})


class OldVersionFile(base.FileView):
    """`/model-versions/get-artifact`: a registered version's file."""

    policy: ClassVar = {"GET": Permission.MODEL_VIEW}

    def get(self, request: Request, workspace: str) -> HttpResponseBase:
        body = fields.body_of(request)
        path = safe_relpath(base.checked(fields.required(body, "path")))
        version = registry_finding.version(request, self.workspace, body)
        return base.download(request, versions.file_at(version, path), name=path)


class ModelFile(base.FileView):
    """A logged model's file by its path."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    def get(self, request: Request, workspace: str, model_id: str) -> HttpResponseBase:
        model = model_finding.model(request, self.workspace, model_id, Permission.RUN_VIEW)
        path = safe_relpath(base.checked(fields.required(fields.body_of(request), "artifact_file_path")))
        return base.download(request, model_files.shelf_of(model).at(path), name=path)


def _page(found: dict[str, Any], token: str) -> dict[str, Any]:
    """One page of a list that is in order: the token counts."""
    start = fields.as_whole(token or "0")
    if start is None or not 0 <= start <= 10_000_000:
        raise fields.invalid("page_token", token)
    entries = found["files"]
    found["files"] = entries[start : start + PAGE]
    if start + PAGE < len(entries):
        found["next_page_token"] = str(start + PAGE)
    return found
