"""Registered models over REST."""

from dataclasses import asdict
from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.mlmodels import makers, modelfile, queries, search, serializers
from registry.mlmodels.models import ModelVersion, RegisteredModel
from registry.mlmodels.services import aliases, models, versions
from studio.access import Permission
from studio.api import fields, files, listing, pagination
from studio.api.idempotency import idempotent
from studio.api.views import WorkspaceAPIView
from studio.errors import Invalid

FILTER = [OpenApiParameter("filter", str), *listing.PAGE]


class ModelView(WorkspaceAPIView):
    """A view of one model or version. Their rights are the workspace's: the policy is judged before."""

    def model(self, request: Request, name: str) -> RegisteredModel:
        return self.row(request, RegisteredModel, Permission.MODEL_VIEW, name=name)

    def version(self, request: Request, name: str, ref: str) -> ModelVersion:
        found = queries.version_at(self.model(request, name), ref)
        found.model.workspace = self.workspace
        return found


class Models(ModelView):
    policy: ClassVar = {"GET": Permission.MODEL_VIEW, "POST": Permission.MODEL_EDIT}

    @extend_schema(operation_id="models_list", parameters=FILTER, responses={200: serializers.ModelList})
    def get(self, request: Request, workspace: str) -> Response:
        rows = queries.with_parts(search.models(self.workspace, request.GET.get("filter", "")))
        return Response(pagination.answer(request, rows, order=("name", "id"), show=serializers.model))

    @extend_schema(request=serializers.NewModel, responses={201: serializers.ModelAnswer})
    @idempotent
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.NewModel, request.data)
        made = models.create_model(
            actor=request.user,
            workspace=self.workspace,
            name=values["name"],
            description=values["description"],
            tags=_new_tags(values),
        )
        return Response(serializers.model(made), status=201)


class ModelFiles(WorkspaceAPIView):
    """Reads a model file and says what makes the version, without registering anything."""

    policy: ClassVar = {"POST": Permission.MODEL_EDIT}

    @extend_schema(request=serializers.ModelText, responses={200: serializers.ModelRead})
    def post(self, request: Request, workspace: str) -> Response:
        return Response(asdict(modelfile.read(fields.clean(serializers.ModelText, request.data)["text"])))


class Model(ModelView):
    policy: ClassVar = {
        "GET": Permission.MODEL_VIEW,
        "PATCH": Permission.MODEL_EDIT,
        "DELETE": Permission.MODEL_DELETE,
    }

    @extend_schema(responses={200: serializers.ModelAnswer})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        return Response(serializers.model(self.model(request, name)))

    @extend_schema(request=serializers.EditModel, responses={200: serializers.ModelAnswer})
    def patch(self, request: Request, workspace: str, name: str) -> Response:
        makers.require_person(request)
        model = self.model(request, name)
        values = fields.clean(serializers.EditModel, request.data, partial=True)
        if "tags" in values:
            models.set_tags(actor=request.user, model=model, tags=values["tags"])
        if "description" in values:
            models.edit_model(actor=request.user, model=model, description=values["description"])
        if "is_archived" in values:
            models.archive_model(actor=request.user, model=model, is_archived=values["is_archived"])
        if values.get("name", model.name) != model.name:
            models.rename_model(actor=request.user, model=model, name=values["name"])
        return Response(serializers.model(model))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str) -> Response:
        models.delete_model(actor=request.user, model=self.model(request, name))
        return Response(status=204)


