"""Models: the list, a model, the form that registers a version."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from registry.mlmodels import forms, pages, queries
from registry.mlmodels.models import RegisteredModel
from registry.mlmodels.services import aliases, models, versions
from studio import access
from studio.access import Permission
from studio.errors import StudioError
from studio.web.forms import blame
from studio.web.page import page


@login_required
@require_http_methods(["GET", "POST"])
def model_list(request: HttpRequest, workspace: str) -> HttpResponse:
    """Every model of the workspace; POST makes one without versions."""
    permission = Permission.MODEL_EDIT if request.method == "POST" else Permission.MODEL_VIEW
    found = access.workspace_or_404(request, permission)
    form = forms.ModelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            model = models.create_model(actor=request.user, workspace=found, **form.cleaned_data)
            return redirect(model.get_absolute_url())
        except StudioError as error:
            blame(form, error)
    context = {"workspace": found, "page": pages.model_list(request, found), "form": form}
    return page(request, "registry/mlmodels/list.html", context, part="rows", status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "POST"])
def model_register(request: HttpRequest, workspace: str) -> HttpResponse:
    """The form that makes a version of a run's files (`?source=runs:/<id>/<path>`)."""
    found = access.workspace_or_404(request, Permission.MODEL_EDIT)
    form = forms.RegisterForm(
        request.POST or None,
        initial={"source": request.GET.get("source", ""), "name": request.GET.get("name", "")},
    )
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        new = versions.NewVersion(source=values["source"], description=values["description"], tags=values["tags"])
        named = [values["alias"]] if values["alias"] else []
        try:
            version = versions.register_version(
                actor=request.user, workspace=found, name=values["name"], new=new, aliases=named
            )
        except StudioError as error:
            blame(form, error)
        else:
            messages.success(request, f"{version.model.name} has version {version.number} now.")
            return redirect(version.get_absolute_url())
    context = {"workspace": found, "form": form, "names": queries.names_in(found)}
    return page(request, "registry/mlmodels/register.html", context, status=422 if form.is_bound else 200)


@login_required
@require_GET
def model_detail(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    model = _model(request, name)
    form = forms.ModelForm(initial={"name": model.name, "description": model.description})
    return _detail(request, model, form=form)


@login_required
@require_POST
def model_edit(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """Another name, another description."""
    access.workspace_or_404(request, Permission.MODEL_EDIT)
    model = _model(request, name)
    form = forms.ModelForm(request.POST)
    if not form.is_valid():
        return _detail(request, model, form=form, status=422)
    try:
        if form.cleaned_data["description"] != model.description:
            models.edit_model(actor=request.user, model=model, description=form.cleaned_data["description"])
        if form.cleaned_data["name"] != model.name:
            models.rename_model(actor=request.user, model=model, name=form.cleaned_data["name"])
    except StudioError as error:
        blame(form, error)
        return _detail(request, model, form=form, status=422)
    return redirect(model.get_absolute_url())


@login_required
@require_POST
def model_tag(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """Set a tag, or take it away."""
    access.workspace_or_404(request, Permission.MODEL_EDIT)
    model = _model(request, name)
    form = forms.TagForm(request.POST)
    if form.is_valid():
        value = None if form.cleaned_data["remove"] else form.cleaned_data["value"]
        try:
            models.set_tags(actor=request.user, model=model, tags={form.cleaned_data["key"]: value})
        except StudioError as error:
            messages.error(request, error.message)
    else:
        messages.error(request, "A tag has a key of at most 250 characters.")
    return redirect(model.get_absolute_url())


@login_required
@require_POST
def model_alias(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """Let an alias lead to a version, or forget it."""
    access.workspace_or_404(request, Permission.MODEL_EDIT)
    model = _model(request, name)
    form = forms.AliasForm(request.POST)
    target = model.get_absolute_url()
    if not form.is_valid():
        messages.error(request, "Give an alias and the number of a version.")
        return redirect(target)
    values = form.cleaned_data
    try:
        if values["remove"]:
            aliases.delete_alias(actor=request.user, model=model, name=values["alias"])
        else:
            version = queries.version_at(model, values["version"] or 0)
            aliases.set_alias(actor=request.user, version=version, name=values["alias"])
            target = version.get_absolute_url()
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
    return redirect(target)


@login_required
@require_POST
def model_delete(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    access.workspace_or_404(request, Permission.MODEL_DELETE)
    model = _model(request, name)
    try:
        models.delete_model(actor=request.user, model=model)
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
        return redirect(model.get_absolute_url())
    messages.success(request, f"{name} was deleted.")
    return redirect("model-list", workspace=workspace)


def _model(request: HttpRequest, name: str) -> RegisteredModel:
    """The model of the URL; what may be done with it was judged for the workspace."""
    return access.get_or_404(request, RegisteredModel, None, Permission.MODEL_VIEW, name=name)


def _detail(request: HttpRequest, model: RegisteredModel, *, form: forms.ModelForm, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "workspace": model.workspace,
        "model": model,
        "page": pages.model_page(request, model),
        "form": form,
    }
    return page(request, "registry/mlmodels/detail.html", context, part="model", status=status)
