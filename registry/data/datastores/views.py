"""Datastores of a workspace: the list, one of them, the form, and *Test connection*."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registry.data.datastores import checking, definition, document, forms, opening, pages, queries, services
from registry.data.datastores.checking import Check
from registry.data.datastores.models import Datastore
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.errors import Invalid, StudioError
from studio.web.data_tabs import data_tabs
from studio.web.page import page

VIEW, MANAGE = Permission.DATASTORE_VIEW, Permission.DATASTORE_MANAGE
TAB = "Datastores"


@login_required
@require_GET
def datastore_list(request: HttpRequest, workspace: str) -> HttpResponse:
    """Every datastore with the state of its last test."""
    found = access.workspace_or_404(request, VIEW)
    context = {
        "workspace": found,
        "cards": pages.cards(found),
        "can": pages.can(request, found),
        "tabs": data_tabs(found, TAB),
    }
    return page(request, "registry/data/datastores/list.html", context, part="cards")


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def datastore_new(request: HttpRequest, workspace: str) -> HttpResponse:
    """The kinds to choose from; with `?kind=` the form of one. POST registers it and tests the connection."""
    found = access.workspace_or_404(request, MANAGE)
    if not request.GET.get("kind"):
        return _chooser(request, found)
    form = _form(request)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.register_datastore(
                actor=request.user, workspace=found, name=form.cleaned_data["name"], definition=form.definition(),
                **form.common(),
            )  # fmt: skip
        except StudioError as error:
            form.blame(error)
        else:
            return _tested(request, made, f"{made.name} is registered.")
    return _form_page(request, found, form)


@sensitive_post_parameters()
@login_required
@require_POST
def datastore_from_file(request: HttpRequest, workspace: str) -> HttpResponse:
    """Register what a YAML file says."""
    found = access.workspace_or_404(request, MANAGE)
    form = forms.FileForm(request.POST)
    if form.is_valid():
        try:
            read = document.read(form.cleaned_data["text"])
            made = services.register_datastore(
                actor=request.user, workspace=found, name=read.name, definition=read.definition,
                description=read.description, tags=read.tags, is_read_only=read.is_read_only,
            )  # fmt: skip
        except StudioError as error:
            form.blame(error)
        else:
            return _tested(request, made, f"{made.name} is registered.")
    return _chooser(request, found, form, status=422)


@login_required
@require_GET
def datastore_detail(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """One datastore: where it is, whether it works, what lies there."""
    return _detail(request, _datastore(request, name, VIEW))


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def datastore_edit(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    datastore = _datastore(request, name, MANAGE)
    form = _form(request, datastore)
    if request.method == "POST" and form.is_valid():
        try:
            services.edit_datastore(
                actor=request.user, datastore=datastore, options=form.options(), credential=form.credential(),
                **form.common(),
            )  # fmt: skip
        except StudioError as error:
            form.blame(error)
        else:
            return _tested(request, datastore, f"{datastore.name} is saved.")
    return _form_page(request, datastore.workspace, form, datastore)


@sensitive_post_parameters()
@login_required
@require_POST
def datastore_test_new(request: HttpRequest, workspace: str) -> HttpResponse:
    """What a form that is not saved yet would reach, as a line for the form."""
    found = access.workspace_or_404(request, MANAGE)
    form = _form(request)
    form.fields["name"].required = False
    if not form.is_valid():
        return _result(request, found, form=form)
    try:
        writing = not form.cleaned_data.get("is_read_only", False)
        check = checking.check_new(actor=request.user, workspace=found, definition=form.definition(), writing=writing)
    except StudioError as error:
        form.blame(error)
        return _result(request, found, form=form)
    return _result(request, found, check)


@login_required
@require_POST
def datastore_test(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """Test the connection; the page shows what came of it."""
    datastore = _datastore(request, name, MANAGE)
    checking.check_datastore(actor=request.user, datastore=datastore)
    if getattr(request, "htmx", None):
        return _detail(request, datastore)
    return redirect("datastore-detail", workspace=workspace, name=datastore.name)


@sensitive_post_parameters()
@login_required
@require_POST
def datastore_test_changes(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """What a changed form that is not saved yet would reach."""
    datastore = _datastore(request, name, MANAGE)
    form = _form(request, datastore)
    if not form.is_valid():
        return _result(request, datastore.workspace, form=form)
    try:
        check = checking.check_changed(
            actor=request.user, datastore=datastore, options=form.options(), credential=form.credential(),
            writing=not form.cleaned_data.get("is_read_only", False),
        )  # fmt: skip
    except StudioError as error:
        form.blame(error)
        return _result(request, datastore.workspace, form=form)
    return _result(request, datastore.workspace, check)


@login_required
@require_GET
def datastore_tables(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """Tables and views of a database, asked for when the page is there: the database may be slow."""
    datastore = _datastore(request, name, Permission.DATA_VIEW)
    context: dict[str, Any] = {"workspace": datastore.workspace, "datastore": datastore}
    try:
        context["tables"] = opening.sql_store(datastore).tables()
    except StudioError as error:
        context["problem"] = error
    return page(request, "registry/data/datastores/tables.html", context)


@login_required
@require_POST
def datastore_make_default(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    datastore = _datastore(request, name, MANAGE)
    try:
        services.make_default(actor=request.user, datastore=datastore)
        messages.success(request, f"{datastore.name} is the default now: uploads and jobs write there.")
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
    return redirect("datastore-detail", workspace=workspace, name=datastore.name)


@login_required
@require_POST
def datastore_remove(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    datastore = _datastore(request, name, MANAGE)
    try:
        services.remove_datastore(actor=request.user, datastore=datastore)
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
        return redirect("datastore-detail", workspace=workspace, name=datastore.name)
    messages.success(request, f"{datastore.name} is no longer registered. The files there were left as they are.")
    return redirect("datastore-list", workspace=workspace)


def _datastore(request: HttpRequest, name: str, permission: Permission) -> Datastore:
    return queries.named(access.workspace_or_404(request, permission), name)


def _form(request: HttpRequest, datastore: Datastore | None = None) -> forms.DatastoreForm:
    """The form of the kind that the address names, or of a datastore's own."""
    kind_name = datastore.kind if datastore is not None else request.GET.get("kind", "")
    kind = definition.known_kind(kind_name)
    head = kind.settings[0]
    first = str(datastore.options.get(head.name, "")) if datastore is not None else request.GET.get("first", "")
    if head.choices and first not in dict(head.choices):
        raise Invalid("invalid_datastore", f"There is no {head.label.lower()} called {first[:40]!a}.")
    return forms.DatastoreForm(
        kind_name, kind, request.POST if request.method == "POST" else None, first=first, datastore=datastore
    )


