"""Pages of environments: the list, a name, a version with its builds, the form that registers one."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registry.environments import curated, definitions, forms, pages, queries, services, telling
from registry.environments.models import Environment, EnvironmentAsset, EnvironmentBuild, EnvironmentVersion
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.errors import NotFound, StudioError
from studio.storage import folder_uploads
from studio.web.forms import blame
from studio.web.page import page

VIEW, EDIT, DELETE = Permission.ENVIRONMENT_VIEW, Permission.ENVIRONMENT_EDIT, Permission.ENVIRONMENT_DELETE


@login_required
@require_GET
def environment_list(request: HttpRequest, workspace: str) -> HttpResponse:
    """The workspace's own environments, or those that ship (`?show=curated`)."""
    found = access.workspace_or_404(request, VIEW)
    context = {"workspace": found, "page": pages.list_page(request, found)}
    return page(request, "registry/environments/list.html", context, part="rows")


@login_required
@require_http_methods(["GET", "POST"])
def environment_new(request: HttpRequest, workspace: str) -> HttpResponse:
    """The form that registers a version."""
    found = access.workspace_or_404(request, EDIT)
    form = forms.NewForm(request.POST or None, request.FILES or None, initial={"name": request.GET.get("name", "")})
    if request.method == "POST" and form.is_valid():
        try:
            version = _register(request, found, form)
        except StudioError as error:
            blame(form, _placed(error, form))
        except ValidationError as error:
            form.add_error("conda", error)
        else:
            messages.success(request, f"{version} is registered.")
            return redirect(version.get_absolute_url())
    context = {"workspace": found, "form": form, "names": queries.names(found)}
    return page(request, "registry/environments/new.html", context, status=422 if form.is_bound else 200)


