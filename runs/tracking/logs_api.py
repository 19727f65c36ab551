"""The log of a run over REST: by byte for programs, by line for viewers, searched, and as a file."""

import time
from typing import Any, ClassVar

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from compute.jobs import logs
from compute.jobs.models import Job
from runs.tracking.models import Run
from studio import access
from studio.access import Permission
from studio.api import pagination
from studio.api.views import WorkspaceAPIView
from studio.errors import Invalid

MAX_BYTES = 4 * 1024 * 1024
MAX_LINES = 10_000
MAX_HITS = 1_000
MAX_QUERY = 500
# A caller may ask to wait 20 s; it is let go after 2, because a waiting request holds one of the server's threads.
MAX_WAIT_SECONDS = 20
HELD_SECONDS = 2.0
LOOK_EVERY_SECONDS = 0.2
_INT63 = 2**63 - 1


class LogPiece(serializers.Serializer):  # type: ignore[type-arg]
    text = serializers.CharField()
    offset = serializers.IntegerField()
    next_offset = serializers.IntegerField()
    size = serializers.IntegerField(help_text="bytes so far")
    lines = serializers.IntegerField(help_text="line ends so far; a list of lines when asked by line")
    is_final = serializers.BooleanField()


class LogHits(serializers.Serializer):  # type: ignore[type-arg]
    results = serializers.ListField(help_text="[{line, text}], lines counted from 0")
    next_line = serializers.IntegerField(allow_null=True)
    is_complete = serializers.BooleanField()


class RunLog(WorkspaceAPIView):
    """`?offset=&limit=` gives text from a byte on, `?line=&count=` gives lines; `&wait=` waits a little for more."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(
        parameters=[
            OpenApiParameter("offset", int),
            OpenApiParameter("limit", int),
            OpenApiParameter("line", int),
            OpenApiParameter("count", int),
            OpenApiParameter("wait", int, description="seconds; answers earlier when there is more"),
        ],
        responses={200: LogPiece},
    )
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
        if "line" in request.GET:
            return Response(_lines(run.job, request))
        offset = _number(request, "offset", 0, _INT63)
        limit = _number(request, "limit", 256 * 1024, MAX_BYTES, minimum=1)
        if run.job is not None:
            _wait_beyond(run.job, offset, seconds=_number(request, "wait", 0, MAX_WAIT_SECONDS))
        return Response(_text(run.job, offset, limit))


class RunLogSearch(WorkspaceAPIView):
    """Lines that hold a text, whatever the case. One call looks through a bounded part; `line` goes on from there."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(
        parameters=[
            OpenApiParameter("q", str, required=True),
            OpenApiParameter("line", int),
            OpenApiParameter("limit", int),
        ],
        responses={200: LogHits},
    )
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
        text = request.GET.get("q", "")
        if not text or len(text) > MAX_QUERY:
            message = f"Give 1 to {MAX_QUERY} characters to look for."
            raise Invalid("bad_parameter", f"q: {message}", fields={"q": message})
        if run.job is None:
            return Response({"results": [], "next_line": None, "is_complete": True})
        line = _number(request, "line", 0, _INT63)
        found = logs.search_from(run.job, text, limit=_number(request, "limit", 100, MAX_HITS, minimum=1), line=line)
        results = [{"line": hit.line, "text": hit.text} for hit in found.hits]
        following = None if found.is_complete else found.next_line
        return Response({"results": results, "next_line": following, "is_complete": found.is_complete})


class RunLogRaw(WorkspaceAPIView):
    """The whole log as a text file, as far as it has come."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(responses={(200, "text/plain"): OpenApiTypes.STR})
    def get(self, request: Request, workspace: str, run_id: str) -> StreamingHttpResponse:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
        pieces = logs.raw(run.job) if run.job is not None else iter(())
        response = StreamingHttpResponse(pieces, content_type="text/plain; charset=utf-8")
        response.headers["Content-Disposition"] = f'attachment; filename="{run.pk}.log"'
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def _text(job: Job | None, offset: int, limit: int) -> dict[str, Any]:
    if job is None:
        return {"text": "", "offset": 0, "next_offset": 0, "size": 0, "lines": 0, "is_final": False}
    piece = logs.read(job, offset, limit)
    return {
        "text": piece.text,
        "offset": piece.offset,
        "next_offset": piece.next_offset,
        "size": piece.size,
        "lines": piece.lines,
        "is_final": piece.is_final,
    }


def _lines(job: Job | None, request: Request) -> dict[str, Any]:
    line = _number(request, "line", 0, _INT63)
    count = _number(request, "count", 500, MAX_LINES, minimum=1)
    if job is None:
        return {"line": line, "lines": [], "total": 0, "size": 0, "is_final": False}
    found = logs.read_lines(job, line, count)
    return {
        "line": found.line,
        "lines": found.lines,
        "total": found.total,
        "size": found.size,
        "is_final": found.is_final,
    }


def _wait_beyond(job: Job, offset: int, *, seconds: int) -> None:
    """Return when the log has grown beyond `offset`, has ended, or the time is over."""
    until = time.monotonic() + min(seconds, HELD_SECONDS)
    while not job.is_finished and job.log_size <= offset and time.monotonic() < until:
        time.sleep(LOOK_EVERY_SECONDS)
        job.refresh_from_db(fields=["log_size", "state"])


def _number(request: Request, name: str, default: int, maximum: int, *, minimum: int = 0) -> int:
    text = request.GET.get(name)
    return pagination.whole_number(name, text, minimum=minimum, maximum=maximum) if text else default
