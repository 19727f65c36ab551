"""Pages of reports."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from runs.reports import pages, pdf, queries, reading, services, shapes
from runs.reports.forms import ReportForm
from runs.reports.models import MAX_BODY, Report
from studio import access
from studio.access import Permission
from studio.errors import StudioError
from studio.web.page import page

MOST_VERSIONS = 200  # on the page; REST lists them all
STARTER = """## What we wanted to know

## What we found

```chart
metrics: [val/loss]
experiment: vision/digits
```

## What is next
"""


@login_required
@require_safe
def report_list(request: HttpRequest, workspace: str) -> HttpResponse:
    here = access.workspace_or_404(request, Permission.REPORT_VIEW)
    can_edit = access.allows(request, Permission.REPORT_EDIT, here)
    context = {
        "workspace": here,
        "reports": queries.reports_in(here, with_drafts=can_edit),
        "can_edit": can_edit,
    }
    return page(request, "runs/reports/list.html", context, part="rows")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report_new(request: HttpRequest, workspace: str) -> HttpResponse:
    here = access.workspace_or_404(request, Permission.REPORT_EDIT)
    form = ReportForm(request.POST or None, initial={"body": STARTER})
    if request.method == "POST" and form.is_valid():
        report = services.create_report(
            actor=request.user, workspace=here, title=form.cleaned_data["title"], body=form.cleaned_data["body"]
        )
        return redirect(report.get_absolute_url())
    context = {"workspace": here, "form": form, "report": None}
    return page(request, "runs/reports/edit.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def report_page(request: HttpRequest, workspace: str, report_id: str) -> HttpResponse:
    report = reading.report_or_404(request, report_id)
    can_edit = access.allows(request, Permission.REPORT_EDIT, report.workspace)
    shown = pages.parts(report.workspace, report.body, request.user)
    context = {
        "workspace": report.workspace,
        "report": report,
        "parts": shown,
        "topics": pages.live_topics(shown),
        "revisions": queries.revisions_of(report)[:MOST_VERSIONS] if can_edit else [],
        "can_edit": can_edit,
    }
    return page(request, "runs/reports/report.html", context, part="parts")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def report_edit(request: HttpRequest, workspace: str, report_id: str) -> HttpResponse:
    report = reading.report_or_404(request, report_id, Permission.REPORT_EDIT)
    start = {"title": report.title, "body": report.body, "version": report.version}
    form = ReportForm(request.POST or None, initial=start)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and _saved(request, report, form):
            return redirect(report.get_absolute_url())
    context = {"workspace": report.workspace, "report": report, "form": form}
    return page(request, "runs/reports/edit.html", context, status=status)


@login_required
@require_POST
def report_preview(request: HttpRequest, workspace: str) -> HttpResponse:
    """The text of an open editor as it would be shown; nothing is saved."""
    here = access.workspace_or_404(request, Permission.REPORT_EDIT)
    shown = pages.parts(here, request.POST.get("body", "")[:MAX_BODY], request.user)
    return page(request, "runs/reports/preview.html", {"workspace": here, "parts": shown})


@login_required
@require_POST
def report_publish(request: HttpRequest, workspace: str, report_id: str) -> HttpResponse:
    """Publish, or take back: whichever the form names."""
    report = reading.report_or_404(request, report_id, Permission.REPORT_EDIT)
    is_published = request.POST.get("publish") == "1"
    services.publish_report(actor=request.user, report=report, is_published=is_published)
    messages.success(
        request, "Every member can read this report now." if is_published else "The report is a draft again."
    )
    return redirect(report.get_absolute_url())


@login_required
@require_POST
def report_delete(request: HttpRequest, workspace: str, report_id: str) -> HttpResponse:
    report = reading.report_or_404(request, report_id, Permission.REPORT_EDIT)
    services.delete_report(actor=request.user, report=report)
    messages.success(request, f"{report.title} was deleted.")
    return redirect("report-list", workspace=workspace)


@login_required
@require_safe
def report_version(request: HttpRequest, workspace: str, report_id: str, version: int) -> HttpResponse:
    """What the report said before."""
    report = reading.report_or_404(request, report_id, Permission.REPORT_EDIT)
    found = queries.revision(report, version)
    context = {
        "workspace": report.workspace,
        "report": report,
        "revision": found,
        "parts": pages.parts(report.workspace, found.body, request.user),
    }
    return page(request, "runs/reports/version.html", context)


@login_required
@require_safe
def report_chart(request: HttpRequest, workspace: str, report_id: str, number: int) -> HttpResponse:
    """The curves of one chart, for its element to draw and to draw again."""
    report = reading.report_or_404(request, report_id)
    found = queries.chart(report.workspace, reading.chart_block(report, number), request.user)
    return JsonResponse(shapes.chart(found))


@login_required
@require_safe
def report_pdf(request: HttpRequest, workspace: str, report_id: str) -> HttpResponse:
    report = reading.report_or_404(request, report_id)
    return pdf.download(report, pages.parts(report.workspace, report.body, request.user))


def _saved(request: HttpRequest, report: Report, form: ReportForm) -> bool:
    values = form.cleaned_data
    try:
        services.save_report(
            actor=request.user,
            report=report,
            version=values["version"] or report.version,
            title=values["title"],
            body=values["body"],
        )
    except StudioError as error:
        form.add_error(None, f"{error.message} {error.hint}")
        return False
    return True
