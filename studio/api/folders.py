"""Folders of users' files over REST, by the SHA-256 of their zip."""

from typing import ClassVar

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from studio.access import Permission
from studio.api import files
from studio.storage import folders

DOWNLOAD = {(200, "application/zip"): OpenApiTypes.BINARY}


class KeptFolder(serializers.Serializer):
    sha256 = serializers.CharField()
    size = serializers.IntegerField(help_text="Bytes of the zip.")
    files = serializers.IntegerField()


class Folder(files.FileView):
    """The zip of a folder. HEAD tells whether it is kept; PUT keeps it when every member is a plain file within the limits."""

    policy: ClassVar = {"GET": Permission.ENVIRONMENT_VIEW, "PUT": Permission.ENVIRONMENT_EDIT}

    @extend_schema(operation_id="folders_retrieve", responses=DOWNLOAD)
    def get(self, request: Request, workspace: str, sha256: str) -> HttpResponseBase:
        found = folders.find(workspace=self.workspace, sha256=sha256)
        return files.download(request, found, name=f"{sha256[:12]}.zip", content_type="application/zip")

    @extend_schema(
        operation_id="folders_store", request={"application/zip": OpenApiTypes.BINARY}, responses={201: KeptFolder}
    )
    def put(self, request: Request, workspace: str, sha256: str) -> Response:
        stream = files.upload(request, settings.SNAPSHOT_LIMIT_BYTES)
        found = folders.store(workspace=self.workspace, stream=stream, sha256=sha256)
        count = len(folders.listing(found))
        return Response({"sha256": found.sha256, "size": found.size, "files": count}, status=201)
