"""One version of a model: its page, its files, and what can be changed about it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST, require_safe

from registry.mlmodels import forms, pages, queries, reviews, stages
from registry.mlmodels.models import ModelVersion, RegisteredModel
from registry.mlmodels.services import versions
from studio import access
from studio.access import Permission
from studio.api import files
from studio.errors import StudioError
from studio.web.page import page


@login_required
@require_GET
def version_detail(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    version = find_version(request, name, number)
    context = {
        "workspace": version.model.workspace,
        "model": version.model,
        "version": version,
        "page": pages.version_page(request, version),
        "review": reviews.review_of(request, version),
        "check_form": forms.CheckForm(),
        "form": forms.VersionForm(initial={"description": version.description}),
        "stage_form": forms.StageForm(initial={"stage": version.stage}, stages=stages.of(version.model.workspace)),
    }
    return page(request, "registry/mlmodels/version.html", context, part="version")


@login_required
@require_POST
def version_edit(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    access.workspace_or_404(request, Permission.MODEL_EDIT)
    version = find_version(request, name, number)
    form = forms.VersionForm(request.POST)
    if form.is_valid():
        versions.edit_version(actor=request.user, version=version, description=form.cleaned_data["description"])
    else:
        messages.error(request, "The description is too long.")
    return redirect(version.get_absolute_url())


@login_required
@require_POST
def version_stage(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    """Into another stage; the version that is there now can be archived with it."""
    access.workspace_or_404(request, Permission.MODEL_EDIT)
    version = find_version(request, name, number)
    form = forms.StageForm(request.POST, stages=stages.of(version.model.workspace))
    if not form.is_valid():
        messages.error(request, "Choose a stage.")
        return redirect(version.get_absolute_url())
    wanted = stages.named(version.model.workspace, form.cleaned_data["stage"])
    archive = form.cleaned_data["archive_existing"] and stages.is_active(wanted)
    try:
        versions.move_to_stage(actor=request.user, version=version, stage=wanted.name, archive_existing=archive)
        messages.success(request, f"Version {version.number} is in the stage {wanted.name} now.")
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
    return redirect(version.get_absolute_url())


@login_required
@require_POST
def version_tag(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    access.workspace_or_404(request, Permission.MODEL_EDIT)
    version = find_version(request, name, number)
    form = forms.TagForm(request.POST)
    if not form.is_valid():
        messages.error(request, "A tag has a key of at most 250 characters.")
        return redirect(version.get_absolute_url())
    value = None if form.cleaned_data["remove"] else form.cleaned_data["value"]
    try:
        versions.set_tags(actor=request.user, version=version, tags={form.cleaned_data["key"]: value})
    except StudioError as error:
        messages.error(request, error.message)
    return redirect(version.get_absolute_url())


@login_required
@require_POST
def version_delete(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    access.workspace_or_404(request, Permission.MODEL_DELETE)
    version = find_version(request, name, number)
    try:
        versions.delete_version(actor=request.user, version=version)
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
        return redirect(version.get_absolute_url())
    messages.success(request, f"Version {number} of {name} was deleted.")
    return redirect("model-detail", workspace=workspace, name=name)


@login_required
@require_safe
def version_raw(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponseBase:
    """The bytes of one file, as a download."""
    found = queries.file_at(find_version(request, name, number), request.GET.get("path", ""))
    return files.download(request, found.blob, name=found.path, content_type=found.content_type)


@login_required
@require_safe
def version_zip(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponseBase:
    """All files in one archive, made on the way."""
    version = find_version(request, name, number)
    return files.zipped(queries.files_of(version).iterator(), name=f"{name}-{number}.zip")


def find_version(request: HttpRequest, name: str, number: int) -> ModelVersion:
    """The version of the URL; what may be done with it was judged for the workspace."""
    model = access.get_or_404(request, RegisteredModel, None, Permission.MODEL_VIEW, name=name)
    return queries.version_at(model, min(number, 2**31 - 1))
