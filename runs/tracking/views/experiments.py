"""The experiments tree and one experiment's page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST, require_safe

from runs.tracking.experiment_access import experiment_or_404
from runs.tracking.forms import ExperimentForm, ExperimentNoteForm
from runs.tracking.queries import experiments as experiment_queries
from runs.tracking.services import experiments as experiment_services
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.web.page import page


@login_required
@require_safe
def experiment_list(request: HttpRequest, workspace: str) -> HttpResponse:
    here = access.workspace_or_404(request, Permission.EXPERIMENT_VIEW)
    return page(request, "runs/experiments/list.html", _tree(request, here, ExperimentForm()), part="tree")


@login_required
@require_POST
def experiment_create(request: HttpRequest, workspace: str) -> HttpResponse:
    here = access.workspace_or_404(request, Permission.EXPERIMENT_EDIT)
    form = ExperimentForm(request.POST)
    if not form.is_valid():
        return page(request, "runs/experiments/list.html", _tree(request, here, form), status=422)
    experiment = experiment_services.ensure_experiment(
        actor=request.user, workspace=here, path=form.cleaned_data["path"]
    )
    return redirect("experiment-detail", workspace=here.slug, path=experiment.path)


@login_required
@require_POST
def experiment_edit(request: HttpRequest, workspace: str, path: str) -> HttpResponse:
    """Change the description, or archive and restore: whichever the form names."""
    experiment = experiment_or_404(request, path, Permission.EXPERIMENT_EDIT)
    form = ExperimentNoteForm(request.POST)
    if form.is_valid():
        experiment_services.edit_experiment(
            actor=request.user,
            experiment=experiment,
            description=form.cleaned_data["description"] if "description" in request.POST else None,
            is_archived=form.archive_choice(),
        )
        messages.success(request, f"{experiment.path} was changed.")
    else:
        messages.error(request, "The description was not saved: it may have 4,000 characters at most.")
    return redirect("experiment-detail", workspace=workspace, path=experiment.path)


def _tree(request: HttpRequest, workspace: Workspace, form: ExperimentForm) -> dict[str, object]:
    archived = request.GET.get("archived") == "1"
    return {
        "workspace": workspace,
        "folders": experiment_queries.tree(workspace, is_archived=archived),
        "archived": archived,
        "can_edit": access.allows(request, Permission.EXPERIMENT_EDIT, workspace),
        "form": form,
        "base_url": request.build_absolute_uri("/"),
    }
