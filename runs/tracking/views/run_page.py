"""A run's address, its head and its overview."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from registry.mlmodels import queries as mlmodels
from runs.tracking.metrics import queries as metric_queries
from runs.tracking.models import Run
from runs.tracking.pages import run_page as run_pages
from runs.tracking.pages import run_tabs
from runs.tracking.queries import runs as run_queries
from studio import access
from studio.access import Permission
from studio.web import markdown
from studio.web.addresses import own_path
from studio.web.page import page

LIVE_PARTS = ("live", "facts", "children")  # what the overview fetches again when it hears of the run


@login_required
@require_safe
def run_home(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    """Where a link to a run leads: its first tab, for most the overview, which shows first what went wrong."""
    run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
    return redirect(run_tabs.home(run), workspace=workspace, run_id=run.pk)


@login_required
@require_safe
def run_overview(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
    part = request.GET.get("part", "")
    if part == "metrics":
        metrics_only = {"run": run, "workspace": run.workspace, "metrics": summaries(run), "snippet": run_pages.SNIPPET}
        return page(request, "runs/run/overview.html", metrics_only, part="metrics")
    if part == "registered":
        return page(request, "runs/run/overview.html", _registered(run), part="registered")
    detail = run_queries.run_detail(run)
    context = {
        **run_context(request, run, tab="run-overview"),
        **_registered(run),
        "detail": detail,
        "log_lines": run_pages.log_lines(detail.failure),
        "metrics": summaries(run),
        "timeline": run_pages.timeline(run.job),
        "git": run_pages.facts(run),
        "origin": run_pages.origin(run),
        "description": markdown.to_html(run.description),
    }
    return page(request, "runs/run/overview.html", context, part=part if part in LIVE_PARTS else "")


@login_required
@require_safe
def run_head(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    """The moving parts of the head, or 204 when `seen` says that the page has them already."""
    run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
    context = run_context(request, run, tab="")
    if request.GET.get("seen") == context["head"].signature:
        return HttpResponse(status=204)
    # The buttons lead back to the tab that asked, not to this address of a part.
    tab_path = own_path(request.GET.get("tab", ""), otherwise=run.get_absolute_url())
    return render(request, "runs/run/head.html", {**context, "tab_path": tab_path, "swap": True})


def run_context(request: HttpRequest, run: Run, *, tab: str) -> dict[str, Any]:
    """What every tab of the run's page needs."""
    return {
        "workspace": run.workspace,
        "run": run,
        "tab_path": request.path,
        "head": run_pages.run_head(request, run, tab=tab),
        "snippet": run_pages.SNIPPET,
    }


def summaries(run: Run) -> list[Any]:
    """The run's own metrics; what the system reported has a tab of its own."""
    return [summary for summary in metric_queries.summaries(run) if not summary.key.startswith("system/")]


def _registered(run: Run) -> dict[str, Any]:
    """The model versions that were made of this run."""
    registered = mlmodels.versions_from_runs(run.workspace, [run.pk]).get(run.pk, [])
    return {"run": run, "workspace": run.workspace, "registered": registered}
