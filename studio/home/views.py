"""Home: what runs and is it healthy, what changed, where was I."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from studio import access
from studio.home import pages
from studio.web.page import page

LAST_WORKSPACE = "workspace"  # session key


@login_required
@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """The way in: the workspace used last, else the first one, else the list."""
    workspaces = list(access.visible_workspaces(request))
    if not workspaces:
        return redirect("workspace-list")
    slug = request.session.get(LAST_WORKSPACE)
    chosen = next((workspace for workspace in workspaces if workspace.slug == slug), workspaces[0])
    return redirect("home", workspace=chosen.slug)


@login_required
@require_safe
def home(request: HttpRequest, workspace: str) -> HttpResponse:
    here = access.workspace_or_404(request)
    if request.session.get(LAST_WORKSPACE) != here.slug:
        request.session[LAST_WORKSPACE] = here.slug
    context = {"workspace": here, "page": pages.home_page(request, here), "base_url": request.build_absolute_uri("/")}
    part = request.GET.get("part", "")
    return page(request, "home/home.html", context, part=part if part in {"live", "changes"} else "")
