"""Uploads in parts, as MLflow's client drives them: create, put each part by its link, complete or abort."""

from typing import Any, ClassVar

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from rest_framework.request import Request
from rest_framework.response import Response

from runs.mlflow_api import fields
from runs.mlflow_api.artifacts import base, owners, signed, uploads
from runs.mlflow_api.artifacts.models import PartUpload
from runs.mlflow_api.base import MlflowError
from runs.mlflow_api.registry.finding import person
from studio.access import Permission
from studio.api import files
from studio.storage import links, parts
from studio.storage.shelves import Shelf

PART = "mlflow-part"
LINK_SECONDS = 24 * 3600


class _Upload(base.FileView):
    policy: ClassVar = {"POST": Permission.RUN_LOG}

    def shelf(self, request: Request, folder: str) -> "Shelf[Any]":
        """The files of whom the folder in the address belongs to."""
        return owners.shelf(request, self.workspace, owners.parse(base.checked(folder)), Permission.RUN_LOG)

    def upload(self, request: Request, body: fields.Body, folder: str) -> PartUpload:
        """The caller's own upload of this id to this place."""
        found = uploads.find(self.workspace, fields.required(body, "upload_id"))
        if found is None or found.path != _target(body, folder) or found.created_by_id != request.user.pk:
            raise MlflowError("RESOURCE_DOES_NOT_EXIST", "There is no such upload: it is over, or it was never begun.")
        return found


class Create(_Upload):
    def post(self, request: Request, workspace: str, path: str) -> Response:
        shelf = self.shelf(request, path)
        body = fields.plain(request.data)
        target = _target(body, path)
        count = fields.within(body, "num_parts", default=1, low=1, high=parts.MAX_PARTS)
        shelf.refuse_clash(owners.parse(target).path)
        upload = uploads.begin(actor=person(request), workspace=self.workspace, path=target, count=count)
        credentials = [self._credential(request, upload, number) for number in range(1, count + 1)]
        return Response({"upload_id": upload.pk, "credentials": credentials})

    def _credential(self, request: Request, upload: PartUpload, number: int) -> dict[str, Any]:
        values = {"w": self.workspace.pk, "u": request.user.pk, "i": upload.pk, "n": number}
        where = {"workspace": self.workspace.slug, "signature": links.sign(PART, values)}
        url = request.build_absolute_uri(reverse("mlflow-upload-part", kwargs=where))
        return {"url": url, "part_number": number, "headers": {}}


class Complete(_Upload):
    def post(self, request: Request, workspace: str, path: str) -> Response:
        shelf = self.shelf(request, path)
        body = fields.plain(request.data)
        upload = self.upload(request, body, path)
        stream = parts.joined(upload=upload.pk, digests=_digests(body, upload.count))
        shelf.put(owners.parse(upload.path).path, stream, limit=settings.ARTIFACT_LIMIT_BYTES)
        uploads.end(actor=person(request), upload=upload)
        owners.tell(shelf)
        return Response({})


class Abort(_Upload):
    def post(self, request: Request, workspace: str, path: str) -> Response:
        self.shelf(request, path)
        upload = self.upload(request, fields.plain(request.data), path)
        uploads.end(actor=person(request), upload=upload)
        return Response({})


class Part(signed.LinkView):
    """One part, put by the link that `Create` gave out."""

    opened: ClassVar = frozenset({"PUT"})

    def put(self, request: Request, workspace: str, signature: str) -> HttpResponseBase:
        values = links.read(PART, signature, seconds=LINK_SECONDS)
        if values is None:
            raise signed.gone()
        upload = uploads.find(signed.allowed(workspace, values, Permission.RUN_LOG), values["i"])
        if upload is None:
            raise signed.gone()
        limit = settings.ARTIFACT_LIMIT_BYTES
        stream = files.upload(request, limit)
        digest, _ = parts.put_part(upload=upload.pk, number=values["n"], stream=stream, limit=limit)
        return HttpResponse(status=200, headers={"ETag": f'"{digest}"'})


def _target(body: fields.Body, folder: str) -> str:
    """The file's place below the proxy's root: the client names the folder in the address and its own path in the body."""
    name = fields.required(body, "path").replace("\\", "/").rpartition("/")[2]
    return base.checked(f"{folder.rstrip('/')}/{name}")


def _digests(body: fields.Body, count: int) -> list[str]:
    """The parts' digests in order, which the client was told as their ETags."""
    told: dict[int, str] = {}
    for part in fields.items(body, "parts"):
        if not isinstance(part, dict):
            raise fields.invalid_type("parts", body["parts"])
        number = fields.whole(part, "part_number")
        told[number or 0] = fields.text(part, "etag").strip('"')
    if sorted(told) != list(range(1, count + 1)):
        raise fields.bad(f"The upload has {count} parts, but other ones are named.")
    return [told[number] for number in range(1, count + 1)]
