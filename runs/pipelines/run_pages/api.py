"""What went through a wire, over REST: the same questions as to a data asset's table, or the view of what is no table."""

from dataclasses import asdict
from typing import ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.data.explore import answers
from registry.data.explore import serializers as tables
from registry.data.reading.tables import Table
from runs.pipelines.engine import queries as engine_queries
from runs.pipelines.models import Step
from runs.pipelines.run_pages import comparing, outputs, serializers
from runs.tracking.models import Run
from studio import access
from studio.access import Permission
from studio.api.views import WorkspaceAPIView
from studio.errors import Invalid


class OutputView(WorkspaceAPIView):
    """A view of one output of a step."""

    def step(self, request: Request, run_id: str, step: str) -> Step:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
        return engine_queries.step_at(engine_queries.pipeline_run_of(run).run, step)

    def table(self, request: Request, run_id: str, step: str, port: str) -> Table:
        return outputs.table_of(self.step(request, run_id, step), port)


class Output(OutputView):
    """What a step left at a port: a value, a table (ask `…/rows`), an evaluation, a view or plain files."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(operation_id="step_output", responses={200: serializers.StepOutput})
    def get(self, request: Request, workspace: str, run_id: str, step: str, port: str) -> Response:
        found = self.step(request, run_id, step)
        made = outputs.made_of(found, port)
        shown = outputs.shown(found, port)
        return Response(
            {
                "kind": shown.kind,
                "type": made.get("type", ""),
                "uri": made.get("uri", ""),
                "hash": made.get("hash", ""),
                "value": shown.value,
                "view": shown.view,
                "files": [{"path": path, "size": size} for path, size in shown.files],
                "rounds": [asdict(one) for one in shown.rounds],
                "problem": shown.problem,
            }
        )


class OutputRows(OutputView):
    """Rows of the table that went through."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(operation_id="step_output_rows", parameters=answers.ROWS, responses={200: tables.TableRowsAnswer})
    def get(self, request: Request, workspace: str, run_id: str, step: str, port: str) -> Response:
        return answers.rows(request, self.table(request, run_id, step, port))


class OutputSql(OutputView):
    """The result of one SELECT over the table `data`."""

    policy: ClassVar = {"POST": Permission.RUN_VIEW}

    @extend_schema(request=tables.SqlQuestion, responses={200: tables.TableResultAnswer})
    def post(self, request: Request, workspace: str, run_id: str, step: str, port: str) -> Response:
        return answers.sql(request, self.table(request, run_id, step, port))


class OutputSketch(OutputView):
    """A quick look at each column, of a sample of the rows."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(operation_id="step_output_sketch", responses={200: tables.SketchAnswer})
    def get(self, request: Request, workspace: str, run_id: str, step: str, port: str) -> Response:
        return answers.sketch(self.table(request, run_id, step, port))


class OutputChart(OutputView):
    """The numbers of a chart of the table."""

    policy: ClassVar = {"POST": Permission.RUN_VIEW}

    @extend_schema(request=tables.ChartQuestion, responses={200: tables.DataChartAnswer})
    def post(self, request: Request, workspace: str, run_id: str, step: str, port: str) -> Response:
        return answers.chart(request, self.table(request, run_id, step, port))


class Compare(WorkspaceAPIView):
    """What differs between the run `with` and this one, node by node."""

    policy: ClassVar = {"GET": Permission.RUN_VIEW}

    @extend_schema(
        operation_id="pipeline_runs_compare",
        parameters=[serializers.WITH],
        responses={200: serializers.PipelineRunComparison},
    )
    def get(self, request: Request, workspace: str, run_id: str) -> Response:
        this = engine_queries.pipeline_run_of(access.get_or_404(request, Run, run_id, Permission.RUN_VIEW))
        other_id = request.GET.get("with", "")
        if not other_id or "\0" in other_id:
            raise Invalid("bad_question", "Name the other run with `with`.", fields={"with": "A run's id."})
        other = engine_queries.pipeline_run_of(access.get_or_404(request, Run, other_id, Permission.RUN_VIEW))
        return Response(comparing.compare(other, this).as_dict())
