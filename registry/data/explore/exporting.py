"""A result as a download."""

from collections.abc import Iterator
from contextlib import ExitStack

from django.http import StreamingHttpResponse

from registry.data.reading import reader
from registry.data.reading.tables import Table
from studio.api import files

PIECE = 1 << 20


def csv_answer(table: Table, sql: str, name: str) -> StreamingHttpResponse:
    """The result of `sql`, or the whole table, as the attachment `name`.csv. What is wrong is raised before the first byte."""
    stack = ExitStack()
    path = stack.enter_context(reader.exported(table, sql))

    def pieces() -> Iterator[bytes]:
        with stack, path.open("rb") as source:
            while piece := source.read(PIECE):
                yield piece

    response = StreamingHttpResponse(pieces(), content_type="text/csv; charset=utf-8")
    response["Content-Length"] = path.stat().st_size
    response["Content-Disposition"] = files.attachment(f"{name}.csv")
    response["Content-Security-Policy"] = files.SANDBOX
    response["X-Content-Type-Options"] = "nosniff"
    return response
