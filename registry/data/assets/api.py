"""Data assets over REST."""

from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.data.assets import bodies, files, pages, previews, queries, serializers, services
from registry.data.assets.models import DataAsset, DataType, DataVersion
from studio.access import Permission
from studio.api import fields, listing, pagination
from studio.api import files as downloads
from studio.api.idempotency import idempotent
from studio.api.views import WorkspaceAPIView
from studio.errors import Invalid
from studio.storage.media_types import type_of

LIST = [
    OpenApiParameter("q", str, description="words that the name or the description has"),
    OpenApiParameter("type", str, enum=DataType.values),
    OpenApiParameter("tag", str, description="a key, or key:value"),
    listing.ARCHIVED,
    *listing.PAGE,
]


class DataView(WorkspaceAPIView):
    """A view of one asset or version. Their rights are the workspace's: the policy is judged before."""

    def asset(self, request: Request, name: str) -> DataAsset:
        return self.row(request, DataAsset, Permission.DATA_VIEW, name=name)

    def version(self, request: Request, name: str, ref: str) -> DataVersion:
        asset = self.asset(request, name)
        found = queries.version_at(asset, ref)
        found.asset = asset
        return found


class Assets(DataView):
    """The data assets, by name; POST registers a version of one, which is made when it is new."""

    policy: ClassVar = {"GET": Permission.DATA_VIEW, "POST": Permission.DATA_EDIT}
    max_body: ClassVar[int] = 4 * 1024 * 1024

    @extend_schema(operation_id="data_list", parameters=LIST, responses={200: serializers.DataAssetList})
    def get(self, request: Request, workspace: str) -> Response:
        rows = queries.asked(self.workspace, bodies.asked(request.GET))
        answer = pagination.answer(request, rows, order=("name", "id"), show=lambda row: row)
        latest = queries.latest_names([row.pk for row in answer["results"]])
        answer["results"] = [serializers.asset(row, latest.get(row.pk)) for row in answer["results"]]
        return Response(answer)

    @extend_schema(request=serializers.NewData, responses={201: serializers.DataVersionAnswer})
    @idempotent
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.NewData, request.data)
        new = serializers.new_version(bodies.whole(values))
        made = services.register(actor=request.user, workspace=self.workspace, new=new)
        return Response(serializers.version(queries.with_all(made)), status=201)


class Asset(DataView):
    policy: ClassVar = {"GET": Permission.DATA_VIEW, "PATCH": Permission.DATA_EDIT, "DELETE": Permission.DATA_DELETE}

    @extend_schema(responses={200: serializers.DataAssetAnswer})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        return self._answer(self.asset(request, name))

    @extend_schema(request=serializers.EditData, responses={200: serializers.DataAssetAnswer})
    def patch(self, request: Request, workspace: str, name: str) -> Response:
        asset = self.asset(request, name)
        values = fields.clean(serializers.EditData, request.data, partial=True)
        archived = values.pop("is_archived", None)
        if values:
            services.edit_asset(actor=request.user, asset=asset, **values)
        if archived is not None and archived != asset.is_archived:
            services.archive(actor=request.user, asset=asset, is_archived=archived)
        return self._answer(asset)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str) -> Response:
        services.delete_asset(actor=request.user, asset=self.asset(request, name))
        return Response(status=204)

    def _answer(self, asset: DataAsset) -> Response:
        return Response(serializers.asset(asset, queries.latest_names([asset.pk]).get(asset.pk)))


class Versions(DataView):
    """The versions of an asset, newest first; POST registers another of the asset's type."""

    policy: ClassVar = {"GET": Permission.DATA_VIEW, "POST": Permission.DATA_EDIT}
    max_body: ClassVar[int] = 4 * 1024 * 1024

    @extend_schema(
        operation_id="data_versions_list", parameters=listing.PAGE, responses={200: serializers.DataVersionList}
    )
    def get(self, request: Request, workspace: str, name: str) -> Response:
        rows = queries.versions_of(self.asset(request, name))
        return Response(pagination.answer(request, rows, order=("-number", "-id"), show=serializers.version))

    @extend_schema(request=serializers.NewDataVersion, responses={201: serializers.DataVersionAnswer})
    @idempotent
    def post(self, request: Request, workspace: str, name: str) -> Response:
        asset = self.asset(request, name)
        values = fields.clean(serializers.NewDataVersion, request.data)
        new = serializers.new_version({**values, "name": asset.name, "type": values["type"] or asset.type})
        made = services.register(actor=request.user, workspace=self.workspace, new=new)
        return Response(serializers.version(queries.with_all(made)), status=201)


