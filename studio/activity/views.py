"""The activity page and the tray of the top bar."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from studio import access
from studio.access import Permission
from studio.activity import pages
from studio.web.page import page


@login_required
@require_GET
def activity_list(request: HttpRequest, workspace: str) -> HttpResponse:
    found = access.workspace_or_404(request, Permission.ACTIVITY_VIEW)
    context = {"workspace": found, "page": pages.activity_page(request, found)}
    return page(request, "activity/list.html", context, part="rows")


@login_required
@require_GET
def activity_tray(request: HttpRequest, workspace: str) -> HttpResponse:
    found = access.workspace_or_404(request, Permission.ACTIVITY_VIEW)
    return page(request, "activity/tray.html", {"workspace": found, "tray": pages.tray(request)})
