"""The links MLflow's client prints ("View run … at …/#/experiments/4/runs/…"), led to the studio's own pages.

What stands behind the `#` never reaches a server: a page without any knowledge reads it and asks for the place by its
query.
"""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from registry.mlmodels.models import RegisteredModel
from runs.logged_models.models import LoggedModel
from runs.mlflow_api.tracking import finding
from runs.traces.models import Trace
from runs.tracking.models import Experiment, Run
from runs.tracking.services.experiments import DEFAULT_PATH
from studio import access
from studio.access import Permission


@login_required
@require_safe
def landing(request: HttpRequest, workspace: str) -> HttpResponse:
    """The page that reads the address. A browser keeps what stands behind the `#` while it is sent to sign in."""
    access.workspace_or_404(request, Permission.WORKSPACE_VIEW)
    return render(request, "runs/mlflow/landing.html", {"target": reverse("mlflow-link", args=[workspace])})


@login_required
@require_safe
def link(request: HttpRequest, workspace: str) -> HttpResponse:
    """To the page of what the query names: run, trace, logged model, model (and version) or experiment."""
    access.workspace_or_404(request, Permission.WORKSPACE_VIEW)
    return redirect(_address(request, workspace))


def _address(request: HttpRequest, workspace: str) -> str:
    asked = request.GET
    if asked.get("run"):
        return access.get_or_404(request, Run, asked["run"], Permission.RUN_VIEW).get_absolute_url()
    if asked.get("trace"):
        found = access.get_or_404(request, Trace, None, Permission.RUN_VIEW, trace_id=asked["trace"])
        return reverse("trace", args=[workspace, found.trace_id])
    if asked.get("logged_model"):
        model = access.get_or_404(request, LoggedModel, asked["logged_model"], Permission.RUN_VIEW)
        return reverse("logged-model", args=[workspace, model.pk])
    if asked.get("model"):
        return _model(request, workspace, asked["model"], asked.get("version", ""))
    if asked.get("experiment"):
        return _experiment(request, workspace, asked["experiment"])
    return reverse("home", args=[workspace])


def _model(request: HttpRequest, workspace: str, name: str, version: str) -> str:
    model = access.get_or_404(request, RegisteredModel, None, Permission.MODEL_VIEW, name=name)
    page = model.get_absolute_url()
    return f"{page}versions/{int(version)}/" if version.isascii() and version.isdigit() and len(version) < 10 else page


def _experiment(request: HttpRequest, workspace: str, number: str) -> str:
    if number == finding.DEFAULT_ID:
        return access.get_or_404(
            request, Experiment, None, Permission.EXPERIMENT_VIEW, path=DEFAULT_PATH
        ).get_absolute_url()
    pk = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
    return access.get_or_404(request, Experiment, pk, Permission.EXPERIMENT_VIEW).get_absolute_url()
