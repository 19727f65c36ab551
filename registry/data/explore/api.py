"""What is in a version's table, over REST: rows, profile, SQL, charts and drift."""

from typing import Any, ClassVar

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.data.assets import queries as assets
from registry.data.assets.models import DataAsset, DataVersion
from registry.data.explore import drift, exporting, queries, serializers, services, tables
from registry.data.reading import reader
from studio import access
from studio.access import Permission
from studio.api import fields, files, pagination
from studio.api.views import WorkspaceAPIView
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


class TableView(WorkspaceAPIView):
    """A view of one version's table."""

    def version(self, request: Request, name: str, ref: str) -> DataVersion:
        asset = access.get_or_404(request, DataAsset, None, Permission.DATA_VIEW, name=name)
        asset.workspace = self.workspace
        found = assets.version_at(asset, ref)
        found.asset = asset
        return found


class Rows(TableView):
    """Rows of a version: the first ones or a random sample, all or those a condition holds for."""

    policy: ClassVar = {"GET": Permission.DATA_VIEW}

    @extend_schema(operation_id="data_rows", parameters=ROWS, responses={200: serializers.TableRowsAnswer})
    def get(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        version = self.version(request, name, ref)
        question = _rows_question(request)
        return Response(reader.rows(tables.table_of(version), **question))


class Sql(TableView):
    """The result of one SELECT over the table `data`."""

    policy: ClassVar = {"POST": Permission.DATA_VIEW}

    @extend_schema(request=serializers.SqlQuestion, responses={200: serializers.TableResultAnswer})
    def post(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        version = self.version(request, name, ref)
        values = fields.clean(serializers.SqlQuestion, request.data)
        return Response(reader.ask(tables.table_of(version), values["sql"], limit=values["limit"]))


class SqlFile(TableView):
    """The same as a CSV file for spreadsheets; without SQL the whole table."""

    policy: ClassVar = {"POST": Permission.DATA_VIEW}
    content_negotiation_class = files.AnyAccept

    @extend_schema(request=serializers.SqlFileQuestion, responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def post(self, request: Request, workspace: str, name: str, ref: str) -> HttpResponseBase:
        version = self.version(request, name, ref)
        values = fields.clean(serializers.SqlFileQuestion, request.data)
        return exporting.csv_answer(version, values["sql"])


class Profile(TableView):
    """What is in each column. GET tells what is made so far, POST has it made."""

    policy: ClassVar = {"GET": Permission.DATA_VIEW, "POST": Permission.DATA_EDIT}

    @extend_schema(operation_id="data_profile", responses={200: serializers.DataProfileAnswer})
    def get(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        return Response(serializers.profile(queries.profile_of(self.version(request, name, ref))))

    @extend_schema(operation_id="data_profile_start", request=None, responses={202: serializers.DataProfileAnswer})
    def post(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        made = services.start_profile(actor=request.user, version=self.version(request, name, ref))
        return Response(serializers.profile(made), status=202)


class Sketch(TableView):
    """A quick look at each column: of the profile where it is made, else of a sample of the rows."""

    policy: ClassVar = {"GET": Permission.DATA_VIEW}

    @extend_schema(operation_id="data_sketch", responses={200: serializers.SketchAnswer})
    def get(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        version = self.version(request, name, ref)
        made = queries.profile_of(version)
        if made is not None and made.state == made.State.READY:
            return Response({"row_count": made.row_count, "columns": made.columns, "is_sample": False})
        found = reader.profile(tables.table_of(version), sample=SKETCHED_ROWS, seconds=reader.LOOK_SECONDS)
        return Response({**found, "is_sample": found["row_count"] == SKETCHED_ROWS})


class Chart(TableView):
    """The numbers of a chart: all rows counted or averaged, or at most 5,000 of them."""

    policy: ClassVar = {"POST": Permission.DATA_VIEW}

    @extend_schema(request=serializers.ChartQuestion, responses={200: serializers.DataChartAnswer})
    def post(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        version = self.version(request, name, ref)
        values = fields.clean(serializers.ChartQuestion, request.data)
        return Response(reader.figure(tables.table_of(version), values))


class Drift(TableView):
    """What changed from the version `with` to this one, the worst column first. Both need a profile."""

    policy: ClassVar = {"GET": Permission.DATA_VIEW}

    @extend_schema(
        operation_id="data_drift",
        parameters=[OpenApiParameter("with", str, required=True)],
        responses={200: serializers.DriftAnswer},
    )
    def get(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        version = self.version(request, name, ref)
        other = assets.version_at(version.asset, request.GET.get("with", ""))
        found = drift.drift(queries.ready_profile(other), queries.ready_profile(version))
        return Response(serializers.drift(found))


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
