"""The page on which a pipeline is drawn."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from runs.pipelines.designer import pages
from runs.pipelines.models import Pipeline
from studio import access
from studio.access import Permission
from studio.web.page import page


@login_required
@require_safe
def pipeline_edit(request: HttpRequest, workspace: str, pk: int) -> HttpResponse:
    """The canvas; who may not edit sees it all the same."""
    found = access.workspace_or_404(request, Permission.PIPELINE_VIEW)
    pipeline: Pipeline = access.get_or_404(request, Pipeline, pk, Permission.PIPELINE_VIEW)
    pipeline.workspace = found
    context = {"workspace": found, "page": pages.designer_page(request, pipeline)}
    return page(request, "runs/pipelines/designer/edit.html", context)
