"""A job's log as every API answers it: by byte for programs, by line for viewers, searched, and as a file.

Whoever shows a job's log makes its own views, which judge who may read, and answers with these.
"""

import time
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from compute.jobs import logs
from compute.jobs.models import Job
from studio.api import pagination
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

PIECE_PARAMETERS = [
    OpenApiParameter("offset", int),
    OpenApiParameter("limit", int),
    OpenApiParameter("line", int),
    OpenApiParameter("count", int),
    OpenApiParameter("wait", int, description="seconds; answers earlier when there is more"),
]
SEARCH_PARAMETERS = [
    OpenApiParameter("q", str, required=True),
    OpenApiParameter("line", int),
    OpenApiParameter("limit", int),
]


class LogPiece(serializers.Serializer):
    text = serializers.CharField()
    offset = serializers.IntegerField()
    next_offset = serializers.IntegerField()
    size = serializers.IntegerField(help_text="bytes so far")
    lines = serializers.IntegerField(help_text="line ends so far; a list of lines when asked by line")
    is_final = serializers.BooleanField()


class LogHits(serializers.Serializer):
    results = serializers.ListField(help_text="[{line, text}], lines counted from 0")
    next_line = serializers.IntegerField(allow_null=True)
    is_complete = serializers.BooleanField()


def piece(job: Job | None, request: HttpRequest) -> dict[str, Any]:
    """`?offset=&limit=` gives text from a byte on, `?line=&count=` gives lines; `&wait=` waits a little for more."""
    if "line" in request.GET:
        return _lines(job, request)
    offset = _number(request, "offset", 0, _INT63)
    limit = _number(request, "limit", 256 * 1024, MAX_BYTES, minimum=1)
    if job is not None:
        _wait_beyond(job, offset, seconds=_number(request, "wait", 0, MAX_WAIT_SECONDS))
    return _text(job, offset, limit)


def search(job: Job | None, request: HttpRequest) -> dict[str, Any]:
    """Lines that hold the text `?q=`, whatever the case. One call looks through a bounded part; `line` goes on from there."""
    text = request.GET.get("q", "")
    if not text or len(text) > MAX_QUERY:
        message = f"Give 1 to {MAX_QUERY} characters to look for."
        raise Invalid("bad_parameter", f"q: {message}", fields={"q": message})
    if job is None:
        return {"results": [], "next_line": None, "is_complete": True}
    line = _number(request, "line", 0, _INT63)
    found = logs.search_from(job, text, limit=_number(request, "limit", 100, MAX_HITS, minimum=1), line=line)
    results = [{"line": hit.line, "text": hit.text} for hit in found.hits]
    following = None if found.is_complete else found.next_line
    return {"results": results, "next_line": following, "is_complete": found.is_complete}


def raw(job: Job | None, disposition: str) -> StreamingHttpResponse:
    """The whole log as a text file, as far as it has come."""
    pieces = logs.raw(job) if job is not None else iter(())
    response = StreamingHttpResponse(pieces, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = disposition
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


def _lines(job: Job | None, request: HttpRequest) -> dict[str, Any]:
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


def _number(request: HttpRequest, name: str, default: int, maximum: int, *, minimum: int = 0) -> int:
    text = request.GET.get(name)
    return pagination.whole_number(name, text, minimum=minimum, maximum=maximum) if text else default
