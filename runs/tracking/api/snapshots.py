"""Code folders and input files over REST, by the digest of their content."""

from typing import ClassVar

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from runs.tracking import serializers
from runs.tracking.models import Snapshot
from runs.tracking.services import snapshots
from studio import access
from studio.access import Permission
from studio.api import files
from studio.errors import NotFound
from studio.storage import blobs, removal

UPLOAD = {"application/octet-stream": OpenApiTypes.BINARY}
DOWNLOAD = {(200, "application/octet-stream"): OpenApiTypes.BINARY}


class SnapshotFile(files.FileView):
    """The zip of a code folder. HEAD tells whether it is stored; PUT stores it when its content has the digest."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW, "PUT": Permission.RUN_SUBMIT}

    @extend_schema(responses=DOWNLOAD)
    def get(self, request: Request, workspace: str, digest: str) -> HttpResponseBase:
        found = access.get_or_404(request, Snapshot, None, Permission.RUN_VIEW, digest=digest)
        if request.method == "HEAD":
            removal.claim(found.blob)  # who hears that it is here does not send it, and names it in a moment
        return files.download(request, found.blob, name=f"{digest[:12]}.zip", content_type="application/zip")

    @extend_schema(request={"application/zip": OpenApiTypes.BINARY}, responses={201: serializers.StoredAnswer})
    def put(self, request: Request, workspace: str, digest: str) -> Response:
        stream = files.upload(request, settings.SNAPSHOT_LIMIT_BYTES)
        found = snapshots.store_snapshot(actor=request.user, workspace=self.workspace, digest=digest, stream=stream)
        return Response({"digest": found.digest, "size": found.size}, status=201)


class BlobFile(files.FileView):
    """One input file, by the SHA-256 of its bytes."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW, "PUT": Permission.RUN_SUBMIT}

    @extend_schema(responses=DOWNLOAD)
    def get(self, request: Request, workspace: str, digest: str) -> HttpResponseBase:
        found = blobs.find(workspace=self.workspace, sha256=digest)
        if found is None:
            raise NotFound("not_found", "There is no such file.")
        if request.method == "HEAD":
            removal.claim(found)
        return files.download(request, found, name=digest[:12], content_type="application/octet-stream")

    @extend_schema(request=UPLOAD, responses={201: serializers.StoredAnswer})
    def put(self, request: Request, workspace: str, digest: str) -> Response:
        stream = files.upload(request, settings.ARTIFACT_LIMIT_BYTES)
        found = snapshots.store_input(actor=request.user, workspace=self.workspace, digest=digest, stream=stream)
        return Response({"digest": found.sha256, "size": found.size}, status=201)
