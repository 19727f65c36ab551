"""Browsing a datastore: its folders and files, downloads, removal. Uploads go over REST."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from registry.data.datastores import services as datastores
from registry.data.datastores.models import Datastore
from registry.data.transfers import pages, services
from registry.data.transfers.api import served
from studio import access
from studio.access import Permission
from studio.errors import StudioError
from studio.web.page import page


@login_required
@require_GET
def browse(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """A folder of a datastore (`?path=`)."""
    datastore = _datastore(request, name, Permission.DATA_VIEW)
    context = {"workspace": datastore.workspace, "datastore": datastore, "page": pages.browse(request, datastore)}
    return page(request, "registry/data/transfers/browse.html", context, part="listing")


@login_required
@require_GET
def folders(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """The folders right in `?path=`, as lines of the tree."""
    datastore = _datastore(request, name, Permission.DATA_VIEW)
    found = pages.folders(datastore, request.GET.get("path", "").strip("/"))
    context = {"workspace": datastore.workspace, "datastore": datastore, "folders": found}
    return page(request, "registry/data/transfers/folders.html", context)


@login_required
@require_GET
def raw(request: HttpRequest, workspace: str, name: str) -> HttpResponseBase:
    """The bytes of the file `?path=`, always as a download."""
    return served(request, _datastore(request, name, Permission.DATA_VIEW), request.GET.get("path", ""))


@login_required
@require_POST
def delete(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """Remove the file `path`; back to its folder."""
    datastore = _datastore(request, name, Permission.DATA_DELETE)
    path = request.POST.get("path", "")
    try:
        services.delete_file(actor=request.user, datastore=datastore, path=path)
        messages.success(request, f"{path} is deleted.")
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
    return redirect(pages.folder_url(datastore, path.rpartition("/")[0]))


def _datastore(request: HttpRequest, name: str, permission: Permission) -> Datastore:
    found = access.workspace_or_404(request, permission)
    if name == datastores.DEFAULT_NAME:
        datastores.ensure_default(found)
    datastore = access.get_or_404(request, Datastore, None, Permission.DATASTORE_VIEW, name__iexact=name)
    datastore.workspace = found
    return datastore