class Alias(ModelView):
    """Where an alias leads; `latest` is the newest version."""

    policy: ClassVar = {
        "GET": Permission.MODEL_VIEW,
        "PUT": Permission.MODEL_EDIT,
        "DELETE": Permission.MODEL_EDIT,
    }

    @extend_schema(responses={200: serializers.VersionAnswer})
    def get(self, request: Request, workspace: str, name: str, alias: str) -> Response:
        return Response(serializers.version(self.version(request, name, alias)))

    @extend_schema(request=serializers.SetAlias, responses={200: serializers.VersionAnswer})
    def put(self, request: Request, workspace: str, name: str, alias: str) -> Response:
        model = self.model(request, name)
        values = fields.clean(serializers.SetAlias, request.data)
        version = queries.version_at(model, values["version"])
        makers.require_own(request, version)
        aliases.set_alias(actor=request.user, version=version, name=alias)
        return Response(serializers.version(queries.version_at(model, version.number)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str, alias: str) -> Response:
        model = self.model(request, name)
        found = queries.alias_of(model, alias)
        if found is not None:
            makers.require_own(request, found.version)
        aliases.delete_alias(actor=request.user, model=model, name=alias)
        return Response(status=204)


class Versions(ModelView):
    """The versions of a model, newest first; POST registers another."""

    policy: ClassVar = {"GET": Permission.MODEL_VIEW, "POST": Permission.MODEL_EDIT}

    @extend_schema(operation_id="models_versions_list", parameters=FILTER, responses={200: serializers.VersionList})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        model = self.model(request, name)
        found = search.versions_of(model, request.GET.get("filter", ""))
        rows = queries.versions_with_parts(found)
        return Response(pagination.answer(request, rows, order=("-number", "-id"), show=serializers.version))

    @extend_schema(request=serializers.NewVersionBody, responses={201: serializers.VersionAnswer})
    @idempotent
    def post(self, request: Request, workspace: str, name: str) -> Response:
        model = self.model(request, name)
        values = fields.clean(serializers.NewVersionBody, request.data)
        new = versions.NewVersion(source=values["source"], description=values["description"], tags=_new_tags(values))
        made = versions.create_version(actor=request.user, model=model, new=new, aliases=values.get("aliases", ()))
        return Response(serializers.version(queries.version_at(model, made.number)), status=201)


class Version(ModelView):
    """One version by its number, an alias or `latest`."""

    policy: ClassVar = {
        "GET": Permission.MODEL_VIEW,
        "PATCH": Permission.MODEL_EDIT,
        "DELETE": Permission.MODEL_DELETE,
    }

    @extend_schema(responses={200: serializers.VersionAnswer})
    def get(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        return Response(serializers.version(self.version(request, name, ref)))

    @extend_schema(request=serializers.EditVersion, responses={200: serializers.VersionAnswer})
    def patch(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        version = self.version(request, name, ref)
        makers.require_own(request, version)
        values = fields.clean(serializers.EditVersion, request.data, partial=True)
        if values.get("archive_existing"):
            makers.require_person(request)
        if "tags" in values:
            versions.set_tags(actor=request.user, version=version, tags=values["tags"])
        if "description" in values:
            versions.edit_version(actor=request.user, version=version, description=values["description"])
        if "card" in values:
            versions.write_card(actor=request.user, version=version, card=values["card"])
        if "is_archived" in values:
            versions.archive_version(actor=request.user, version=version, is_archived=values["is_archived"])
        if "stage" in values:
            archive = values.get("archive_existing", False)
            versions.move_to_stage(
                actor=request.user, version=version, stage=values["stage"], archive_existing=archive
            )  # fmt: skip
        return Response(serializers.version(queries.version_at(version.model, version.number)))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        versions.delete_version(actor=request.user, version=self.version(request, name, ref))
        return Response(status=204)


class Files(ModelView):
    """What lies in one folder of a version (`?path=`), or every file below it (`?recursive=true`)."""

    policy: ClassVar = {"GET": Permission.MODEL_VIEW}

    @extend_schema(
        operation_id="models_files_list",
        parameters=[OpenApiParameter("path", str), OpenApiParameter("recursive", bool)],
        responses={200: serializers.FileList},
    )
    def get(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        version = self.version(request, name, ref)
        is_recursive = request.GET.get("recursive", "").lower() in ("1", "true")
        entries = queries.listing(version, request.GET.get("path", ""), is_recursive=is_recursive)
        return Response({"results": [serializers.file(entry) for entry in entries]})


class File(ModelView):
    """One file of a version: its bytes, or a range of them."""

    policy: ClassVar = {"GET": Permission.MODEL_VIEW}
    content_negotiation_class = files.AnyAccept

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, workspace: str, name: str, ref: str, path: str) -> HttpResponseBase:
        found = queries.file_at(self.version(request, name, ref), path)
        return files.download(request, found.blob, name=found.path, content_type=found.content_type)


class FilesZip(ModelView):
    """All files of a version as one zip, made while it is sent."""

    policy: ClassVar = {"GET": Permission.MODEL_VIEW}
    content_negotiation_class = files.AnyAccept

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, workspace: str, name: str, ref: str) -> HttpResponseBase:
        version = self.version(request, name, ref)
        found = queries.files_of(version)
        return files.zipped(found.iterator(), name=f"{version.model.name}-{version.number}.zip")


def _new_tags(values: dict[str, Any]) -> dict[str, str]:
    tags = values.get("tags", {})
    if None in tags.values():
        message = "A new thing has no tag to remove: give texts."
        raise Invalid("bad_model_value", message, fields={"tags": message})
    return tags
