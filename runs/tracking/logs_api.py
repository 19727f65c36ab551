"""The log of a run over REST: by byte for programs, by line for viewers, searched, and as a file."""

from typing import ClassVar

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from compute.jobs import log_answers
from runs.tracking.models import Run
from studio import access
from studio.access import Permission
from studio.api.views import WorkspaceAPIView


class RunLog(WorkspaceAPIView):
    """`?offset=&limit=` gives text from a byte on, `?line=&count=` gives lines; `&wait=` waits a little for more."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(parameters=log_answers.PIECE_PARAMETERS, responses={200: log_answers.LogPiece})
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
        return Response(log_answers.piece(run.job, request))


class RunLogSearch(WorkspaceAPIView):
    """Lines that hold a text, whatever the case. One call looks through a bounded part; `line` goes on from there."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(parameters=log_answers.SEARCH_PARAMETERS, responses={200: log_answers.LogHits})
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
        return Response(log_answers.search(run.job, request))


class RunLogRaw(WorkspaceAPIView):
    """The whole log as a text file, as far as it has come."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(responses={(200, "text/plain"): OpenApiTypes.STR})
    def get(self, request: Request, workspace: str, run_id: str) -> StreamingHttpResponse:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
        return log_answers.raw(run.job, f'attachment; filename="{run.pk}.log"')