class Version(DataView):
    """One version by its name, or `latest`."""

    policy: ClassVar = {"GET": Permission.DATA_VIEW, "PATCH": Permission.DATA_EDIT, "DELETE": Permission.DATA_DELETE}

    @extend_schema(responses={200: serializers.DataVersionAnswer})
    def get(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        return Response(serializers.version(self.version(request, name, ref)))

    @extend_schema(request=serializers.EditData, responses={200: serializers.DataVersionAnswer})
    def patch(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        version = self.version(request, name, ref)
        values = fields.clean(serializers.EditData, request.data, partial=True)
        archived = values.pop("is_archived", None)
        if values:
            services.edit_version(actor=request.user, version=version, **values)
        if archived is not None and archived != version.is_archived:
            services.archive_version(actor=request.user, version=version, is_archived=archived)
        return Response(serializers.version(version))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        services.delete_version(actor=request.user, version=self.version(request, name, ref))
        return Response(status=204)


class Retry(DataView):
    """Another try for a version whose files could not be read."""

    policy: ClassVar = {"POST": Permission.DATA_EDIT}

    @extend_schema(request=None, responses={200: serializers.DataVersionAnswer})
    def post(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        version = self.version(request, name, ref)
        services.settle_again(actor=request.user, version=version)
        return Response(serializers.version(queries.with_all(version)))


class Uses(DataView):
    """What read a version, and what it came from."""

    policy: ClassVar = {"GET": Permission.DATA_VIEW}

    @extend_schema(responses={200: serializers.DataUses})
    def get(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        found = pages.lineage_of(self.version(request, name, ref))
        return Response(
            {
                "used_by": [serializers.use(one.label, one.verb) for one in found.used_by],
                "came_from": [serializers.use(one.label, one.verb) for one in found.came_from],
            }
        )


class Files(DataView):
    """What lies in one folder of a version (`?path=`), or every file below it (`?recursive=true`)."""

    policy: ClassVar = {"GET": Permission.DATA_VIEW}

    @extend_schema(
        operation_id="data_files_list",
        parameters=[OpenApiParameter("path", str), OpenApiParameter("recursive", bool)],
        responses={200: serializers.DataFileList},
    )
    def get(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        listed = files.listing(self.version(request, name, ref))
        folder = request.GET.get("path", "").strip("/")
        if request.GET.get("recursive", "").lower() in ("1", "true"):
            prefix = f"{folder}/" if folder else ""
            return Response({"results": [serializers.item(one) for one in listed if one.path.startswith(prefix)]})
        return Response({"results": [serializers.item(one) for one in files.entries(listed, folder)]})


class File(DataView):
    """One file of a version: its bytes, or a range of them."""

    policy: ClassVar = {"GET": Permission.DATA_VIEW}
    content_negotiation_class = downloads.AnyAccept

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, workspace: str, name: str, ref: str, path: str) -> HttpResponseBase:
        return served(request, self.version(request, name, ref), path)


class FilesZip(DataView):
    """All files of a version as one zip, made while it is sent."""

    policy: ClassVar = {"GET": Permission.DATA_VIEW}
    content_negotiation_class = downloads.AnyAccept

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    def get(self, request: Request, workspace: str, name: str, ref: str) -> HttpResponseBase:
        return zipped(self.version(request, name, ref))


class Folders(WorkspaceAPIView):
    """A fresh folder for the files of a version to be: upload into it, then register with `folder`."""

    policy: ClassVar = {"POST": Permission.DATA_EDIT}

    @extend_schema(request=serializers.NewDataFolder, responses={201: serializers.DataFolderAnswer})
    @idempotent
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.NewDataFolder, request.data)
        made = services.prepare_folder(actor=request.user, workspace=self.workspace, name=values["name"])
        return Response(serializers.folder(made), status=201)


class Preview(WorkspaceAPIView):
    """The beginning of something that is not registered yet, read as `reading` and `schema` say."""

    policy: ClassVar = {"POST": Permission.DATA_EDIT}

    @extend_schema(request=serializers.DataPlace, responses={200: serializers.DataPreviewAnswer})
    def post(self, request: Request, workspace: str) -> Response:
        values = bodies.place(fields.clean(serializers.DataPlace, request.data))
        looked = previews.look(self.workspace, **values)
        return Response(serializers.looked(looked))


class CheckFile(WorkspaceAPIView):
    """What a data YAML says, before anything is uploaded or registered."""

    policy: ClassVar = {"POST": Permission.DATA_VIEW}
    max_body: ClassVar[int] = 4 * 1024 * 1024

    @extend_schema(request=serializers.CheckDataFile, responses={200: serializers.DataFileChecked})
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.CheckDataFile, request.data)
        return Response(serializers.checked(bodies.data_file(values)))


def served(request: Any, version: DataVersion, path: str) -> HttpResponseBase:
    """One file as a download. Raises NotFound, and Gone or Conflict when it is not what was registered."""
    if "\0" in path:
        raise Invalid("unsafe_path", "A path holds no NUL.")
    found = files.file_at(version, path)
    return downloads.serve(
        request,
        lambda start, end: files.open_file(version, found, start, end),
        size=found.size,
        tag=found.sha256,
        name=found.path,
        content_type=type_of(found.path, ""),
    )


def zipped(version: DataVersion) -> HttpResponseBase:
    """All files as one zip. Files of other folders lie below `elsewhere/`."""
    members = [(files.name_in_archive(one), files.opener(version, one)) for one in files.listing(version)]
    return downloads.packed(members, name=f"{version.asset.name}-{version.version}.zip")
