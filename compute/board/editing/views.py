"""Making a compute target, changing what its backend is told, testing its engine, forgetting it."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from compute.board import forms
from compute.jobs import services as jobs
from compute.targets import definitions, services
from compute.targets.models import ComputeTarget
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.errors import StudioError
from studio.web.page import page

MANAGE = Permission.COMPUTE_MANAGE
KIND = "docker"


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def compute_new(request: HttpRequest, workspace: str) -> HttpResponse:
    """The form of a new target; `?kind=` names its kind."""
    found = access.workspace_or_404(request, MANAGE)
    kind = request.GET.get("kind") or KIND
    form_class = definitions.form_class(kind)
    if request.method != "POST":
        parts = (forms.NameForm(), forms.CapacityForm(initial={"slots": 1}), form_class())
        return _form_page(request, found, kind, parts)
    head, capacity, settings = forms.NameForm(request.POST), forms.CapacityForm(request.POST), form_class(request.POST)
    # Each of them, so that everything that is wrong is said at once.
    if all([head.is_valid(), capacity.is_valid(), settings.is_valid()]):
        try:
            target = services.create_target(
                actor=request.user, workspace=found, name=head.cleaned_data["name"], kind=kind,
                slots=capacity.cleaned_data["slots"], settings=settings.cleaned_data,
            )  # fmt: skip
        except StudioError as error:
            _blame(head, error)
        else:
            return _looked_at(request, found, target, f"{target.name} is there.")
    return _form_page(request, found, kind, (head, capacity, settings), status=422)


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def compute_edit(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """What the target's backend is told."""
    target = access.get_or_404(request, ComputeTarget, None, MANAGE, name=name)
    found = access.workspace_or_404(request)
    form_class = definitions.form_class(target.kind)
    if request.method != "POST":
        shown = form_class(initial=definitions.shown(target.settings))
        return _form_page(request, found, target.kind, (shown,), target=target)
    given = {name: request.POST.get(name, "") for name in form_class.base_fields if name in request.POST}
    form = definitions.filled(target.kind, given, target.settings)
    if form.is_valid():
        try:
            services.change_settings(actor=request.user, workspace=found, target=target, settings=given)
        except StudioError as error:
            _blame(form, error)
        else:
            return _looked_at(request, found, target, f"{target.name} is saved.")
    return _form_page(request, found, target.kind, (form,), target=target, status=422)


@login_required
@require_POST
def compute_check(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """Have the worker look at the target's engine; the page shows what it saw a moment later."""
    target = access.get_or_404(request, ComputeTarget, None, MANAGE, name=name)
    found = access.workspace_or_404(request)
    return _looked_at(request, found, target, "The worker looks at the engine.")


@login_required
@require_POST
def compute_delete(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """Forget a target that no job has used."""
    target = access.get_or_404(request, ComputeTarget, None, MANAGE, name=name)
    found = access.workspace_or_404(request)
    try:
        services.delete_target(actor=request.user, workspace=found, target=target)
    except StudioError as error:
        messages.error(request, " ".join(part for part in (error.message, error.hint) if part))
        return redirect("compute-detail", workspace=found.slug, name=name)
    messages.success(request, f"{name} is deleted.")
    return redirect("compute-list", workspace=found.slug)


def _looked_at(request: HttpRequest, workspace: Workspace, target: ComputeTarget, said: str) -> HttpResponse:
    jobs.check_place(target=target)
    jobs.wake(target=target)
    messages.success(request, said)
    return redirect("compute-detail", workspace=workspace.slug, name=target.name)


def _blame(form: django_forms.Form, error: StudioError) -> None:
    """Say what the service refused, at its field where it is one of the form's."""
    name = next((name.removeprefix("settings.") for name in error.fields), "")
    text = " ".join(part for part in (error.message, error.hint) if part)
    form.add_error(name if name in form.fields else None, text)


def _form_page(
    request: HttpRequest,
    workspace: Workspace,
    kind: str,
    parts: "tuple[django_forms.Form, ...]",
    *,
    target: ComputeTarget | None = None,
    status: int = 200,
) -> HttpResponse:
    form = parts[-1]
    for field in form.fields.values():
        # What has a value from the start is no question that one may leave out.
        field.required = field.initial is not None
    apart = set(definitions.credential_fields(kind))
    context: dict[str, Any] = {
        "workspace": workspace,
        "target": target,
        "kind": definitions.kinds()[kind],
        "parts": parts,
        "heads": parts[:-1],
        "place": [field for field in form if field.name in {"address", "runner_url"}],
        "credential": [field for field in form if field.name in apart],
        "limits": [field for field in form if field.name not in apart | {"address", "runner_url"}],
        "has_credential": bool(target and target.settings.get("secret")),
    }
    return page(request, "compute/form.html", context, status=status)
