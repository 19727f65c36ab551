"""Imports of models over REST: registered models with their versions, and logged models."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.mlmodels import makers
from registry.mlmodels import queries as registry
from registry.mlmodels.models import RegisteredModel
from runs.exchange import logged, registered, serializers
from runs.logged_models import files as model_files
from runs.logged_models import services as logged_models
from runs.logged_models.models import LoggedModel
from runs.tracking.models import Run
from studio import access
from studio.access import Permission
from studio.api import fields, files
from studio.api.views import WorkspaceAPIView

BYTES = {"application/octet-stream": OpenApiTypes.BINARY}


class LoggedModels(WorkspaceAPIView):
    """A logged model of another tracker. Sent again with the same `external_id` it is not doubled."""

    policy: ClassVar = {"POST": Permission.RUN_EDIT}

    @extend_schema(request=serializers.LoggedModelImport, responses={200: serializers.LoggedModelImported})
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.LoggedModelImport, request.data)
        run = values.pop("run")
        if run:
            values["run"] = access.get_or_404(request, Run, run, Permission.RUN_VIEW)
        found = logged.import_logged_model(actor=request.user, workspace=self.workspace, **values)
        held = _sizes(model_files.shelf_of(found.model).rows())
        return Response({"id": found.model.pk, "is_new": found.is_new, "files": held})


class LoggedModelFile(files.FileView):
    """One file of a logged model."""

    policy: ClassVar = {"PUT": Permission.RUN_EDIT}

    @extend_schema(request=BYTES, responses={201: serializers.FileImported})
    def put(self, request: Request, workspace: str, model_id: str, path: str) -> Response:
        model = access.get_or_404(request, LoggedModel, model_id, Permission.RUN_VIEW)
        stream = files.upload(request, settings.ARTIFACT_LIMIT_BYTES)
        return _made(logged_models.put_file(actor=request.user, model=model, path=path, stream=stream))


class Models(WorkspaceAPIView):
    """A registered model of another registry. Sent again with the same `external_id` it is not doubled."""

    policy: ClassVar = {"POST": Permission.MODEL_EDIT}

    @extend_schema(request=serializers.ModelImport, responses={200: serializers.ModelImported})
    def post(self, request: Request, workspace: str) -> Response:
        makers.require_person(request)
        values = fields.clean(serializers.ModelImport, request.data)
        model = registered.import_model(actor=request.user, workspace=self.workspace, **values)
        return Response({"name": model.name, "url": settings.BASE_URL + model.get_absolute_url()})


class Versions(WorkspaceAPIView):
    """A version of another registry. Sent again with the same `external_id` it is brought up to date, not doubled."""

    policy: ClassVar = {"POST": Permission.MODEL_EDIT}

    @extend_schema(request=serializers.VersionImport, responses={200: serializers.VersionImported})
    def post(self, request: Request, workspace: str, name: str) -> Response:
        makers.require_person(request)
        model = access.get_or_404(request, RegisteredModel, None, Permission.MODEL_VIEW, name=name)
        facts = registered.VersionFacts(**fields.clean(serializers.VersionImport, request.data))
        found = registered.import_version(actor=request.user, model=model, facts=facts)
        version = found.version
        held = _sizes(registry.files_of(version))
        answer = {"model": version.model.name, "version": version.number, "is_new": found.is_new, "files": held}
        return Response(answer)


class VersionFile(files.FileView):
    """One file of an imported version whose source is not here."""

    policy: ClassVar = {"PUT": Permission.MODEL_EDIT}

    @extend_schema(request=BYTES, responses={201: serializers.FileImported})
    def put(self, request: Request, workspace: str, name: str, number: int, path: str) -> Response:
        makers.require_person(request)
        model = access.get_or_404(request, RegisteredModel, None, Permission.MODEL_VIEW, name=name)
        version = registry.version_at(model, number)
        stream = files.upload(request, settings.ARTIFACT_LIMIT_BYTES)
        return _made(registered.put_file(actor=request.user, version=version, path=path, stream=stream))


def _sizes(rows: Iterable[Any]) -> dict[str, int]:
    return {row.path: row.size for row in rows}


def _made(file: Any) -> Response:
    return Response({"path": file.path, "size": file.size, "sha256": file.blob.sha256}, status=201)
