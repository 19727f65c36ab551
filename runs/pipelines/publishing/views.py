"""Pages of published pipelines: the list, and one with its address, its parameters, its versions and its runs."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from runs.pipelines.drafts import queries as drafts
from runs.pipelines.models import Pipeline, PipelineEndpoint
from runs.pipelines.publishing import forms, pages, queries, services
from runs.pipelines.publishing.input_fields import PREFIX
from studio import access
from studio.access import Permission
from studio.errors import StudioError
from studio.web.page import page

VIEW, EDIT = Permission.PIPELINE_VIEW, Permission.PIPELINE_EDIT


@login_required
@require_GET
def endpoint_list(request: HttpRequest, workspace: str) -> HttpResponse:
    found = access.workspace_or_404(request, VIEW)
    context = {"workspace": found, "page": pages.list_page(request, found)}
    return page(request, "runs/pipelines/endpoints.html", context, part="rows")


@login_required
@require_GET
def endpoint_detail(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    endpoint = _endpoint(request, name, VIEW)
    return _detail(request, endpoint)


@login_required
@require_POST
def pipeline_publish(request: HttpRequest, workspace: str, pk: int, number: int) -> HttpResponse:
    """A version of a pipeline, published."""
    found = access.workspace_or_404(request, EDIT)
    pipeline = access.get_or_404(request, Pipeline, pk, EDIT)
    pipeline.workspace = found
    version = drafts.version_at(pipeline, number)
    form = forms.PublishForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Give the published pipeline a name.")
        return redirect("pipeline-versions", workspace, pk)
    try:
        made = services.publish(
            actor=request.user, version=version, endpoint=form.cleaned_data["name"],
            description=form.cleaned_data["description"],
        )  # fmt: skip
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
        return redirect("pipeline-versions", workspace, pk)
    messages.success(request, f"{made} answers calls now.")
    return redirect(made.endpoint.get_absolute_url())


@login_required
@require_POST
def endpoint_call(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """A run, started from the page."""
    endpoint = _endpoint(request, name, Permission.RUN_SUBMIT)
    form = _call_form(endpoint, request.POST)
    if not form.is_valid():
        return _detail(request, endpoint, form, status=422)
    try:
        run = services.invoke(
            actor=request.user, endpoint=endpoint, inputs=form.inputs, experiment=form.cleaned_data["experiment"]
        )
        return redirect(run.get_absolute_url())
    except StudioError as error:
        for field, message in error.fields.items():
            known = field.replace("inputs.", PREFIX, 1)
            form.add_error(known if known in form.fields else None, message)
        if not error.fields:
            form.add_error(None, f"{error.message} {error.hint}".strip())
        return _detail(request, endpoint, form, status=422)


@login_required
@require_POST
def endpoint_switch(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """On or off."""
    endpoint = _endpoint(request, name, EDIT)
    services.enable(actor=request.user, endpoint=endpoint, is_enabled=not endpoint.is_enabled)
    return redirect(endpoint.get_absolute_url())


@login_required
@require_POST
def endpoint_default(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    """This version answers."""
    endpoint = _endpoint(request, name, EDIT)
    return _tried(request, endpoint, lambda: services.set_default(actor=request.user, endpoint=endpoint, number=number))


@login_required
@require_POST
def version_switch(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    """One version on or off."""
    endpoint = _endpoint(request, name, EDIT)
    version = queries.version_at(endpoint, number)
    return _tried(
        request,
        endpoint,
        lambda: services.enable_version(actor=request.user, version=version, is_enabled=not version.is_enabled),
    )


@login_required
@require_POST
def endpoint_delete(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    endpoint = _endpoint(request, name, Permission.PIPELINE_DELETE)
    try:
        services.delete(actor=request.user, endpoint=endpoint)
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
        return redirect(endpoint.get_absolute_url())
    messages.success(request, f"The published pipeline {name} was deleted.")
    return redirect("pipeline-endpoint-list", workspace)


def _tried(request: HttpRequest, endpoint: PipelineEndpoint, change: Any) -> HttpResponse:
    try:
        change()
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
    return redirect(endpoint.get_absolute_url())


def _detail(
    request: HttpRequest, endpoint: PipelineEndpoint, form: forms.CallForm | None = None, status: int = 200
) -> HttpResponse:
    shown = pages.endpoint_page(request, endpoint)
    form = form or forms.CallForm(parameters=shown.parameters)
    context = {"workspace": endpoint.workspace, "page": shown, "form": form}
    return page(request, "runs/pipelines/endpoint.html", context, part="rows", status=status)


def _call_form(endpoint: PipelineEndpoint, data: Any) -> forms.CallForm:
    version = queries.version_at(endpoint, endpoint.default_version)
    return forms.CallForm(data, parameters=pages.parameters.of(version.document))


def _endpoint(request: HttpRequest, name: str, permission: Permission) -> PipelineEndpoint:
    workspace = access.workspace_or_404(request, permission)
    found: PipelineEndpoint = access.get_or_404(request, PipelineEndpoint, None, permission, name=name)
    found.workspace = workspace
    return found
