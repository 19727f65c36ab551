"""The charts of one run or of several: their pages, and the numbers behind them."""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from registry.environments.definitions import Definition
from runs.tracking.charts import lines
from runs.tracking.models import Run
from runs.tracking.pages import charts as chart_pages
from runs.tracking.pages import downloads
from runs.tracking.services import interpreting
from runs.tracking.views.run_page import run_context
from studio import access
from studio.access import Permission
from studio.web.page import page


@login_required
@require_safe
def run_charts(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
    context = {**run_context(request, run, tab="run-charts"), "charts": chart_pages.board([run])}
    return page(request, "runs/run/charts.html", context)


@login_required
@require_safe
def run_system(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
    context = {
        **run_context(request, run, tab="run-system"),
        "charts": chart_pages.board([run], scope=chart_pages.SYSTEM),
        "process": chart_pages.process_facts(run.job),
        "environment": run.environment,
        "environment_version": interpreting.version_of(run) if run.environment else None,
        "definition": Definition.from_json(run.environment.definition) if run.environment else None,
    }
    return page(request, "runs/run/system.html", context)


@login_required
@require_safe
def metrics_csv(request: HttpRequest, workspace: str) -> StreamingHttpResponse:
    """Every point of one metric of the runs of `ids` as CSV: exact, whatever its size."""
    runs = chart_pages.runs_named(access.visible(request, Run), request.GET, lines.MOST_RUNS)
    key = request.GET.get("key", "")
    response = StreamingHttpResponse(_csv_lines(runs, key), content_type="text/csv; charset=utf-8")
    name = f"{runs[0].pk if len(runs) == 1 else 'runs'}-{key.replace('/', '-') or 'metric'}.csv"
    response.headers["Content-Disposition"] = downloads.attachment(name)
    return response


def _csv_lines(runs: Sequence[Run], key: str) -> Iterator[str]:
    yield "run_id,run,key,step,time_ms,value\r\n"
    for run in runs:
        for step, time_ms, value in chart_pages.every_point(run, key):
            line = StringIO()
            csv.writer(line).writerow([run.pk, _inert(run.name), _inert(key), step, time_ms, value])
            yield line.getvalue()


def _inert(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
