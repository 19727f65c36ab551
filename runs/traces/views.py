"""Pages of traces."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from runs.traces import forms, pages, queries, waterfall
from runs.traces.models import Trace
from runs.traces.services import assessments, records
from runs.traces.services.assessments import Correction, Verdict
from runs.tracking.models import Experiment, Run
from runs.tracking.pages import run_page
from studio import access
from studio.access import Permission
from studio.accounts.models import User
from studio.web.page import page


@login_required
@require_safe
def trace_list(request: HttpRequest, workspace: str) -> HttpResponse:
    """The traces of the workspace, or of one experiment."""
    here = access.workspace_or_404(request, Permission.RUN_VIEW)
    path = request.GET.get("experiment", "")
    experiment = access.get_or_404(request, Experiment, None, Permission.EXPERIMENT_VIEW, path=path) if path else None
    context = {
        "workspace": here,
        "experiment": experiment,
        "list": pages.trace_list(request, experiment=experiment),
        "hint": pages.HINT,
        "is_filtered": bool(request.GET.get("q")),
        "is_live": not request.GET.get("cursor"),
    }
    return page(request, "runs/traces/list.html", context, part="rows")


@login_required
@require_safe
def run_traces(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    """The run's tab: what was traced while it ran."""
    run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
    context = {
        "workspace": run.workspace,
        "run": run,
        "tab_path": request.path,
        "head": run_page.run_head(request, run, tab="run-traces"),
        "snippet": run_page.SNIPPET,
        "list": pages.trace_list(request, run=run),
        "hint": pages.HINT,
        "is_filtered": bool(request.GET.get("q")),
        "is_live": not request.GET.get("cursor"),
    }
    return page(request, "runs/traces/run.html", context, part="rows")


@login_required
@require_safe
def trace_detail(request: HttpRequest, workspace: str, trace_id: str) -> HttpResponse:
    """One trace: its waterfall, with one span beside it, and what was said of it."""
    trace = access.get_or_404(request, Trace, None, Permission.RUN_VIEW, trace_id=trace_id)
    part = request.GET.get("part", "")
    return page(
        request, "runs/traces/detail.html", _context(request, trace), part=part if part in ("live", "opinions") else ""
    )


@login_required
@require_safe
def trace_span(request: HttpRequest, workspace: str, trace_id: str, span_id: str) -> HttpResponse:
    """The panel of one span."""
    trace = access.get_or_404(request, Trace, None, Permission.RUN_VIEW, trace_id=trace_id)
    if not getattr(request, "htmx", None):
        return redirect(f"{trace.get_absolute_url()}?span={span_id}")
    span = queries.span_of(trace, span_id)
    opinions = list(trace.assessments.all())
    context = {"workspace": trace.workspace, "trace": trace, "panel": pages.span_panel(span, opinions)}
    return render(request, "runs/traces/panel.html", context)


@login_required
@require_POST
def trace_assess(request: HttpRequest, workspace: str, trace_id: str) -> HttpResponse:
    """A person's assessment: given, corrected, or taken away."""
    trace = access.get_or_404(request, Trace, None, Permission.RUN_EDIT, trace_id=trace_id)
    if request.POST.get("action") == "delete":
        assessments.remove(actor=request.user, trace=trace, assessment_id=request.POST.get("assessment_id", ""))
        return redirect(f"{trace.get_absolute_url()}#assessments")
    form = forms.AssessmentForm(request.POST)
    if not form.is_valid():
        context = _context(request, trace, form=form)
        return page(request, "runs/traces/detail.html", context, part="opinions", status=422)
    _assess(request, trace, form.cleaned_data)
    return redirect(f"{trace.get_absolute_url()}#assessments")


@login_required
@require_POST
def trace_delete(request: HttpRequest, workspace: str, trace_id: str) -> HttpResponse:
    trace = access.get_or_404(request, Trace, None, Permission.RUN_DELETE, trace_id=trace_id)
    records.delete_by_id(actor=request.user, workspace=trace.workspace, trace_ids=[trace.trace_id])
    messages.success(request, f"The trace {trace} is deleted.")
    return redirect("trace-list", workspace=workspace)


def _assess(request: HttpRequest, trace: Trace, given: dict[str, Any]) -> None:
    if given["assessment_id"]:
        correction = Correction(
            name=given["name"], kind=given["kind"], value=given["value"], rationale=given["rationale"]
        )
        found = assessments.one(trace, given["assessment_id"])
        assessments.correct(actor=request.user, assessment=found, correction=correction)
        return
    verdict = Verdict(
        name=given["name"],
        kind=given["kind"],
        value=given["value"],
        source_type=assessments.HUMAN,
        source_id=cast(User, request.user).email,
        rationale=given["rationale"] or None,
        span_id=given["span_id"],
    )
    assessments.assess(actor=request.user, trace=trace, verdict=verdict)


def _context(request: HttpRequest, trace: Trace, form: forms.AssessmentForm | None = None) -> dict[str, Any]:
    shown = waterfall.waterfall(trace, everything="all" in request.GET)
    span_id = request.GET.get("span", "") or (shown.rows[0].span_id if shown.rows else "")
    span = queries.maybe_span(trace, span_id)
    what = pages.trace_page(request, trace)
    return {
        "workspace": trace.workspace,
        "trace": trace,
        "page": what,
        "waterfall": shown,
        "chosen": span.span_id if span else "",
        "panel": pages.span_panel(span, what.facts.assessments) if span else None,
        "form": form or forms.AssessmentForm(),
        "is_form_open": form is not None,
    }
