"""Files of datastores over REST: what is there, up in parts, down in ranges."""

from typing import ClassVar

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.data.datastores import services as datastores
from registry.data.datastores.models import Datastore
from registry.data.transfers import queries, serializers, services, signed
from registry.data.transfers.models import Upload
from studio.access import Permission
from studio.api import fields, files, listing, pagination
from studio.api.views import OpenByAddress
from studio.storage.media_types import type_of

PAGE = [OpenApiParameter("path", str), *listing.PAGE]


class DatastoreFiles(files.FileView):
    """A view of the files of one datastore. Its rights are the workspace's: the policy is judged before."""

    def datastore(self, request: Request, name: str) -> Datastore:
        if name == datastores.DEFAULT_NAME:
            datastores.ensure_default(self.workspace)
        return self.row(request, Datastore, Permission.DATASTORE_VIEW, name__iexact=name)


class Entries(DatastoreFiles):
    """What lies right in a folder (`?path=`), folders among it."""

    policy: ClassVar = {"GET": Permission.DATA_VIEW}

    @extend_schema(operation_id="datastores_entries_list", parameters=PAGE, responses={200: serializers.EntryList})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        page = queries.entries(
            self.datastore(request, name),
            request.GET.get("path", ""),
            cursor=request.GET.get("cursor", ""),
            limit=pagination.limit_of(request.GET),
        )
        found = [serializers.entry(entry) for entry in page.entries]
        return Response({"results": found, "next": pagination.url_of_page(request, page.cursor), "previous": None})


class File(DatastoreFiles):
    """One file: its bytes, or a range of them; DELETE removes it."""

    policy: ClassVar = {"GET": Permission.DATA_VIEW, "DELETE": Permission.DATA_DELETE}

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, workspace: str, name: str, path: str) -> HttpResponseBase:
        return served(request, self.datastore(request, name), path)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, name: str, path: str) -> Response:
        services.delete_file(actor=request.user, datastore=self.datastore(request, name), path=path)
        return Response(status=204)


class Link(DatastoreFiles):
    """A link to one file that needs no token, for `?seconds=` (at most a week); it dies with its maker's access."""

    policy: ClassVar = {"GET": Permission.DATA_VIEW}

    @extend_schema(parameters=[OpenApiParameter("seconds", int)], responses={200: serializers.LinkAnswer})
    def get(self, request: Request, workspace: str, name: str, path: str) -> Response:
        seconds = pagination.whole_number(
            "seconds", request.GET.get("seconds") or str(signed.SECONDS), minimum=1, maximum=signed.LONGEST_SECONDS
        )
        datastore = self.datastore(request, name)
        return Response(signed.link(request, datastore, queries.file_at(datastore, path).path, seconds=seconds))


class Uploads(DatastoreFiles):
    """The caller's uploads into this datastore that can go on; POST begins one, or finds the same one begun before."""

    policy: ClassVar = {"GET": Permission.DATA_EDIT, "POST": Permission.DATA_EDIT}

    @extend_schema(operation_id="datastores_uploads_list", responses={200: serializers.UploadList})
    def get(self, request: Request, workspace: str, name: str) -> Response:
        found = queries.open_uploads(self.datastore(request, name), request.user)
        return Response({"results": [serializers.upload(queries.progress(upload)) for upload in found]})

    @extend_schema(request=serializers.NewUpload, responses={201: serializers.UploadAnswer})
    def post(self, request: Request, workspace: str, name: str) -> Response:
        datastore = self.datastore(request, name)
        values = fields.clean(serializers.NewUpload, request.data)
        begun = services.begin(actor=request.user, datastore=datastore, **values)
        return Response(serializers.upload(begun), status=201)


class UploadView(files.FileView):
    """A view of one of the caller's own uploads."""

    def upload(self, request: Request, upload_id: str) -> Upload:
        return queries.own_upload(self.workspace, upload_id, request.user)


class OneUpload(UploadView):
    """How far an upload is; DELETE forgets it."""

    policy: ClassVar = {"GET": Permission.DATA_EDIT, "DELETE": Permission.DATA_EDIT}

    @extend_schema(responses={200: serializers.UploadAnswer})
    def get(self, request: Request, workspace: str, upload_id: str) -> Response:
        return Response(serializers.upload(queries.progress(self.upload(request, upload_id))))

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, upload_id: str) -> Response:
        services.cancel(actor=request.user, upload=self.upload(request, upload_id))
        return Response(status=204)


class Part(UploadView):
    """One part, counted from 1, with its SHA-256 in `X-Content-SHA256`. It may be sent again."""

    policy: ClassVar = {"PUT": Permission.DATA_EDIT}

    @extend_schema(
        request={"application/octet-stream": OpenApiTypes.BINARY},
        parameters=[OpenApiParameter("X-Content-SHA256", str, OpenApiParameter.HEADER)],
        responses={200: serializers.PartAnswer},
    )
    def put(self, request: Request, workspace: str, upload_id: str, number: int) -> Response:
        upload = self.upload(request, upload_id)
        found = services.put_part(
            actor=request.user,
            upload=upload,
            number=number,
            stream=files.upload(request, upload.part_bytes),
            sha256=request.headers.get("X-Content-SHA256", ""),
        )
        return Response(serializers.part(found))


class Complete(UploadView):
    """Put the file in its place: 200 when it stands there, 202 while a worker is at it."""

    policy: ClassVar = {"POST": Permission.DATA_EDIT}

    @extend_schema(
        request=serializers.CompleteUpload,
        responses={200: serializers.UploadAnswer, 202: serializers.UploadAnswer},
    )
    def post(self, request: Request, workspace: str, upload_id: str) -> Response:
        values = fields.clean(serializers.CompleteUpload, request.data)
        found = services.complete(actor=request.user, upload=self.upload(request, upload_id), **values)
        status = 200 if found.state == Upload.State.DONE else 202
        return Response(serializers.upload(queries.progress(found)), status=status)


class SignedFile(OpenByAddress, files.FileView):
    """What a link opens. Whatever is wrong with it, nothing is there."""

    opened: ClassVar = frozenset({"GET", "HEAD"})

    @extend_schema(exclude=True)
    def get(self, request: Request, workspace: str, signature: str) -> HttpResponseBase:
        datastore, path = signed.opened(workspace, signature)
        return served(request, datastore, path)


def served(request: Request, datastore: Datastore, path: str) -> HttpResponseBase:
    found = queries.file_at(datastore, path)
    return files.serve(
        request,
        lambda start, end: queries.read(datastore, found.path, start, end),
        size=found.size,
        tag=found.etag,
        name=found.path,
        content_type=type_of(found.path, ""),
    )
