"""The tabs Explore and Profile of a version, within the frame of the asset's pages."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from registry.data.assets import frame
from registry.data.assets import queries as assets
from registry.data.assets.models import DataAsset, DataVersion
from registry.data.explore import exporting, pages, serializers, services, tables
from studio import access
from studio.access import Permission
from studio.errors import Invalid, NotFound, StudioError
from studio.web.page import page


@login_required
@require_GET
def explore(request: HttpRequest, workspace: str, name: str, ref: str) -> HttpResponse:
    version = _version(request, name, ref)
    context = {**_frame(request, version, "Explore"), "page": pages.explore_page(version)}
    return page(request, "registry/data/explore/explore.html", context)


@login_required
@require_GET
def profile(request: HttpRequest, workspace: str, name: str, ref: str) -> HttpResponse:
    version = _version(request, name, ref)
    context = {**_frame(request, version, "Profile"), "page": pages.profile_page(request, version)}
    return page(request, "registry/data/explore/profile.html", context, part="profile")


@login_required
@require_POST
def profile_start(request: HttpRequest, workspace: str, name: str, ref: str) -> HttpResponse:
    access.workspace_or_404(request, Permission.DATA_EDIT)
    version = _version(request, name, ref)
    try:
        services.start_profile(actor=request.user, version=version)
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
    return redirect("data-profile-part", workspace, name, ref)


@login_required
@require_GET
def profile_drift(request: HttpRequest, workspace: str, name: str, ref: str) -> HttpResponse:
    """What changed since the version `with`: the table alone."""
    version = _version(request, name, ref)
    context = {"workspace": version.asset.workspace, "version": version}
    ref = request.GET.get("with", "")
    try:
        found = pages.drift_page(version, ref) if ref else None
    except NotFound as error:
        return page(request, "registry/data/explore/drift.html", {**context, "problem": error}, status=404)
    return page(request, "registry/data/explore/drift.html", {**context, "page": found})


@login_required
@require_POST
def export(request: HttpRequest, workspace: str, name: str, ref: str) -> HttpResponseBase:
    """The table, or the result of one SELECT over it, as a CSV file."""
    version = _version(request, name, ref)
    sql = request.POST.get("sql", "")
    if len(sql) > serializers.MAX_SQL:
        raise Invalid("bad_question", f"SQL has at most {serializers.MAX_SQL:,} characters.")
    name = f"{version.asset.name}-{version.version}"
    return exporting.csv_answer(tables.table_of(version), sql, name)


def _frame(request: HttpRequest, version: DataVersion, tab: str) -> dict[str, Any]:
    """What stands around the tab: the asset's own frame."""
    asset = version.asset
    return {
        "workspace": asset.workspace,
        "asset": asset,
        "version": version,
        "frame": frame.frame(request, version, tab),
    }


def _version(request: HttpRequest, name: str, ref: str) -> DataVersion:
    asset = access.get_or_404(request, DataAsset, None, Permission.DATA_VIEW, name=name)
    found = assets.version_at(asset, ref)
    found.asset = asset
    return found
