"""Runs side by side."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from runs.tracking.models import Run
from runs.tracking.pages import charts as chart_pages
from runs.tracking.pages import compare as compare_pages
from runs.tracking.pages import diffs
from runs.tracking.pages import why as why_pages
from studio import access
from studio.access import Permission
from studio.web.page import page

VIEWS = ("charts", "code", "why")


@login_required
@require_safe
def compare(request: HttpRequest, workspace: str) -> HttpResponse:
    """The runs of `?ids=a,b,c`: what differs, their charts, and the code of two of them."""
    here = access.workspace_or_404(request, Permission.RUN_VIEW)
    asked = list(dict.fromkeys(name for name in request.GET.get("ids", "").split(",") if name))
    runs = chart_pages.runs_named(access.visible(request, Run), request.GET, compare_pages.MOST)
    context = {"workspace": here, "runs": runs, "asked": asked, "statistics": compare_pages.STATISTICS}
    if len(runs) < compare_pages.FEWEST:
        return page(request, "runs/compare/few.html", context)
    view = request.GET.get("view", "")
    shown = compare_pages.compare_page(
        runs,
        asked=asked,
        baseline_id=request.GET.get("baseline", ""),
        only_differences=request.GET.get("all") != "1",
        statistic=request.GET.get("value", "last"),
    )
    context |= {"view": view if view in VIEWS else "table", "page": shown}
    if view == "why":
        context |= why_pages.why_page(runs, request.GET)
    if view == "code" and shown.can_diff:
        context |= diffs.code_page(runs, request.GET)
    return page(request, "runs/compare/page.html", context, part="table" if request.GET.get("part") == "table" else "")
