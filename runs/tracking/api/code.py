"""The code of a run over REST."""

from dataclasses import asdict
from typing import ClassVar

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from runs.tracking.models import Run, Snapshot
from runs.tracking.queries import code as queries
from studio import access
from studio.access import Permission
from studio.api import files
from studio.api.views import WorkspaceAPIView
from studio.errors import Invalid, NotFound
from studio.identifiers import is_run_id

DOWNLOAD = {(200, "application/octet-stream"): OpenApiTypes.BINARY}


class CodeTree(WorkspaceAPIView):
    """The folders and files of the run's code, from top to bottom."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(operation_id="runs_code_list", responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        snapshot = _snapshot(access.get_or_404(request, Run, run_id, Permission.RUN_VIEW))
        entries = [
            {"path": entry.path, "is_dir": entry.is_dir, "size": entry.size} for entry in queries.code_tree(snapshot)
        ]
        return Response({"digest": snapshot.digest, "size": snapshot.size, "entries": entries})


class CodeFile(files.FileView):
    """The bytes of one file of the run's code."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(responses=DOWNLOAD)
    def get(self, request: Request, workspace: str, run_id: str, path: str) -> HttpResponseBase:
        snapshot = _snapshot(access.get_or_404(request, Run, run_id, Permission.RUN_VIEW))
        found = queries.read_file(snapshot, path)
        return files.member(snapshot.blob, found.path, found.size)


class CodeZip(files.FileView):
    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(responses=DOWNLOAD)
    def get(self, request: Request, workspace: str, run_id: str) -> HttpResponseBase:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
        snapshot = _snapshot(run)
        return files.download(request, snapshot.blob, name=f"{run.name}-code.zip", content_type="application/zip")


class CodeDiff(WorkspaceAPIView):
    """What changed in the code from the run `?with=` to this one."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(parameters=[OpenApiParameter("with", str, required=True)], responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
        other_id = request.GET.get("with", "")
        if not is_run_id(other_id):
            raise Invalid("bad_parameter", "with must be a run id.", fields={"with": "not a run id"})
        other = access.get_or_404(request, Run, other_id, Permission.RUN_VIEW)
        return Response(asdict(queries.diff(_snapshot(other), _snapshot(run))))


def _snapshot(run: Run) -> Snapshot:
    if run.snapshot is None:
        raise NotFound("no_code", "This run has no code snapshot.", hint="Name a folder under code in its job file.")
    return run.snapshot
