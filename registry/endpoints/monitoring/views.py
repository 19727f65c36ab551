"""The tab Monitoring and what is done on it."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from registry.endpoints import collecting
from registry.endpoints.models import Deployment
from registry.endpoints.monitoring import forms, pages, queries, services
from registry.endpoints.pages import overview, rows
from registry.endpoints.views import found
from registry.endpoints.views.endpoints import edit_form
from studio.access import Permission
from studio.errors import StudioError
from studio.web.page import page

EDIT = Permission.ENDPOINT_EDIT
BAD_NUMBERS = "Give a share between 0.01 and 100 %."


@login_required
@require_GET
def endpoint_monitoring(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """Of one deployment, that of `?deployment=` or the one with most of the traffic; `?report=` chooses a report."""
    endpoint = found.endpoint(request, name)
    deployments = rows.deployments_of(endpoint)
    context = {
        "workspace": endpoint.workspace,
        "head": overview.head(request, endpoint, deployments, "Monitoring"),
        "page": pages.monitoring_page(
            endpoint, deployments, request.GET.get("deployment", ""), request.GET.get("report", "")
        ),
        "form": edit_form(endpoint),
        "report_form": forms.ReportForm(),
    }
    return page(request, "registry/endpoints/monitoring.html", context, part="monitoring")


@login_required
@require_POST
def collector_switch(request: HttpRequest, workspace: str, name: str, deployment: str) -> HttpResponse:
    one = found.deployment(request, name, deployment, EDIT)
    form = forms.CollectorForm(request.POST)
    if not form.is_valid():
        messages.error(request, BAD_NUMBERS)
        return _back(one)
    given = form.cleaned_data
    share = (given["percent"] or 10) / 100 if given["is_on"] else 0.0
    said = f"{share:.4%}".rstrip("0%").rstrip(".") + f" % of the requests to {one.name} are kept." if share else ""

    def work() -> object:
        chosen = collecting.switched(
            share=share, is_daily=given["is_daily"], reference=given["reference"].strip(), before=one.collector
        )
        return services.set_collector(actor=request.user, deployment=one, given=chosen)

    return _done(request, one, said or f"Nothing of the requests to {one.name} is kept any more.", work)


@login_required
@require_POST
def drift_request(request: HttpRequest, workspace: str, name: str, deployment: str) -> HttpResponse:
    one = found.deployment(request, name, deployment, EDIT)
    form = forms.ReportForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choose one of the times.")
        return _back(one)
    given = form.cleaned_data
    since = timezone.now() - timedelta(days=given["days"])
    return _done(
        request, one, "The report is being made.",
        lambda: services.request_report(
            actor=request.user, deployment=one, reference=given["against"].strip(), since=since
        ),
    )  # fmt: skip


@login_required
@require_POST
def drift_delete(request: HttpRequest, workspace: str, name: str, deployment: str, pk: str) -> HttpResponse:
    one = found.deployment(request, name, deployment, EDIT)
    report = queries.report_at(one, pk)
    return _done(request, one, "The report is gone.", lambda: services.delete_report(actor=request.user, report=report))


def _done(request: HttpRequest, deployment: Deployment, said: str, work: Callable[[], object]) -> HttpResponse:
    """Do it, say so or why not, and go back to the tab."""
    try:
        work()
        messages.success(request, said)
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
    return _back(deployment)


def _back(deployment: Deployment) -> HttpResponse:
    endpoint = deployment.endpoint
    where = reverse("endpoint-monitoring", kwargs={"workspace": endpoint.workspace.slug, "name": endpoint.name})
    return redirect(f"{where}?{urlencode({'deployment': deployment.name})}")
