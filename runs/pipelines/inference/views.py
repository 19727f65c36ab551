"""A real-time inference pipeline becomes a model, from its page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from runs.pipelines.inference import registering
from runs.pipelines.models import Pipeline
from studio import access
from studio.access import Permission
from studio.errors import StudioError


@login_required
@require_POST
def pipeline_model(request: HttpRequest, workspace: str, pk: int) -> HttpResponse:
    """The next version of a model, from whose page it is deployed."""
    access.workspace_or_404(request, Permission.MODEL_EDIT)
    pipeline = access.get_or_404(request, Pipeline, pk, Permission.PIPELINE_VIEW)
    name = request.POST.get("name", "").strip()
    try:
        made = registering.register_model(actor=request.user, pipeline=pipeline, name=name)
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
        return redirect(pipeline.get_absolute_url())
    messages.success(request, f"{made} was made of {pipeline.name}. It can be deployed.")
    return redirect(made.get_absolute_url())
