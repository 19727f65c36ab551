"""Pages of pipelines: the list with its samples, and the versions of one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from runs.pipelines.drafts import forms, pages, queries, services
from runs.pipelines.models import Pipeline
from studio import access
from studio.access import Permission
from studio.errors import StudioError
from studio.web.forms import blame
from studio.web.page import page

VIEW, EDIT = Permission.PIPELINE_VIEW, Permission.PIPELINE_EDIT


@login_required
@require_http_methods(["GET", "POST"])
def pipeline_list(request: HttpRequest, workspace: str) -> HttpResponse:
    """Samples and pipelines; POST makes one and opens its canvas."""
    is_new = request.method == "POST"
    found = access.workspace_or_404(request, EDIT if is_new else VIEW)
    form = forms.NewPipelineForm(request.POST if is_new else None)
    if is_new and form.is_valid():
        try:
            made = services.create(actor=request.user, workspace=found, **form.cleaned_data)
            return redirect(made.get_absolute_url())
        except StudioError as error:
            blame(form, error)
    context = {"workspace": found, "page": pages.list_page(request, found), "form": form}
    status = 422 if form.is_bound else 200
    return page(request, "runs/pipelines/list.html", context, part="rows", status=status)


@login_required
@require_POST
def pipeline_describe(request: HttpRequest, workspace: str, pk: int) -> HttpResponse:
    """Another name or other words."""
    pipeline = _pipeline(request, pk, EDIT)
    form = forms.EditPipelineForm(request.POST)
    if not form.is_valid():
        messages.error(request, f"A pipeline has a name of at most {forms.names.MAX_NAME} characters.")
        return redirect("pipeline-list", workspace)
    try:
        services.edit(actor=request.user, pipeline=pipeline, **form.cleaned_data)
        messages.success(request, f"{form.cleaned_data['name']} was saved.")
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
    return redirect("pipeline-list", workspace)


@login_required
@require_POST
def pipeline_archive(request: HttpRequest, workspace: str, pk: int) -> HttpResponse:
    """Put a pipeline away, or bring it back."""
    pipeline = _pipeline(request, pk, EDIT)
    changed = services.archive(actor=request.user, pipeline=pipeline, is_archived=not pipeline.is_archived)
    messages.success(request, f"{changed.name} was {'archived' if changed.is_archived else 'brought back'}.")
    return redirect("pipeline-list", workspace)


@login_required
@require_POST
def pipeline_clone(request: HttpRequest, workspace: str, pk: int) -> HttpResponse:
    """A copy, opened."""
    pipeline = _pipeline(request, pk, EDIT)
    try:
        return redirect(services.clone(actor=request.user, pipeline=pipeline).get_absolute_url())
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
    return redirect("pipeline-list", workspace)


@login_required
@require_POST
def pipeline_delete(request: HttpRequest, workspace: str, pk: int) -> HttpResponse:
    pipeline = _pipeline(request, pk, Permission.PIPELINE_DELETE)
    try:
        services.delete(actor=request.user, pipeline=pipeline)
        messages.success(request, f"The pipeline {pipeline.name} was deleted.")
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
    return redirect("pipeline-list", workspace)


@login_required
@require_GET
def pipeline_versions(request: HttpRequest, workspace: str, pk: int) -> HttpResponse:
    """The versions of a pipeline, and what differs between two."""
    pipeline = _pipeline(request, pk, VIEW)
    context = {
        "workspace": pipeline.workspace,
        "page": pages.versions_page(request, pipeline),
        "form": forms.KeepForm(),
    }
    return page(request, "runs/pipelines/versions.html", context, part="rows")


@login_required
@require_POST
def pipeline_keep(request: HttpRequest, workspace: str, pk: int) -> HttpResponse:
    """The draft as a version."""
    pipeline = _pipeline(request, pk, EDIT)
    form = forms.KeepForm(request.POST)
    if form.is_valid():
        kept = services.keep_version(actor=request.user, pipeline=pipeline, **form.cleaned_data)
        words = "is kept" if kept.number > pipeline.version_count else "is what the draft says already"
        messages.success(request, f"Version {kept.number} {words}.")
    return redirect("pipeline-versions", workspace, pk)


@login_required
@require_POST
def pipeline_restore(request: HttpRequest, workspace: str, pk: int, number: int) -> HttpResponse:
    """A version as the draft."""
    pipeline = _pipeline(request, pk, EDIT)
    version = queries.version_at(pipeline, number)
    services.restore_version(actor=request.user, version=version)
    messages.success(request, f"Version {version.number} is the draft again.")
    return redirect("pipeline-versions", workspace, pk)


def _pipeline(request: HttpRequest, pk: int, permission: Permission) -> Pipeline:
    workspace = access.workspace_or_404(request, permission)
    found: Pipeline = access.get_or_404(request, Pipeline, pk, permission)
    found.workspace = workspace
    return found
