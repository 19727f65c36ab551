"""Pages of images: the list, the form that builds one, a version with its tabs, and what can be done about it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registry.images import asking, forms, pages, queries, services
from registry.images.models import Image, ImageVersion
from registry.mlmodels import queries as models
from studio import access
from studio.access import Permission
from studio.access.models import Workspace
from studio.errors import StudioError
from studio.storage import folder_uploads
from studio.web.forms import blame
from studio.web.page import page

VIEW, BUILD, DELETE = Permission.IMAGE_VIEW, Permission.IMAGE_BUILD, Permission.IMAGE_DELETE


@login_required
@require_GET
def image_list(request: HttpRequest, workspace: str) -> HttpResponse:
    found = access.workspace_or_404(request, VIEW)
    context = {"workspace": found, "page": pages.image_list(request, found)}
    return page(request, "registry/images/list.html", context, part="rows")


@login_required
@require_http_methods(["GET", "POST"])
def image_build(request: HttpRequest, workspace: str) -> HttpResponse:
    """The form that builds an image (`?model=digits:3`)."""
    found = access.workspace_or_404(request, BUILD)
    form = forms.BuildForm(
        request.POST or None,
        request.FILES or None,
        initial={"model": request.GET.get("model", ""), "name": request.GET.get("name", "")},
        registries=asking.registries_in(found),
        own=pages.own_registry_words(),
    )
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(_built(request, found, form.cleaned_data).get_absolute_url())
        except StudioError as error:
            blame(form, error)
    context = {
        "workspace": found,
        "form": form,
        "notices": pages.notices(),
        "model_names": models.names_in(found),
        "image_names": queries.names_in(found),
        "environment_names": asking.environment_names(found),
    }
    return page(request, "registry/images/build.html", context, status=422 if form.is_bound else 200)


@login_required
@require_GET
def image_detail(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """The image with all its versions."""
    image = _image(request, name)
    context = {
        "workspace": image.workspace,
        "image": image,
        "page": pages.image_page(request, image),
        "form": forms.ImageForm(initial={"description": image.description}),
    }
    return page(request, "registry/images/detail.html", context, part="versions")


@login_required
@require_POST
def image_edit(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    access.workspace_or_404(request, BUILD)
    image = _image(request, name)
    form = forms.ImageForm(request.POST)
    if form.is_valid():
        services.edit_image(actor=request.user, image=image, description=form.cleaned_data["description"])
    else:
        messages.error(request, "The description is too long.")
    return redirect(image.get_absolute_url())


@login_required
@require_POST
def image_delete(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    access.workspace_or_404(request, DELETE)
    image = _image(request, name)
    try:
        services.delete_image(actor=request.user, image=image)
    except StudioError as error:
        _say(request, error)
        return redirect(image.get_absolute_url())
    messages.success(request, f"The image {name} was deleted.")
    return redirect("image-list", workspace=workspace)


@login_required
@require_POST
def image_tag(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """Let a word lead to a version, or take it away."""
    access.workspace_or_404(request, BUILD)
    image = _image(request, name)
    form, number = forms.ImageTagForm(request.POST), request.POST.get("version", "")
    back = image.get_absolute_url()
    if not form.is_valid():
        messages.error(request, "A tag is a word of at most 100 characters.")
        return redirect(back)
    try:
        version = queries.version_at(image, number) if number else None
        back = version.get_absolute_url() if version else back
        if form.cleaned_data["remove"]:
            services.delete_tag(actor=request.user, image=image, word=form.cleaned_data["word"])
        elif version is not None:
            services.set_tag(actor=request.user, version=version, word=form.cleaned_data["word"])
    except StudioError as error:
        _say(request, error)
    return redirect(back)


@login_required
@require_GET
def version_detail(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    version = _version(request, name, number)
    return _tab(request, version, "Details", "details.html", {"details": pages.details(version)})


@login_required
@require_GET
def version_head(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    """The moving parts of the head, each for its place."""
    version = _version(request, name, number)
    context = {**_frame(request, version, "Details"), "swap": True}
    return render(request, "registry/images/head.html", context)


@login_required
@require_GET
def version_log(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    return _tab(request, _version(request, name, number), "Log", "log.html", {})


@login_required
@require_GET
def version_layers(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    version = _version(request, name, number)
    return _tab(request, version, "Layers", "layers.html", {"layers": pages.layers(version)})


@login_required
@require_GET
def version_packages(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    version, words = _version(request, name, number), request.GET.get("q", "")[:200]
    context = {"packages": pages.packages(version, words), "q": words}
    return _tab(request, version, "Packages", "packages.html", context)


@login_required
@require_GET
def version_uses(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    version = _version(request, name, number)
    return _tab(request, version, "Used by", "uses.html", {"uses": pages.used_by(version)})


@login_required
@require_POST
def version_retry(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    access.workspace_or_404(request, BUILD)
    version = _version(request, name, number)
    try:
        services.retry(actor=request.user, version=version)
    except StudioError as error:
        _say(request, error)
    return redirect(version.get_absolute_url())


@login_required
@require_POST
def version_cancel(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    access.workspace_or_404(request, BUILD)
    version = _version(request, name, number)
    try:
        services.cancel(actor=request.user, version=version)
    except StudioError as error:
        _say(request, error)
    return redirect(version.get_absolute_url())


@login_required
@require_POST
def version_edit(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    access.workspace_or_404(request, BUILD)
    version = _version(request, name, number)
    form = forms.ImageForm(request.POST)
    if form.is_valid():
        services.edit_version(actor=request.user, version=version, description=form.cleaned_data["description"])
    else:
        messages.error(request, "The description is too long.")
    return redirect(version.get_absolute_url())


@login_required
@require_POST
def version_delete(request: HttpRequest, workspace: str, name: str, number: int) -> HttpResponse:
    access.workspace_or_404(request, DELETE)
    version = _version(request, name, number)
    try:
        services.delete_version(actor=request.user, version=version)
    except StudioError as error:
        _say(request, error)
        return redirect(version.get_absolute_url())
    messages.success(request, f"Version {number} of {name} was deleted.")
    return redirect("image-detail", workspace=workspace, name=name)


def _built(request: HttpRequest, workspace: Workspace, values: dict[str, Any]) -> ImageVersion:
    """The version that the form asks for, with a word about one that was there."""
    before = queries.newest_id(workspace)
    refs = [ref.strip() for ref in values["model"].split(",") if ref.strip()]
    upload = values.get("code")
    made = services.build(
        actor=request.user,
        workspace=workspace,
        models=asking.models_of(workspace, refs),
        name=values["name"],
        code=folder_uploads.store(workspace=workspace, upload=upload) if upload else None,
        scoring_script=values["scoring_script"],
        environment=asking.environment_of(workspace, values["environment"]),
        base=values["base"],
        type=values["type"] or "docker",
        connection=asking.connection_of(workspace, values.get("connection") or ""),
        description=values["description"],
    )
    if made.pk <= before:
        messages.info(request, f"{made} has these contents already, so nothing is built.")
    return made


def _tab(
    request: HttpRequest, version: ImageVersion, label: str, template: str, context: dict[str, Any]
) -> HttpResponse:
    frame = _frame(request, version, label)
    return page(request, f"registry/images/{template}", frame | context, part="version")


def _frame(request: HttpRequest, version: ImageVersion, label: str) -> dict[str, Any]:
    return {
        "workspace": version.image.workspace,
        "image": version.image,
        "version": version,
        "head": pages.head(request, version, label),
        "form": forms.ImageForm(initial={"description": version.description}),
    }


def _say(request: HttpRequest, error: StudioError) -> None:
    messages.error(request, f"{error.message} {error.hint}".strip())


def _image(request: HttpRequest, name: str) -> Image:
    return access.get_or_404(request, Image, None, VIEW, name=name)


def _version(request: HttpRequest, name: str, number: int) -> ImageVersion:
    return queries.version_at(_image(request, name), min(number, 2**31 - 1))
