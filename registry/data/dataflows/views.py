"""Pages of dataflows: the list, and Prepare."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registry.data.dataflows import forms, pages, services
from registry.data.dataflows.models import Dataflow
from studio import access
from studio.access import Permission
from studio.errors import StudioError
from studio.web.data_tabs import data_tabs
from studio.web.forms import blame
from studio.web.page import page


@login_required
@require_http_methods(["GET", "POST"])
def flow_list(request: HttpRequest, workspace: str) -> HttpResponse:
    """Every dataflow; POST makes one and opens it."""
    is_new = request.method == "POST"
    found = access.workspace_or_404(request, Permission.DATA_EDIT if is_new else Permission.DATA_VIEW)
    source = request.GET.get("source", "")
    form = forms.NewFlowForm(request.POST) if is_new else forms.NewFlowForm(initial={"source": source})
    if is_new and form.is_valid():
        try:
            made = services.create_flow(actor=request.user, workspace=found, **form.cleaned_data)
        except StudioError as error:
            blame(form, error)
        else:
            return redirect("dataflow-detail", workspace, made.name)
    context = {
        "workspace": found,
        "page": pages.list_page(request, found),
        "form": form,
        "is_open": form.is_bound or bool(source),
        "tabs": data_tabs(found, "Dataflows"),
    }
    return page(
        request, "registry/data/dataflows/list.html", context, part="rows", status=422 if form.is_bound else 200
    )


@login_required
@require_GET
def flow_detail(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """Prepare: the steps, the sample, the panel of a step."""
    flow = _flow(request, name, Permission.DATA_VIEW)
    context = {"workspace": flow.workspace, "page": pages.prepare_page(request, flow)}
    return page(request, "registry/data/dataflows/prepare.html", context)


@login_required
@require_POST
def flow_edit(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """Another name or other words."""
    flow = _flow(request, name, Permission.DATA_EDIT)
    wanted, description = request.POST.get("name", name).strip(), request.POST.get("description", flow.description)
    try:
        flow = services.edit_flow(actor=request.user, flow=flow, name=wanted, description=description)
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
        return redirect("dataflow-detail", workspace, name)
    messages.success(request, f"{flow.name} was saved.")
    return redirect("dataflow-detail", workspace, flow.name)


@login_required
@require_POST
def flow_archive(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """Put a flow away, or bring it back."""
    flow = _flow(request, name, Permission.DATA_EDIT)
    flow = services.edit_flow(actor=request.user, flow=flow, is_archived=not flow.is_archived)
    messages.success(request, f"{flow.name} was {'archived' if flow.is_archived else 'brought back'}.")
    return redirect("dataflow-list", workspace)


@login_required
@require_POST
def flow_delete(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    flow = _flow(request, name, Permission.DATA_DELETE)
    try:
        services.delete_flow(actor=request.user, flow=flow)
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
        return redirect("dataflow-detail", workspace, name)
    messages.success(request, f"{name} was deleted.")
    return redirect("dataflow-list", workspace)


def _flow(request: HttpRequest, name: str, permission: Permission) -> Dataflow:
    workspace = access.workspace_or_404(request, permission)
    flow = access.get_or_404(request, Dataflow, None, permission, name=name)
    flow.workspace = workspace
    return flow
