"""What is in a version's table, over REST: rows, profile, SQL, charts and drift."""

from typing import ClassVar

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.data.assets import queries as assets
from registry.data.assets.models import DataAsset, DataVersion
from registry.data.explore import answers, drift, queries, serializers, services, tables
from studio.access import Permission
from studio.api import files
from studio.api.views import WorkspaceAPIView


class TableView(WorkspaceAPIView):
    """A view of one version's table."""

    def version(self, request: Request, name: str, ref: str) -> DataVersion:
        asset = self.row(request, DataAsset, Permission.DATA_VIEW, name=name)
        found = assets.version_at(asset, ref)
        found.asset = asset
        return found


class Rows(TableView):
    """Rows of a version: the first ones or a random sample, all or those a condition holds for."""

    policy: ClassVar = {"GET": Permission.DATA_VIEW}

    @extend_schema(operation_id="data_rows", parameters=answers.ROWS, responses={200: serializers.TableRowsAnswer})
    def get(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        version = self.version(request, name, ref)
        return answers.rows(request, tables.table_of(version))


class Sql(TableView):
    """The result of one SELECT over the table `data`."""

    policy: ClassVar = {"POST": Permission.DATA_VIEW}

    @extend_schema(request=serializers.SqlQuestion, responses={200: serializers.TableResultAnswer})
    def post(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        version = self.version(request, name, ref)
        return answers.sql(request, tables.table_of(version))


class SqlFile(TableView):
    """The same as a CSV file for spreadsheets; without SQL the whole table."""

    policy: ClassVar = {"POST": Permission.DATA_VIEW}
    content_negotiation_class = files.AnyAccept

    @extend_schema(request=serializers.SqlFileQuestion, responses={(200, "text/csv"): OpenApiTypes.BINARY})
    def post(self, request: Request, workspace: str, name: str, ref: str) -> HttpResponseBase:
        version = self.version(request, name, ref)
        return answers.csv(request, tables.table_of(version), f"{version.asset.name}-{version.version}")


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
        return answers.sketch(tables.table_of(version))


class Chart(TableView):
    """The numbers of a chart: all rows counted or averaged, or at most 5,000 of them."""

    policy: ClassVar = {"POST": Permission.DATA_VIEW}

    @extend_schema(request=serializers.ChartQuestion, responses={200: serializers.DataChartAnswer})
    def post(self, request: Request, workspace: str, name: str, ref: str) -> Response:
        version = self.version(request, name, ref)
        return answers.chart(request, tables.table_of(version))


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
