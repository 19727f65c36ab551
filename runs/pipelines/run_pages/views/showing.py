"""The tabs of a pipeline's run, the panel of a step, and what went through a wire."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from registry.data.explore import exporting
from registry.data.reading import reader
from runs.pipelines.engine import queries as engine_queries
from runs.pipelines.models import PipelineRun
from runs.pipelines.run_pages import comparing, outputs, pages, queries
from runs.tracking.models import Run
from runs.tracking.views.run_page import run_context
from studio import access
from studio.access import Permission
from studio.errors import Invalid, StudioError
from studio.web.page import page

MOST_SQL = 20_000


@login_required
@require_safe
def graph(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    pipeline_run = _of(request, run_id)
    graph_page = pages.graph_page(request, pipeline_run, request.GET.get("inside", ""))
    if request.GET.get("seen") == graph_page.stamp:
        return HttpResponse(status=204)
    context = {**run_context(request, pipeline_run.run, tab="run-graph"), "page": graph_page}
    context["opened"] = _opened(request, pipeline_run)
    return page(request, "runs/pipelines/run/graph.html", context, part="graph")


@login_required
@require_safe
def steps(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    pipeline_run = _of(request, run_id)
    state = request.GET.get("state", "")
    context = {
        **run_context(request, pipeline_run.run, tab="run-steps"),
        "summary": pages.summary(request, pipeline_run),
        "rows": pages.step_rows(pipeline_run, state),
        "state": state,
    }
    return page(request, "runs/pipelines/run/steps.html", context, part="rows")


@login_required
@require_safe
def times(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    pipeline_run = _of(request, run_id)
    context = {
        **run_context(request, pipeline_run.run, tab="run-times"),
        "summary": pages.summary(request, pipeline_run),
        "times": pages.times_page(pipeline_run),
    }
    return page(request, "runs/pipelines/run/times.html", context, part="times")


@login_required
@require_safe
def step(request: HttpRequest, workspace: str, run_id: str, step: str) -> HttpResponse:
    """The panel of one step: for the graph a part of its page, by itself the graph with the panel open."""
    pipeline_run = _of(request, run_id)
    found = engine_queries.step_at(pipeline_run.run, step)
    if not request.headers.get("HX-Request"):
        inside = f"&inside={found.parent.path}" if found.parent is not None else ""
        return redirect(f"{reverse('run-graph', args=[workspace, run_id])}?step={found.path}{inside}")
    context = {"workspace": pipeline_run.run.workspace, "run": pipeline_run.run, "panel": pages.step_panel(found)}
    return render(request, "runs/pipelines/run/step.html", context)


@login_required
@require_safe
def output(request: HttpRequest, workspace: str, run_id: str, step: str, port: str) -> HttpResponse:
    """What a step left at one of its ports. `part=body` answers it without the page around, for a panel."""
    pipeline_run = _of(request, run_id)
    found = engine_queries.step_at(pipeline_run.run, step)
    context: dict[str, Any] = {
        "workspace": pipeline_run.run.workspace,
        "run": pipeline_run.run,
        "step": found,
        "port": port,
        "shown": outputs.shown(found, port),
        "config": _explore_config(workspace, pipeline_run, step, port),
    }
    if request.GET.get("part") == "body":
        return render(request, "runs/pipelines/run/output.html#body", {**context, "is_part": True})
    context |= run_context(request, pipeline_run.run, tab="run-graph")
    reader.wake()
    return page(request, "runs/pipelines/run/output.html", context)


@login_required
@require_POST
def output_csv(request: HttpRequest, workspace: str, run_id: str, step: str, port: str) -> HttpResponseBase:
    """The table that went through, or the result of one SELECT over it, as a CSV file."""
    found = engine_queries.step_at(_of(request, run_id).run, step)
    sql = request.POST.get("sql", "")
    if len(sql) > MOST_SQL:
        raise Invalid("bad_question", f"SQL has at most {MOST_SQL:,} characters.")
    return exporting.csv_answer(outputs.table_of(found, port), sql, f"{run_id}-{step}-{port}")


@login_required
@require_safe
def compare(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    """This run beside another one of a pipeline: what differs, node by node."""
    pipeline_run = _of(request, run_id)
    other_id = request.GET.get("with", "").strip()
    context: dict[str, Any] = {
        **run_context(request, pipeline_run.run, tab="run-graph"),
        "others": queries.others(pipeline_run),
        "other_id": other_id,
    }
    if other_id:
        try:
            other = _of(request, other_id)
            context["compared"] = comparing.compare(other, pipeline_run)
            context["others"] = [other, *(one for one in context["others"] if one.pk != other.pk)]
        except StudioError as error:
            context["problem"] = error
    return page(request, "runs/pipelines/run/compare.html", context)


def _of(request: HttpRequest, run_id: str) -> PipelineRun:
    return engine_queries.pipeline_run_of(access.get_or_404(request, Run, run_id, Permission.RUN_VIEW))


def _opened(request: HttpRequest, pipeline_run: PipelineRun) -> Any:
    """The panel that the address asks for, if there is such a step."""
    path = request.GET.get("step", "")
    if not path:
        return None
    try:
        return pages.step_panel(engine_queries.step_at(pipeline_run.run, path))
    except StudioError:
        return None


def _explore_config(workspace: str, pipeline_run: PipelineRun, step: str, port: str) -> dict[str, Any]:
    kwargs = {"workspace": workspace, "run_id": pipeline_run.pk, "step": step, "port": port}
    urls = {name: reverse(f"api-step-output-{name}", kwargs=kwargs) for name in ("rows", "sql", "sketch", "chart")}
    urls["export"] = reverse("run-step-output-csv", kwargs=kwargs)
    return {"urls": urls, "key": f"{workspace}/{pipeline_run.pk}/{step}/{port}", "rows": None}
