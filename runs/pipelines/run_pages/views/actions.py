"""What people do to a pipeline's run from its page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from runs.pipelines.engine import queries as engine_queries
from runs.pipelines.engine import services as engine
from runs.pipelines.inference import services as inference
from runs.tracking.models import Run
from studio import access
from studio.access import Permission
from studio.errors import StudioError


@login_required
@require_POST
def rerun(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    """The same pipeline again: what failed and what comes after, or with `all=1` everything that changed."""
    run = access.get_or_404(request, Run, run_id, Permission.RUN_SUBMIT)
    engine_queries.pipeline_run_of(run)
    try:
        again = engine.rerun(actor=request.user, run=run, failed_only=not request.POST.get("all"))
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
        return redirect(run.get_absolute_url())
    messages.success(request, f"{again.name} was started.")
    return redirect(again.get_absolute_url())


@login_required
@require_POST
def make_inference(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    """A pipeline that answers requests, or scores tables, with what this run learned."""
    access.workspace_or_404(request, Permission.PIPELINE_EDIT)
    run = access.get_or_404(request, Run, run_id, Permission.RUN_VIEW)
    pipeline_run = engine_queries.pipeline_run_of(run)
    try:
        made = inference.create_inference(
            actor=request.user,
            pipeline_run=pipeline_run,
            kind=request.POST.get("kind", "realtime"),
            node=request.POST.get("node", ""),
        )
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
        return redirect(run.get_absolute_url())
    messages.success(request, f"{made.name} was made of what this run learned.")
    return redirect(made.get_absolute_url())
