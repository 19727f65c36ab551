"""A deployment: its page, its log, and what is done to it."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from registry.endpoints import forms, queries, services
from registry.endpoints.models import Deployment
from registry.endpoints.pages import deployment as shown
from registry.endpoints.pages import logs, overview, rows
from registry.endpoints.views import found
from registry.endpoints.views.endpoints import edit_form
from studio.access import Permission
from studio.errors import StudioError
from studio.web.page import page


@login_required
@require_GET
def deployment_detail(request: HttpRequest, workspace: str, name: str, deployment: str) -> HttpResponse:
    return _page(request, found.deployment(request, name, deployment))


@login_required
@require_GET
def endpoint_logs(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """The log of one deployment, that of `?deployment=` or of the first."""
    endpoint = found.endpoint(request, name)
    deployments = rows.deployments_of(endpoint)
    context = {
        "workspace": endpoint.workspace,
        "head": overview.head(request, endpoint, deployments, "Logs"),
        "page": logs.logs_page(endpoint, deployments, request.GET.get("deployment", "")),
        "form": edit_form(endpoint),
    }
    return page(request, "registry/endpoints/logs.html", context)


@login_required
@require_GET
def deployment_log(request: HttpRequest, workspace: str, name: str, deployment: str) -> HttpResponse:
    """The last lines of each instance, as JSON."""
    one = found.deployment(request, name, deployment)
    return JsonResponse(logs.tails(one, lines=request.GET.get("lines", ""), instance=request.GET.get("instance", "")))


@login_required
@require_POST
def deployment_scale(request: HttpRequest, workspace: str, name: str, deployment: str) -> HttpResponse:
    one = found.deployment(request, name, deployment, Permission.ENDPOINT_EDIT)
    form = forms.ScaleForm(request.POST)
    if not form.is_valid():
        return _page(request, one, scale_form=form, status=422)
    given = form.cleaned_data
    rule = None
    if given["kind"] != "default":
        rule = {
            "type": given["kind"],
            "target": given["target"],
            "min": given["min_instances"],
            "max": given["max_instances"],
            **({"idle_seconds": given["idle_seconds"]} if given["idle_seconds"] else {}),
        }
    count = given["instance_count"] if rule is None else None
    said = f"{one.name} is being scaled."
    return _done(request, one, said, lambda: services.scale(actor=request.user, deployment=one, count=count, rule=rule))


@login_required
@require_POST
def deployment_restart(request: HttpRequest, workspace: str, name: str, deployment: str) -> HttpResponse:
    one = found.deployment(request, name, deployment, Permission.ENDPOINT_EDIT)
    said = f"{one.name} is being restarted: new instances first, then the old ones go."
    return _done(request, one, said, lambda: services.restart(actor=request.user, deployment=one))


@login_required
@require_POST
def deployment_rollback(request: HttpRequest, workspace: str, name: str, deployment: str) -> HttpResponse:
    """To an earlier revision, which becomes a new one."""
    one = found.deployment(request, name, deployment, Permission.ENDPOINT_EDIT)
    revision = queries.revision_at(one, request.POST.get("revision", ""))
    said = f"{one.name} is on its way back to what revision {revision.number} was."
    return _done(
        request, one, said,
        lambda: services.roll_back_revision(actor=request.user, deployment=one, revision=revision),
    )  # fmt: skip


@login_required
@require_POST
def deployment_delete(request: HttpRequest, workspace: str, name: str, deployment: str) -> HttpResponse:
    one = found.deployment(request, name, deployment, Permission.ENDPOINT_DELETE)
    try:
        services.delete_deployment(actor=request.user, deployment=one)
        messages.success(request, f"The deployment {one.name} is being deleted.")
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
    return redirect(one.endpoint.get_absolute_url())


def _page(
    request: HttpRequest, deployment: Deployment, *, scale_form: forms.ScaleForm | None = None, status: int = 200
) -> HttpResponse:
    endpoint = deployment.endpoint
    deployments = rows.deployments_of(endpoint)
    mine = next(one for one in deployments if one.pk == deployment.pk)
    context = {
        "workspace": endpoint.workspace,
        "head": overview.head(request, endpoint, deployments, ""),
        "deployment": mine,
        "page": shown.deployment_page(endpoint, deployments, mine),
        "form": edit_form(endpoint),
        "scale_form": scale_form or forms.ScaleForm(initial=shown.scale_initial(mine)),
    }
    return page(request, "registry/endpoints/deployment.html", context, part="deployment", status=status)


def _done(request: HttpRequest, deployment: Deployment, said: str, work: Callable[[], object]) -> HttpResponse:
    """Do it, say so or why not, and go back to where the press was made."""
    try:
        work()
        messages.success(request, said)
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
    endpoint = deployment.endpoint
    back = request.POST.get("back") == "endpoint"
    return redirect(endpoint.get_absolute_url() if back else deployment.get_absolute_url())
