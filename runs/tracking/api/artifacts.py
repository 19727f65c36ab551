"""Files of a run over REST."""

from typing import Any, ClassVar

from django.conf import settings
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from runs.tracking import serializers
from runs.tracking.api import shapes
from runs.tracking.models import Run
from runs.tracking.queries import artifacts as queries
from runs.tracking.services import artifacts as services
from studio import access
from studio.access import Permission
from studio.api import files, pagination
from studio.api.views import WorkspaceAPIView
from studio.storage import shelves


class Artifacts(WorkspaceAPIView):
    """What lies in one folder of a run (`?path=`), or every file below it (`?recursive=true`)."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(
        operation_id="runs_artifacts_list",
        parameters=[
            OpenApiParameter("path", str),
            OpenApiParameter("recursive", bool),
            OpenApiParameter("limit", int),
            OpenApiParameter("cursor", str),
        ],
        responses={200: serializers.ArtifactList},
    )
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
        is_recursive = request.GET.get("recursive", "").lower() in ("1", "true")
        entries = queries.listing(run, request.GET.get("path", ""), is_recursive=is_recursive)
        return Response(_page(request, entries))


class ArtifactFile(files.FileView):
    """One file: its bytes, or a range of them; PUT stores it, DELETE removes it."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW, "PUT": Permission.RUN_LOG, "DELETE": Permission.RUN_EDIT}

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, workspace: str, run_id: str, path: str) -> HttpResponseBase:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
        found = queries.artifact_at(run, path)
        return files.download(request, found.blob, name=found.path, content_type=found.content_type)

    @extend_schema(
        request={"application/octet-stream": OpenApiTypes.BINARY},
        parameters=[OpenApiParameter("X-Content-SHA256", str, OpenApiParameter.HEADER)],
        responses={201: serializers.ArtifactAnswer},
    )
    def put(self, request: Request, workspace: str, run_id: str, path: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_LOG)
        artifact = services.put_artifact(
            actor=request.user,
            run=run,
            path=path,
            stream=files.upload(request, settings.ARTIFACT_LIMIT_BYTES),
            sha256=request.headers.get("X-Content-SHA256", ""),
            content_type=request.headers.get("Content-Type", ""),
        )
        return Response(shapes.artifact(shelves.entry_of(artifact)), status=201)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, workspace: str, run_id: str, path: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_EDIT)
        services.delete_artifact(actor=request.user, run=run, path=path)
        return Response(status=204)


class ArtifactsZip(files.FileView):
    """All files at or below `?path=` as one zip, made while it is sent."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(
        parameters=[OpenApiParameter("path", str)],
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, workspace: str, run_id: str) -> HttpResponseBase:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
        found = queries.files_of(run, request.GET.get("path", ""))
        return files.zipped(found.iterator(), name=f"{run.name}-artifacts.zip")


def _page(request: Request, entries: list[shelves.Entry]) -> dict[str, Any]:
    """One page of entries that are already in order: the cursor counts."""
    limit = pagination.limit_of(request.GET)
    start = pagination.whole_number("cursor", request.GET.get("cursor") or "0", minimum=0, maximum=10_000_000)
    following = start + limit if start + limit < len(entries) else 0
    return {
        "results": [shapes.artifact(entry) for entry in entries[start : start + limit]],
        "next": pagination.url_of_page(request, str(following) if following else ""),
        "previous": pagination.url_of_page(request, str(max(start - limit, 0)) if start else ""),
    }
