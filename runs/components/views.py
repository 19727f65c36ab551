"""Pages of components: the list, one of the studio's own, a registered version."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from runs.components import pages, queries, services
from runs.components.models import Component
from studio import access
from studio.access import Permission
from studio.errors import NotFound, StudioError
from studio.web.page import page

VIEW, EDIT, DELETE = Permission.COMPONENT_VIEW, Permission.COMPONENT_EDIT, Permission.COMPONENT_DELETE


@login_required
@require_GET
def component_list(request: HttpRequest, workspace: str) -> HttpResponse:
    found = access.workspace_or_404(request, VIEW)
    context = {"workspace": found, "page": pages.list_page(request, found)}
    return page(request, "runs/components/list.html", context, part="rows")


@login_required
@require_GET
def component_own(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """One of the studio's own."""
    found = access.workspace_or_404(request, VIEW)
    context = {"workspace": found, "page": pages.own_page(request, found, name)}
    return page(request, "runs/components/detail.html", context)


@login_required
@require_GET
def component_detail(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """A registered name: its newest version, archived or not."""
    component = _component(request, name, VIEW)
    rows = queries.versions_of(component)
    newest = rows.filter(is_archived=False).first() or rows.first()
    if newest is None:
        raise NotFound("not_found", f"Every version of {component.name} was deleted.")
    return redirect("component-version", workspace, component.name, newest.version)


@login_required
@require_GET
def component_version(request: HttpRequest, workspace: str, name: str, ref: str) -> HttpResponse:
    component = _component(request, name, VIEW)
    version = queries.version_at(component, ref)
    context = {"workspace": component.workspace, "page": pages.version_page(request, version)}
    return page(request, "runs/components/detail.html", context)


@login_required
@require_POST
def component_archive(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """Out of the palette, or back again (`restore=1`)."""
    component = _component(request, name, EDIT)
    is_archived = request.POST.get("restore") != "1"
    said = f"{component.name} is {'archived' if is_archived else 'restored'}."
    _try(request, lambda: services.archive(actor=request.user, component=component, is_archived=is_archived), said)
    return redirect("component-list", workspace)


@login_required
@require_POST
def component_version_archive(request: HttpRequest, workspace: str, name: str, ref: str) -> HttpResponse:
    version = queries.version_at(_component(request, name, EDIT), ref)
    is_archived = request.POST.get("restore") != "1"
    said = f"{version} is {'archived' if is_archived else 'restored'}."
    _try(request, lambda: services.archive_version(actor=request.user, version=version, is_archived=is_archived), said)
    return redirect(version.get_absolute_url())


@login_required
@require_POST
def component_version_delete(request: HttpRequest, workspace: str, name: str, ref: str) -> HttpResponse:
    version = queries.version_at(_component(request, name, DELETE), ref)
    address = version.get_absolute_url()
    is_done = _try(
        request, lambda: services.delete_version(actor=request.user, version=version), f"{version} is deleted."
    )
    return redirect("component-list", workspace) if is_done else redirect(address)


def _component(request: HttpRequest, name: str, permission: Permission) -> Component:
    workspace = access.workspace_or_404(request, permission)
    found = access.get_or_404(request, Component, None, permission, name=name)
    found.workspace = workspace
    return found


def _try(request: HttpRequest, act: Callable[[], object], said: str) -> bool:
    try:
        act()
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
        return False
    messages.success(request, said)
    return True
