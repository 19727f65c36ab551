"""Connections of a workspace: what they are and where; their credentials can be set here and are shown nowhere."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.api import pagination
from studio.errors import StudioError
from studio.secrets import models
from studio.secrets import queries as secrets
from studio.secrets.connections import document, forms, kinds, queries, services
from studio.web.data_tabs import data_tabs
from studio.web.page import page

VIEW, EDIT = Permission.SECRET_VIEW, Permission.SECRET_EDIT
PAGE_ROWS = 100


@login_required
@require_GET
def connection_list(request: HttpRequest, workspace: str) -> HttpResponse:
    """Every connection: what it is, where, and how it is opened."""
    found = access.workspace_or_404(request, VIEW)
    listed = pagination.page_of(
        queries.listing(found), order=("name", "id"), cursor=request.GET.get("cursor", ""), limit=PAGE_ROWS
    )
    context = {
        "workspace": found,
        "rows": [(row, *_words(row), _place(row)) for row in listed.rows],
        "next_url": f"?{pagination.query_with(request.GET, cursor=listed.next)}" if listed.next else "",
        "previous_url": f"?{pagination.query_with(request.GET, cursor=listed.previous)}" if listed.previous else "",
        "can_edit": access.allows(request, EDIT, found),
        "tabs": data_tabs(found, "Connections"),
    }
    return page(request, "studio/connections/list.html", context, part="rows")


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def connection_new(request: HttpRequest, workspace: str) -> HttpResponse:
    """A new connection, by its fields or by the text of its file."""
    found = access.workspace_or_404(request, EDIT)
    is_file = "text" in request.POST
    form = forms.ConnectionForm(None if is_file else request.POST or None)
    file_form = forms.FileForm(request.POST if is_file else None)
    made = _made(request, found, file_form if is_file else form) if request.method == "POST" else None
    if made is not None:
        messages.success(request, f"{made.name} is there. Its credential is in the vault and never shown again.")
        return redirect("connection-detail", workspace=workspace, name=made.name)
    context = {"workspace": found, "form": form, "file_form": file_form, "is_file": is_file}
    return page(request, "studio/connections/edit.html", context, status=422 if request.method == "POST" else 200)


@login_required
@require_GET
def connection_detail(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """One connection, with what opened its credential."""
    connection = _connection(request, name, VIEW)
    type_words, credential_words = _words(connection)
    context = {
        "workspace": connection.workspace,
        "connection": connection,
        "type_words": type_words,
        "credential_words": credential_words,
        "facts": _facts(connection),
        "uses": secrets.recent_uses(connection.secret) if connection.secret else [],
        "can_edit": access.allows(request, EDIT, connection.workspace),
    }
    return page(request, "studio/connections/detail.html", context, part="connection")


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def connection_edit(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """Change it; a credential left empty stays while the place stays."""
    connection = _connection(request, name, EDIT)
    if request.method == "POST":
        form = forms.ConnectionForm({**request.POST.dict(), "name": connection.name})
        if _changed(request, connection, form):
            messages.success(request, f"{connection.name} was saved.")
            return redirect("connection-detail", workspace=workspace, name=connection.name)
    else:
        form = forms.ConnectionForm(initial=forms.filled(connection))
    context = {"workspace": connection.workspace, "connection": connection, "form": form}
    return page(request, "studio/connections/edit.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
def connection_delete(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    connection = _connection(request, name, EDIT)
    try:
        services.delete_connection(actor=request.user, connection=connection)
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
        return redirect("connection-detail", workspace=workspace, name=connection.name)
    messages.success(request, f"{connection.name} was deleted with its credential.")
    return redirect("connection-list", workspace=workspace)


def _made(request: HttpRequest, workspace: Workspace, form: Any) -> models.Connection | None:
    """The new connection, or None and what is wrong at the form's fields."""
    if not form.is_valid():
        return None
    try:
        is_file = isinstance(form, forms.FileForm)
        asked = document.read_text(form.cleaned_data["text"]) if is_file else document.read(form.document())
        return services.create_connection(actor=request.user, workspace=workspace, definition=asked)
    except StudioError as error:
        form.blame(error)
        return None


def _changed(request: HttpRequest, connection: models.Connection, form: forms.ConnectionForm) -> bool:
    if not form.is_valid():
        return False
    try:
        asked = document.read(form.document(connection))
        services.edit_connection(actor=request.user, connection=connection, definition=asked)
    except StudioError as error:
        form.blame(error)
        return False
    return True


def _words(connection: models.Connection) -> tuple[str, str]:
    """Its type and its kind of credential as people call them."""
    kind, credential = kinds.KINDS.get(connection.type), kinds.CREDENTIALS.get(connection.credentials)
    return kind.label if kind else connection.type, credential.label if credential else connection.credentials


def _labels(connection: models.Connection) -> dict[str, str]:
    kind = kinds.KINDS.get(connection.type)
    return {place.name: place.label for place in kind.places} if kind else {}


def _place(connection: models.Connection) -> str:
    """Where it is, for a type that says so in its places instead of a target."""
    found = [str(connection.metadata[name]) for name in _labels(connection) if name in connection.metadata]
    return " / ".join(found)


def _facts(connection: models.Connection) -> list[tuple[str, object]]:
    """The metadata, places by their labels."""
    labels = _labels(connection)
    return [(labels.get(name, name), value) for name, value in connection.metadata.items()]


def _connection(request: HttpRequest, name: str, permission: Permission) -> models.Connection:
    return access.get_or_404(request, models.Connection, None, permission, name__iexact=name)
