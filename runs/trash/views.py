"""Pages of the store: what it holds, the trash, receipts; and the buttons that delete and bring back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from runs.tracking.models import Experiment, Run
from runs.trash import forms, pages, previews, selecting, services
from runs.trash.models import Purge
from studio import access
from studio.access import Permission
from studio.errors import Conflict
from studio.web.addresses import own_path
from studio.web.page import page


@login_required
@require_safe
def storage(request: HttpRequest, workspace: str) -> HttpResponse:
    here = access.workspace_or_404(request, Permission.STORAGE_VIEW)
    return page(request, "runs/trash/storage.html", {"workspace": here, "page": pages.storage_page(request, here)})


@login_required
@require_safe
def trash(request: HttpRequest, workspace: str) -> HttpResponse:
    here = access.workspace_or_404(request, Permission.STORAGE_VIEW)
    context = {"workspace": here, "page": pages.trash_page(request, here)}
    return page(request, "runs/trash/trash.html", context, part="rows")


@login_required
@require_safe
def receipts(request: HttpRequest, workspace: str) -> HttpResponse:
    here = access.workspace_or_404(request, Permission.STORAGE_VIEW)
    context = {"workspace": here, "page": pages.receipts_page(request, here)}
    return page(request, "runs/trash/receipts.html", context, part="rows")


@login_required
@require_safe
def receipt(request: HttpRequest, workspace: str, pk: int) -> HttpResponse:
    purge = access.get_or_404(request, Purge, pk, Permission.STORAGE_VIEW)
    context = {"workspace": purge.workspace, "page": pages.receipt_page(purge)}
    return page(request, "runs/trash/receipt.html", context, part="facts")


@login_required
@require_safe
def preview(request: HttpRequest, workspace: str) -> HttpResponse:
    """What deleting would mean: the inside of a dialog, fetched when it opens."""
    here = access.workspace_or_404(request, Permission.STORAGE_VIEW)
    named = forms.named(request.GET)
    selection = selecting.select(here, runs=named.runs, experiments=named.experiments, in_trash=named.in_trash)
    context = {"workspace": here, "preview": previews.preview(here, selection), "in_trash": named.in_trash}
    return page(request, "runs/trash/preview.html", context)


@login_required
@require_POST
def purge(request: HttpRequest, workspace: str) -> HttpResponse:
    here = access.workspace_or_404(request, Permission.STORAGE_PURGE)
    named = forms.named(request.POST)
    try:
        opened = services.purge(
            actor=request.user,
            workspace=here,
            runs=named.runs,
            experiments=named.experiments,
            everything=named.everything,
        )
    except Conflict as error:
        messages.info(request, error.message)
        return redirect("storage-trash", workspace=here.slug)
    return redirect(opened)


@login_required
@require_POST
def run_delete(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    run = access.get_or_404(request, Run, run_id, Permission.RUN_DELETE)
    try:
        services.trash_run(actor=request.user, run=run)
    except Conflict as error:
        messages.error(request, error.message)
        return redirect(run)
    undo = reverse("run-undelete", args=[run.workspace.slug, run.pk])
    messages.success(request, f"{run.name} is in the trash.", extra_tags=f"undo:{undo}")
    return redirect(run.experiment)


@login_required
@require_POST
def run_undelete(request: HttpRequest, workspace: str, run_id: str) -> HttpResponse:
    run = access.get_or_404(request, Run, run_id, Permission.RUN_DELETE)
    try:
        services.restore_run(actor=request.user, run=run)
    except Conflict as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"{run.name} is back.")
    return redirect(own_path(request.POST.get("next", ""), otherwise=run.get_absolute_url()))


@login_required
@require_POST
def experiment_delete(request: HttpRequest, workspace: str, pk: int) -> HttpResponse:
    experiment = access.get_or_404(request, Experiment, pk, Permission.EXPERIMENT_DELETE)
    try:
        services.trash_experiment(actor=request.user, experiment=experiment)
    except Conflict as error:
        messages.error(request, f"{error.message} {error.hint}")
        return redirect(experiment)
    undo = reverse("experiment-undelete", args=[experiment.workspace.slug, experiment.pk])
    messages.success(request, f"{experiment.path} is in the trash.", extra_tags=f"undo:{undo}")
    return redirect("experiment-list", workspace=workspace)


@login_required
@require_POST
def experiment_undelete(request: HttpRequest, workspace: str, pk: int) -> HttpResponse:
    experiment = access.get_or_404(request, Experiment, pk, Permission.EXPERIMENT_DELETE)
    services.restore_experiment(actor=request.user, experiment=experiment)
    messages.success(request, f"{experiment.path} is back with its runs.")
    return redirect(own_path(request.POST.get("next", ""), otherwise=experiment.get_absolute_url()))
