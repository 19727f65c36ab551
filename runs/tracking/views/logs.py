"""The log of a run: the page around the viewer, which reads through the REST API, and the file itself."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from compute.jobs import logs
from runs.tracking.models import Run
from runs.tracking.pages import downloads
from runs.tracking.views.run_page import run_context
from studio import access
from studio.access import Permission
from studio.web.page import page


@login_required
@require_safe
def run_logs(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
    return page(request, "runs/run/logs.html", run_context(request, run, tab="run-logs"))


@login_required
@require_safe
def run_log_raw(request: HttpRequest, workspace: str, run_id: str) -> StreamingHttpResponse:
    """The whole log as a text file, as far as it has come."""
    run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
    pieces = logs.raw(run.job) if run.job else iter(())
    response = StreamingHttpResponse(pieces, content_type="text/plain; charset=utf-8")
    response.headers["Content-Disposition"] = downloads.attachment(f"{run.pk}.log")
    return response
