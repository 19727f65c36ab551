"""A table over REST as every API answers it: rows, one SELECT, a quick look at each column, the numbers of a chart."""

from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from registry.data.explore import exporting, serializers
from registry.data.reading import reader
from registry.data.reading.tables import Table
from studio.api import fields, pagination
from studio.errors import Invalid

MODES = ("first", "random")
MOST_NAMED = 1_000
DEFAULT_ROWS = 100
SKETCHED_ROWS = 20_000
LAST_ROW = 2**40
ROWS = [
    OpenApiParameter("mode", str, enum=MODES),
    OpenApiParameter("where", str, description="a condition about the columns, as in SQL"),
    OpenApiParameter("offset", int),
    OpenApiParameter("limit", int, description=f"at most {reader.MOST_ROWS:,}"),
    OpenApiParameter("columns", str, many=True),
    OpenApiParameter("order", str, many=True, description="a column, falling with a minus before it"),
    OpenApiParameter("seed", int, description="of a random sample: the same seed gives the same rows"),
]


def rows(request: Request, table: Table) -> Response:
    """The rows that the request's query asks for."""
    return Response(reader.rows(table, **_rows_question(request)))


def sql(request: Request, table: Table) -> Response:
    """The result of the SELECT in the body."""
    values = fields.clean(serializers.SqlQuestion, request.data)
    return Response(reader.ask(table, values["sql"], limit=values["limit"]))


def csv(request: Request, table: Table, name: str) -> HttpResponseBase:
    """The same, or the whole table, as the file `name`.csv."""
    values = fields.clean(serializers.SqlFileQuestion, request.data)
    return exporting.csv_answer(table, values["sql"], name)


def sketch(table: Table) -> Response:
    """What is in each column, of a sample of the rows."""
    found = reader.profile(table, sample=SKETCHED_ROWS, seconds=reader.LOOK_SECONDS)
    return Response({**found, "is_sample": found["row_count"] == SKETCHED_ROWS})


def chart(request: Request, table: Table) -> Response:
    """The numbers of the chart that the body asks for."""
    return Response(reader.figure(table, fields.clean(serializers.ChartQuestion, request.data)))


def _rows_question(request: Request) -> dict[str, Any]:
    mode, where = request.GET.get("mode", "first"), request.GET.get("where", "")
    if mode not in MODES:
        raise _bad("mode", f"Give one of {', '.join(MODES)}.")
    if len(where) > serializers.MAX_CONDITION:
        raise _bad("where", f"A condition has at most {serializers.MAX_CONDITION:,} characters.")
    columns, order = request.GET.getlist("columns"), request.GET.getlist("order")
    if len(columns) + len(order) > MOST_NAMED:
        raise _bad("columns", f"At most {MOST_NAMED:,} columns are named at a time.")
    whole = pagination.whole_number
    return {
        "mode": mode,
        "where": where,
        "offset": whole("offset", request.GET.get("offset", "0"), minimum=0, maximum=LAST_ROW),
        "limit": whole("limit", request.GET.get("limit", str(DEFAULT_ROWS)), minimum=1, maximum=reader.MOST_ROWS),
        "columns": columns,
        "order": [{"column": one.removeprefix("-"), "descending": one.startswith("-")} for one in order],
        "seed": whole("seed", request.GET.get("seed", "1"), minimum=0, maximum=2**31 - 1),
    }


def _bad(field: str, message: str) -> Invalid:
    return Invalid("bad_question", message, fields={field: message})
