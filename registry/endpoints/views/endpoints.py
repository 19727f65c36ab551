"""The list of endpoints, an endpoint's first page, and what is done to it as a whole."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from registry.endpoints import forms, services
from registry.endpoints.models import Endpoint
from registry.endpoints.pages import listing, origins, overview, rows, shares
from registry.endpoints.views import found
from studio import access
from studio.access import Permission
from studio.errors import StudioError
from studio.web.forms import blame, tag_lines
from studio.web.page import page
from studio.web.templatetags import ui


@login_required
@require_GET
def endpoint_list(request: HttpRequest, workspace: str) -> HttpResponse:
    there = access.workspace_or_404(request, Permission.ENDPOINT_VIEW)
    context = {"workspace": there, "page": listing.endpoint_list(request, there)}
    return page(request, "registry/endpoints/list.html", context, part="rows")


@login_required
@require_GET
def endpoint_detail(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """Traffic and deployments; `?part=state` is the chip beside the name alone."""
    endpoint = found.endpoint(request, name)
    deployments = rows.deployments_of(endpoint)
    head = overview.head(request, endpoint, deployments, "Overview")
    if request.GET.get("part") == "state":
        chip = ui.state_context(head.state, pill=True)
        return page(request, "ui/state_chip.html", chip)
    context = {
        "workspace": endpoint.workspace,
        "head": head,
        "page": overview.overview(endpoint, deployments),
        "form": edit_form(endpoint),
    }
    return page(request, "registry/endpoints/overview.html", context, part="overview")


@login_required
@require_GET
def endpoint_lineage(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    endpoint = found.endpoint(request, name)
    deployments = rows.deployments_of(endpoint)
    context = {
        "workspace": endpoint.workspace,
        "head": overview.head(request, endpoint, deployments, "Lineage"),
        "chains": origins.chains(endpoint, deployments),
        "form": edit_form(endpoint),
    }
    return page(request, "registry/endpoints/lineage.html", context)


@login_required
@require_POST
def endpoint_edit(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    endpoint = found.endpoint(request, name, Permission.ENDPOINT_EDIT)
    form = forms.EndpointForm(request.POST)
    if form.is_valid():
        try:
            services.edit_endpoint(actor=request.user, endpoint=endpoint, **form.cleaned_data)
            messages.success(request, f"{endpoint.name} was changed.")
            return redirect(endpoint.get_absolute_url())
        except StudioError as error:
            blame(form, error)
    deployments = rows.deployments_of(endpoint)
    context = {
        "workspace": endpoint.workspace,
        "head": overview.head(request, endpoint, deployments, "Overview"),
        "page": overview.overview(endpoint, deployments),
        "form": form,
    }
    return page(request, "registry/endpoints/overview.html", context, status=422)


@login_required
@require_POST
def endpoint_traffic(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """The shares of the form: one number for each deployment, and who gets copies."""
    endpoint = found.endpoint(request, name, Permission.ENDPOINT_EDIT)
    traffic = {
        field.removeprefix("traffic-"): _number(value)
        for field, value in request.POST.items()
        if field.startswith("traffic-") and _number(value)
    }
    to = request.POST.get("mirror", "")
    mirror = {to: _number(request.POST.get("mirror_percent", ""))} if to else {}
    said = f"{shares.words(traffic).capitalize()}."
    return _done(request, endpoint, said, lambda: services.set_traffic(
        actor=request.user, endpoint=endpoint, traffic=traffic, mirror=mirror if "mirror" in request.POST else None,
    ))  # fmt: skip


@login_required
@require_POST
def endpoint_rollback(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """The traffic as it was before the last change."""
    endpoint = found.endpoint(request, name, Permission.ENDPOINT_EDIT)
    said = f"Rolled back: {shares.words(endpoint.previous_traffic)}."
    return _done(request, endpoint, said, lambda: services.roll_back(actor=request.user, endpoint=endpoint))


@login_required
@require_POST
def endpoint_delete(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    endpoint = found.endpoint(request, name, Permission.ENDPOINT_DELETE)
    try:
        services.delete_endpoint(actor=request.user, endpoint=endpoint)
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
        return redirect(endpoint.get_absolute_url())
    messages.success(request, f"{name} answers nobody any more; its instances are being stopped.")
    return redirect("endpoint-list", workspace=workspace)


def edit_form(endpoint: Endpoint) -> forms.EndpointForm:
    tags = tag_lines(endpoint.tags)
    return forms.EndpointForm(
        initial={"description": endpoint.description, "auth_mode": endpoint.auth_mode, "tags": tags}
    )


def _done(request: HttpRequest, endpoint: Endpoint, said: str, work: Callable[[], object]) -> HttpResponse:
    """Do it, say so or why not, and go back to the endpoint."""
    try:
        work()
        messages.success(request, said)
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
    return redirect(endpoint.get_absolute_url())


def _number(text: object) -> int:
    said = str(text).strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) < 6 else 0
