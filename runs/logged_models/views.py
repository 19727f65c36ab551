"""The page of a logged model and its files."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from runs.logged_models import files as model_files
from runs.logged_models import pages
from runs.logged_models.models import LoggedModel
from studio import access
from studio.access import Permission
from studio.api import files
from studio.web.page import page


@login_required
@require_safe
def logged_model(request: HttpRequest, workspace: str, model_id: str) -> HttpResponse:
    """Facts, parameters, metrics and files of one model; one in the trash says so."""
    model = access.get_or_404(request, LoggedModel, model_id, Permission.RUN_VIEW)
    context = {"workspace": model.workspace, "model": model, "page": pages.model_page(model)}
    return page(request, "runs/logged_models/detail.html", context)


@login_required
@require_safe
def logged_model_file(request: HttpRequest, workspace: str, model_id: str) -> HttpResponseBase:
    """The file of `?path=` as a download."""
    model = access.get_or_404(request, LoggedModel, model_id, Permission.RUN_VIEW)
    found = model_files.shelf_of(model).at(request.GET.get("path", ""))
    return files.download(request, found.blob, name=found.path, content_type=found.content_type)
