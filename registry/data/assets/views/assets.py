"""Data assets: the list, the wizard, what is done with all versions of a name."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from registry.data.assets import forms, pages, queries, services, wizard
from registry.data.assets.models import DataAsset
from studio import access
from studio.access import Permission
from studio.errors import NotFound, StudioError
from studio.web.page import page


@login_required
@require_GET
def asset_list(request: HttpRequest, workspace: str) -> HttpResponse:
    found = access.workspace_or_404(request, Permission.DATA_VIEW)
    context = {"workspace": found, "page": pages.asset_list(request, found)}
    return page(request, "registry/data/assets/list.html", context, part="rows")


@login_required
@require_GET
def new(request: HttpRequest, workspace: str) -> HttpResponse:
    """The wizard; what it finds together goes to the REST API. `?name=` makes the next version of an asset."""
    found = access.workspace_or_404(request, Permission.DATA_EDIT)
    context = {"workspace": found, "page": wizard.wizard(request, found)}
    return page(request, "registry/data/assets/new.html", context)


@login_required
@require_GET
def asset(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """On to the newest version; a page of its own for a name without any."""
    found = _asset(request, name)
    latest = queries.latest(found) or queries.versions_of(found).first()
    if latest is not None:
        return redirect(latest.get_absolute_url())
    context = {"workspace": found.workspace, "asset": found, "can": pages.frame.can(request, found.workspace)}
    return page(request, "registry/data/assets/bare.html", context)


@login_required
@require_POST
def edit(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    access.workspace_or_404(request, Permission.DATA_EDIT)
    found = _asset(request, name)
    form = forms.WordsForm(request.POST)
    if form.is_valid():
        services.edit_asset(actor=request.user, asset=found, description=form.cleaned_data["description"])
    else:
        messages.error(request, "The description is too long.")
    return _back(request, found)


@login_required
@require_POST
def archive(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """Out of the list, or back into it (`restore=1`)."""
    access.workspace_or_404(request, Permission.DATA_EDIT)
    found = _asset(request, name)
    is_archived = request.POST.get("restore") != "1"
    services.archive(actor=request.user, asset=found, is_archived=is_archived)
    messages.success(request, f"{found.name} is {'archived' if is_archived else 'back in the list'}.")
    return _back(request, found)


@login_required
@require_POST
def delete(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    access.workspace_or_404(request, Permission.DATA_DELETE)
    found = _asset(request, name)
    try:
        services.delete_asset(actor=request.user, asset=found)
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
        return _back(request, found)
    messages.success(request, f"{name} was deleted.")
    return redirect("data-list", workspace=workspace)


def _asset(request: HttpRequest, name: str) -> DataAsset:
    """The asset of the URL; what may be done with it was judged for the workspace."""
    return access.get_or_404(request, DataAsset, None, Permission.DATA_VIEW, name=name)


def _back(request: HttpRequest, found: DataAsset) -> HttpResponse:
    """To the version the form was on."""
    try:
        version = queries.version_at(found, request.POST.get("version", "")[:100])
    except NotFound:
        return redirect(found.get_absolute_url())
    return redirect(version.get_absolute_url())