@login_required
@require_GET
def environment_curated(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """One that ships."""
    found = access.workspace_or_404(request, VIEW)
    shipped, known = _shipped(name)
    context = {
        "workspace": found,
        "shipped": shipped,
        "page": pages.curated_page(found, known),
        "can": pages.can(request, found),
    }
    return page(request, "registry/environments/curated.html", context, part="content")


@login_required
@require_POST
def curated_build(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    found = access.workspace_or_404(request, EDIT)
    shipped, _ = _shipped(name)
    content = queries.find(found, shipped.name)
    return _build(request, content, back=request.path.removesuffix("build/"))


@login_required
@require_GET
def environment_detail(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """A name with its versions."""
    asset = _asset(request, name)
    form = forms.EditForm(initial={"description": asset.description})
    context = {"workspace": asset.workspace, "asset": asset, "page": pages.asset_page(request, asset), "form": form}
    return page(request, "registry/environments/detail.html", context, part="versions")


@login_required
@require_POST
def environment_edit(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    access.workspace_or_404(request, EDIT)
    asset = _asset(request, name)
    text = request.POST.get("description", "")
    return _done(
        request,
        asset.get_absolute_url(),
        lambda: services.edit_asset(actor=request.user, asset=asset, description=text),
        "The description was saved.",
    )


@login_required
@require_POST
def environment_archive(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """Archive a name, or take it back (`restore`)."""
    access.workspace_or_404(request, EDIT)
    asset = _asset(request, name)
    wanted = "restore" not in request.POST
    return _done(
        request,
        asset.get_absolute_url(),
        lambda: services.archive_asset(actor=request.user, asset=asset, is_archived=wanted),
        f"{name} was {'archived' if wanted else 'restored'}.",
    )


@login_required
@require_POST
def environment_delete(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    found = access.workspace_or_404(request, DELETE)
    asset = _asset(request, name)
    return _done(
        request,
        asset.get_absolute_url(),
        lambda: services.delete_asset(actor=request.user, asset=asset),
        f"{name} was deleted.",
        then=f"/w/{found.slug}/environments/",
    )


@login_required
@require_GET
def version_detail(request: HttpRequest, workspace: str, name: str, version: str) -> HttpResponse:
    """What is in a version, its builds, who uses it."""
    row = _version(request, name, version)
    found = row.asset.workspace
    context = {
        "workspace": found,
        "asset": row.asset,
        "version": row,
        "page": pages.version_page(row),
        "can": pages.can(request, found),
        "versions": list(queries.versions_of(row.asset)[: pages.PAGE_ROWS]),
        "form": forms.EditForm(initial={"description": row.description}),
    }
    return page(request, "registry/environments/version.html", context, part="content")


@login_required
@require_POST
def version_edit(request: HttpRequest, workspace: str, name: str, version: str) -> HttpResponse:
    access.workspace_or_404(request, EDIT)
    row = _version(request, name, version)
    text = request.POST.get("description", "")
    return _done(
        request,
        row.get_absolute_url(),
        lambda: services.edit_version(actor=request.user, version=row, description=text),
        "The description was saved.",
    )


@login_required
@require_POST
def version_archive(request: HttpRequest, workspace: str, name: str, version: str) -> HttpResponse:
    """Archive a version, or take it back (`restore`)."""
    access.workspace_or_404(request, EDIT)
    row = _version(request, name, version)
    wanted = "restore" not in request.POST
    return _done(
        request,
        row.get_absolute_url(),
        lambda: services.archive_version(actor=request.user, version=row, is_archived=wanted),
        f"{row} was {'archived' if wanted else 'restored'}.",
    )


@login_required
@require_POST
def version_delete(request: HttpRequest, workspace: str, name: str, version: str) -> HttpResponse:
    access.workspace_or_404(request, DELETE)
    row = _version(request, name, version)
    return _done(
        request,
        row.get_absolute_url(),
        lambda: services.delete_version(actor=request.user, version=row),
        f"{row} was deleted.",
        then=row.asset.get_absolute_url(),
    )


@login_required
@require_GET
def content_detail(request: HttpRequest, workspace: str, pk: int) -> HttpResponse:
    """A content by itself: what a run was given that named no registered environment."""
    content = access.get_or_404(request, Environment, pk, VIEW)
    found = content.workspace
    context = {
        "workspace": found,
        "content": content,
        "page": pages.content_page(found, content),
        "versions": queries.versions_with(content),
        "can": pages.can(request, found),
    }
    return page(request, "registry/environments/content.html", context, part="content")


@login_required
@require_POST
def content_build(request: HttpRequest, workspace: str, pk: int) -> HttpResponse:
    access.workspace_or_404(request, EDIT)
    content = access.get_or_404(request, Environment, pk, VIEW)
    return _build(request, content, back=request.path.removesuffix("build/"))


@login_required
@require_GET
def build_detail(request: HttpRequest, workspace: str, pk: int) -> HttpResponse:
    """One build with its log, followed live."""
    build = _build_row(request, pk)
    found = build.content.workspace
    context = {
        "workspace": found,
        "build": build,
        "title": telling.FORMS[EnvironmentBuild.Form(build.form)],
        "topic": telling.topic(build.pk),
        "versions": queries.versions_with(build.content),
        "can": pages.can(request, found),
    }
    return page(request, "registry/environments/build.html", context, part="head")


@login_required
@require_POST
def build_retry(request: HttpRequest, workspace: str, pk: int) -> HttpResponse:
    access.workspace_or_404(request, EDIT)
    build = _build_row(request, pk)
    return _done(
        request,
        request.path.removesuffix("retry/"),
        lambda: services.retry(actor=request.user, build=build),
        "It is tried again.",
    )


@login_required
@require_POST
def build_cancel(request: HttpRequest, workspace: str, pk: int) -> HttpResponse:
    access.workspace_or_404(request, EDIT)
    build = _build_row(request, pk)
    return _done(
        request,
        request.path.removesuffix("cancel/"),
        lambda: services.cancel(actor=request.user, build=build),
        "The build was told to stop.",
    )


def _asset(request: HttpRequest, name: str) -> EnvironmentAsset:
    """The name of the URL; what may be done with it was judged for the workspace."""
    return access.get_or_404(request, EnvironmentAsset, None, VIEW, name=name)


def _version(request: HttpRequest, name: str, version: str) -> EnvironmentVersion:
    return queries.version_at(_asset(request, name), version)


def _build_row(request: HttpRequest, pk: int) -> EnvironmentBuild:
    return queries.build_with_parts(access.get_or_404(request, EnvironmentBuild, pk, VIEW))


def _shipped(name: str) -> tuple[curated.Shipped, curated.Curated]:
    found = next((each for each in curated.SHIPPED if each.name == name), None)
    known = curated.find(name) if found else None
    if found is None or known is None:
        raise NotFound("not_found", f"No environment {name[:80]!r} ships with the studio.")
    return found, known


def _register(request: HttpRequest, workspace: Workspace, form: forms.NewForm) -> EnvironmentVersion:
    values = form.cleaned_data
    context = ""
    if values["source"] == "dockerfile":
        context = folder_uploads.store(workspace=workspace, upload=values["folder"]).sha256
    definition = definitions.parse(form.definition(), {}, context=context, on_docker=True)
    return services.register(
        actor=request.user,
        workspace=workspace,
        name=values["name"],
        definition=definition,
        description=values["description"],
    )


def _placed(error: StudioError, form: forms.NewForm) -> StudioError:
    """What is wrong with an environment stands at the field it was typed into."""
    source = form.cleaned_data["source"]
    field = {"dockerfile": "folder"}.get(source, source)
    if set(error.fields) == {"environment"}:
        error.fields = {field: error.message}
    return error


def _build(request: HttpRequest, content: Environment, *, back: str) -> HttpResponse:
    try:
        build = services.build(actor=request.user, content=content, form=request.POST.get("form", ""))
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
        return redirect(back)
    return redirect("environment-build", workspace=content.workspace.slug, pk=build.pk)


def _done(request: HttpRequest, back: str, act: Callable[[], Any], said: str, *, then: str = "") -> HttpResponse:
    try:
        act()
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
        return redirect(back)
    messages.success(request, said)
    return redirect(then or back)
