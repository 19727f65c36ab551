"""The table of all runs of a workspace, and what is done to many of them at once."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from runs.tracking.models import Run
from runs.tracking.pages import runs_table
from runs.tracking.services import records
from studio import access
from studio.access import Permission
from studio.errors import Invalid
from studio.web.addresses import own_path
from studio.web.page import page


@login_required
@require_safe
def run_list(request: HttpRequest, workspace: str) -> HttpResponse:
    here = access.workspace_or_404(request, Permission.RUN_VIEW)
    context = {
        "workspace": here,
        "page": runs_table.runs_table(request, here),
        "base_url": request.build_absolute_uri("/"),
    }
    return page(request, "runs/table/list.html", context, part="rows")


@login_required
@require_POST
def run_bulk(request: HttpRequest, workspace: str) -> HttpResponse:
    """Stop, tag, archive or restore the selected runs, or carry them to the comparison."""
    here = access.workspace_or_404(request, Permission.RUN_VIEW)
    ids, action = request.POST.getlist("ids"), request.POST.get("action", "")
    if action == "compare":
        return redirect(f"{reverse('compare', args=[here.slug])}?{urlencode({'ids': ','.join(ids)})}")
    if action not in records.BULK_PERMISSIONS:
        raise Invalid("unknown_action", "The button pressed is none of this page's.", hint="Reload the page.")
    permission = records.BULK_PERMISSIONS[action]
    access.workspace_or_404(request, permission)
    result = records.bulk(
        actor=request.user,
        runs=access.visible(request, Run, permission),
        ids=ids,
        action=action,
        tags=_tag(request.POST.get("tag", "")) if action == "tag" else None,
    )
    _tell(request, action, result)
    return redirect(_back(request, reverse("run-list", args=[here.slug])))


def _tag(text: str) -> dict[str, str]:
    key, _, value = text.partition(":")
    if not key.strip():
        raise Invalid("invalid_tag", "The tag has no name.", hint="Write it as name or name:value.")
    return {key.strip(): value.strip()}


def _tell(request: HttpRequest, action: str, result: records.BulkResult) -> None:
    done = {"stop": "asked to stop", "archive": "archived", "restore": "restored", "tag": "tagged"}[action]
    if result.changed:
        count = len(result.changed)
        messages.success(request, f"{count} run{'s were' if count > 1 else ' was'} {done}.")
    for refusal in result.refused[:3]:
        messages.warning(request, f"{refusal.id} was left as it is. {refusal.reason}")
    if len(result.refused) > 3:
        messages.warning(request, f"{len(result.refused) - 3} more were left as they are.")


def _back(request: HttpRequest, otherwise: str) -> str:
    """The list the form was sent from, with its filters."""
    return own_path(request.POST.get("next", ""), otherwise=otherwise)
