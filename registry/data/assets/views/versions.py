"""One version of a data asset: its tabs, its files, and what can be changed about it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST, require_safe

from registry.data.assets import api, forms, frame, pages, queries, services, snippets
from registry.data.assets.models import DataAsset, DataVersion
from studio import access
from studio.access import Permission
from studio.errors import StudioError
from studio.web.page import page


@login_required
@require_GET
def details(request: HttpRequest, workspace: str, name: str, ref: str) -> HttpResponse:
    version = _version(request, name, ref)
    context = {
        **_frame(request, version, "Details"),
        "page": pages.details(version),
        "form": forms.WordsForm(initial={"description": version.description}),
        "asset_form": forms.WordsForm(initial={"description": version.asset.description}, auto_id="id_asset_%s"),
    }
    return page(request, "registry/data/assets/details.html", context, part="details")


@login_required
@require_GET
def lineage(request: HttpRequest, workspace: str, name: str, ref: str) -> HttpResponse:
    version = _version(request, name, ref)
    context = {**_frame(request, version, "Lineage"), "page": pages.lineage_of(version)}
    return page(request, "registry/data/assets/lineage.html", context, part="lineage")


@login_required
@require_GET
def consume(request: HttpRequest, workspace: str, name: str, ref: str) -> HttpResponse:
    version = _version(request, name, ref)
    context = {**_frame(request, version, "Consume"), "snippets": snippets.snippets(version)}
    return page(request, "registry/data/assets/consume.html", context)


@login_required
@require_POST
def edit(request: HttpRequest, workspace: str, name: str, ref: str) -> HttpResponse:
    version = _to_change(request, name, ref)
    form = forms.WordsForm(request.POST)
    if form.is_valid():
        services.edit_version(actor=request.user, version=version, description=form.cleaned_data["description"])
    else:
        messages.error(request, "The description is too long.")
    return redirect(version.get_absolute_url())


@login_required
@require_POST
def tag(request: HttpRequest, workspace: str, name: str, ref: str) -> HttpResponse:
    """Set a tag, or take it away."""
    version = _to_change(request, name, ref)
    form = forms.TagForm(request.POST)
    if not form.is_valid():
        messages.error(request, "A tag has a key of at most 255 characters.")
        return redirect(version.get_absolute_url())
    value = None if form.cleaned_data["remove"] else form.cleaned_data["value"]
    try:
        services.edit_version(actor=request.user, version=version, tags={form.cleaned_data["key"]: value})
    except StudioError as error:
        messages.error(request, error.message)
    return redirect(version.get_absolute_url())


@login_required
@require_POST
def archive(request: HttpRequest, workspace: str, name: str, ref: str) -> HttpResponse:
    """Out of what `latest` means, or back (`restore=1`)."""
    version = _to_change(request, name, ref)
    is_archived = request.POST.get("restore") != "1"
    services.archive_version(actor=request.user, version=version, is_archived=is_archived)
    messages.success(request, f"{version} is {'archived' if is_archived else 'restored'}.")
    return redirect(version.get_absolute_url())


@login_required
@require_POST
def retry(request: HttpRequest, workspace: str, name: str, ref: str) -> HttpResponse:
    version = _to_change(request, name, ref)
    try:
        services.settle_again(actor=request.user, version=version)
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
    return redirect(version.get_absolute_url())


@login_required
@require_POST
def delete(request: HttpRequest, workspace: str, name: str, ref: str) -> HttpResponse:
    access.workspace_or_404(request, Permission.DATA_DELETE)
    version = _version(request, name, ref)
    words = str(version)
    try:
        services.delete_version(actor=request.user, version=version)
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
        return redirect(version.get_absolute_url())
    messages.success(request, f"{words} was deleted.")
    return redirect("data-asset", workspace=workspace, name=name)


@login_required
@require_safe
def raw(request: HttpRequest, workspace: str, name: str, ref: str) -> HttpResponseBase:
    """The bytes of the file `?path=`, always as a download."""
    return api.served(request, _version(request, name, ref), request.GET.get("path", ""))


@login_required
@require_safe
def files_zip(request: HttpRequest, workspace: str, name: str, ref: str) -> HttpResponseBase:
    """All files in one archive, made on the way."""
    return api.zipped(_version(request, name, ref))


def _version(request: HttpRequest, name: str, ref: str) -> DataVersion:
    asset = access.get_or_404(request, DataAsset, None, Permission.DATA_VIEW, name=name)
    found = queries.version_at(asset, ref)
    found.asset = asset
    return found


def _to_change(request: HttpRequest, name: str, ref: str) -> DataVersion:
    access.workspace_or_404(request, Permission.DATA_EDIT)
    return _version(request, name, ref)


def _frame(request: HttpRequest, version: DataVersion, current: str) -> dict[str, Any]:
    return {
        "workspace": version.asset.workspace,
        "asset": version.asset,
        "version": version,
        "frame": frame.frame(request, version, current),
    }
