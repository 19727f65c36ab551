"""The test page, which sends requests through the gateway, and the curves."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from registry.endpoints import invoking
from registry.endpoints.pages import console, metrics, overview, rows
from registry.endpoints.views import found
from registry.endpoints.views.endpoints import edit_form
from studio.access import Permission
from studio.errors import TooLarge
from studio.web.page import page

MOST_BYTES = 10_000_000
PATHS = ("/score", "/invocations")


@login_required
@require_GET
def endpoint_test(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    endpoint = found.endpoint(request, name)
    deployments = rows.deployments_of(endpoint)
    context = {
        "workspace": endpoint.workspace,
        "head": overview.head(request, endpoint, deployments, "Test"),
        "page": console.console_page(endpoint, deployments, request.GET.get("deployment", "")),
        "form": edit_form(endpoint),
    }
    return page(request, "registry/endpoints/test.html", context)


@login_required
@require_POST
def endpoint_send(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """The body as it came, sent on to the endpoint; its answer with the time it took, as JSON."""
    endpoint = found.endpoint(request, name, Permission.ENDPOINT_INVOKE)
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise TooLarge("body_too_large", "The test page sends at most 10 MB.", hint="Send it from a program.")
    headers = {"content-type": request.headers.get("Content-Type", "application/json")}
    deployment = request.headers.get("X-Deployment", "")
    path = request.headers.get("X-Scoring-Path", PATHS[0])
    answer = invoking.invoke(endpoint, body, headers, deployment=deployment, path=path if path in PATHS else PATHS[0])
    return JsonResponse(console.answer_of(answer))


@login_required
@require_GET
def endpoint_metrics(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    endpoint = found.endpoint(request, name)
    deployments = rows.deployments_of(endpoint)
    url = reverse("endpoint-series", kwargs={"workspace": workspace, "name": name})
    context = {
        "workspace": endpoint.workspace,
        "head": overview.head(request, endpoint, deployments, "Metrics"),
        "page": metrics.metrics_page(endpoint, deployments, request.GET.get("deployment", ""), url=url),
        "form": edit_form(endpoint),
    }
    return page(request, "registry/endpoints/metrics.html", context)


@login_required
@require_GET
def endpoint_series(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    endpoint = found.endpoint(request, name)
    return JsonResponse(metrics.series(rows.deployments_of(endpoint), request.GET.get("range", "")))
