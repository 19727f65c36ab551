"""The compute page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from compute.board import forms, pages
from compute.jobs import services as jobs
from compute.targets import services
from compute.targets.models import ComputeTarget
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.web.page import page


@login_required
@require_GET
def compute_list(request: HttpRequest, workspace: str) -> HttpResponse:
    """Every target: its slots, what runs, what waits and why."""
    found = access.workspace_or_404(request, Permission.COMPUTE_VIEW)
    context = {"workspace": found, "page": pages.board(request, found)}
    return page(request, "compute/list.html", context, part="targets")


@login_required
@require_GET
def compute_detail(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """One target, with its settings for who may change them."""
    found = access.workspace_or_404(request, Permission.COMPUTE_VIEW)
    target = access.get_or_404(request, ComputeTarget, None, Permission.COMPUTE_VIEW, name=name)
    return _detail(request, found, target, form=forms.CapacityForm(initial={"slots": target.slots}))


@login_required
@require_POST
def compute_resize(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    target = access.get_or_404(request, ComputeTarget, None, Permission.COMPUTE_MANAGE, name=name)
    found = access.workspace_or_404(request)
    form = forms.CapacityForm(request.POST)
    if not form.is_valid():
        return _detail(request, found, target, form=form, status=422)
    services.edit_target(actor=request.user, workspace=found, target=target, slots=form.cleaned_data["slots"])
    jobs.wake(target=target)
    messages.success(request, f"{target.name} has {target.slots} slots now.")
    return redirect("compute-detail", workspace=found.slug, name=target.name)


@login_required
@require_POST
def compute_pause(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """Nothing new starts on the target until it is resumed."""
    return _set_paused(request, name, is_paused=True)


@login_required
@require_POST
def compute_resume(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    return _set_paused(request, name, is_paused=False)


def _set_paused(request: HttpRequest, name: str, *, is_paused: bool) -> HttpResponse:
    target = access.get_or_404(request, ComputeTarget, None, Permission.COMPUTE_MANAGE, name=name)
    found = access.workspace_or_404(request)
    services.edit_target(actor=request.user, workspace=found, target=target, is_paused=is_paused)
    jobs.wake(target=target)
    messages.success(request, f"{target.name} is paused." if is_paused else f"{target.name} takes jobs again.")
    return redirect("compute-list", workspace=found.slug)


def _detail(
    request: HttpRequest,
    workspace: Workspace,
    target: ComputeTarget,
    *,
    form: forms.CapacityForm,
    status: int = 200,
) -> HttpResponse:
    context = {"workspace": workspace, "card": pages.one_card(request, target, workspace), "form": form}
    return page(request, "compute/detail.html", context, part="target" if status == 200 else "", status=status)
