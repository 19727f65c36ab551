"""The way to a deployment: a new endpoint, or another deployment of one that is there. The page posts to the REST API."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET, require_POST

from registry.endpoints.pages import rows, wizard
from registry.endpoints.views import found
from studio import access
from studio.access import Permission
from studio.storage import folders
from studio.web.page import page


@login_required
@require_GET
def endpoint_new(request: HttpRequest, workspace: str) -> HttpResponse:
    """A new endpoint with its first deployment; `?model=` or `?image=` says of what."""
    there = access.workspace_or_404(request, Permission.ENDPOINT_EDIT)
    context = {"workspace": there, "page": wizard.wizard_page(request, there, None, [])}
    return page(request, "registry/endpoints/wizard.html", context)


@login_required
@require_GET
def endpoint_deploy(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """Another deployment of an endpoint, or with `?deployment=` another revision of one."""
    endpoint = found.endpoint(request, name, Permission.ENDPOINT_EDIT)
    deployments = rows.deployments_of(endpoint)
    context = {
        "workspace": endpoint.workspace,
        "page": wizard.wizard_page(request, endpoint.workspace, endpoint, deployments),
    }
    return page(request, "registry/endpoints/wizard.html", context)


@login_required
@require_GET
def endpoint_choices(request: HttpRequest, workspace: str) -> HttpResponse:
    """Models and images that can be deployed and have the words of `?q=`, as JSON."""
    there = access.workspace_or_404(request, Permission.ENDPOINT_EDIT)
    return JsonResponse(wizard.choices(there, request.GET.get("q", "")[:200]))


@login_required
@require_POST
def endpoint_code(request: HttpRequest, workspace: str) -> HttpResponse:
    """A zip of code, kept; the answer is its digest, which a deployment names."""
    there = access.workspace_or_404(request, Permission.ENDPOINT_EDIT)
    blob = folders.store(workspace=there, stream=request)
    return JsonResponse({"sha256": blob.sha256})