def _chooser(
    request: HttpRequest, workspace: Workspace, form: forms.FileForm | None = None, *, status: int = 200
) -> HttpResponse:
    context = {
        "workspace": workspace,
        "choices": pages.choices(workspace),
        "form": form or forms.FileForm(),
        "tabs": data_tabs(workspace, TAB),
    }
    return page(request, "registry/data/datastores/new.html", context, status=status)


def _form_page(
    request: HttpRequest, workspace: Workspace, form: forms.DatastoreForm, datastore: Datastore | None = None
) -> HttpResponse:
    context = {
        "workspace": workspace,
        "form": form,
        "datastore": datastore,
        "kind_words": pages.words_of(form.kind, form.chosen),
        "tabs": data_tabs(workspace, TAB),
    }
    status = 422 if form.is_bound else 200
    return page(request, "registry/data/datastores/form.html", context, status=status)


def _result(
    request: HttpRequest, workspace: Workspace, check: Check | None = None, form: forms.DatastoreForm | None = None
) -> HttpResponse:
    context = {"workspace": workspace, "check": check, "form": form}
    return page(request, "registry/data/datastores/result.html", context)


def _tested(request: HttpRequest, datastore: Datastore, said: str) -> HttpResponse:
    """On to the datastore's page, with what a first test says."""
    check = checking.check_datastore(actor=request.user, datastore=datastore)
    if check.is_working:
        messages.success(request, f"{said} The connection works.")
    else:
        messages.warning(request, f"{said} Its connection does not work yet: {check.problem}")
    return redirect("datastore-detail", workspace=datastore.workspace.slug, name=datastore.name)


def _detail(request: HttpRequest, datastore: Datastore) -> HttpResponse:
    context = {
        "workspace": datastore.workspace,
        "datastore": datastore,
        "page": pages.detail(request, datastore),
        "tabs": data_tabs(datastore.workspace, TAB),
    }
    return page(request, "registry/data/datastores/detail.html", context, part="datastore")
