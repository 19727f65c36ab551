"""Secrets of a workspace: names, versions and uses. A value can be set here and is shown nowhere."""

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
from studio.secrets import forms, models, queries, vault
from studio.web.forms import blame
from studio.web.page import page

VIEW, EDIT = Permission.SECRET_VIEW, Permission.SECRET_EDIT
PAGE_ROWS = 100
EXAMPLE = "environment_variables:\n  HF_TOKEN: ${{secrets.hf-token}}"


@sensitive_post_parameters("value")
@login_required
@require_http_methods(["GET", "POST"])
def secret_list(request: HttpRequest, workspace: str) -> HttpResponse:
    """Every secret with who set and what used it last; POST adds one."""
    found = access.workspace_or_404(request, EDIT if request.method == "POST" else VIEW)
    form = forms.SecretForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = vault.put(actor=request.user, workspace=found, must_be_new=True, **form.cleaned_data)
        except StudioError as error:
            blame(form, error)
        else:
            messages.success(
                request, f"{made.secret.name} is in the vault. Jobs name it ${{{{secrets.{made.secret.name}}}}}."
            )
            return redirect("secret-list", workspace=workspace)
    context = {
        **_rows(request, found),
        "form": form,
        "can_edit": access.allows(request, EDIT, found),
        "example": EXAMPLE,
    }
    return page(request, "studio/secrets/list.html", context, part="rows", status=422 if form.is_bound else 200)


@login_required
@require_GET
def secret_detail(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """One secret with its versions and what used it."""
    return _detail(request, _secret(request, name, VIEW), form=forms.ValueForm())


@sensitive_post_parameters("value")
@login_required
@require_POST
def secret_set(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """The next version."""
    secret = _secret(request, name, EDIT)
    form = forms.ValueForm(request.POST)
    if form.is_valid():
        try:
            made = vault.put(
                actor=request.user, workspace=secret.workspace, name=secret.name, value=form.cleaned_data["value"]
            )
        except StudioError as error:
            blame(form, error)
        else:
            messages.success(request, f"{secret.name} has a new value: version {made.number}.")
            return redirect("secret-detail", workspace=workspace, name=secret.name)
    return _detail(request, secret, form=form, status=422)


@login_required
@require_POST
def secret_describe(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """Change what is written about it."""
    secret = _secret(request, name, EDIT)
    form = forms.DescriptionForm(request.POST)
    if form.is_valid():
        vault.describe(actor=request.user, secret=secret, description=form.cleaned_data["description"])
        messages.success(request, "The description was saved.")
    else:
        messages.error(request, "A description has at most 500 characters.")
    return redirect("secret-detail", workspace=workspace, name=secret.name)


@login_required
@require_POST
def secret_delete(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    secret = _secret(request, name, EDIT)
    try:
        vault.remove(actor=request.user, secret=secret)
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
        return redirect("secret-detail", workspace=workspace, name=secret.name)
    messages.success(request, f"{secret.name} was deleted with all its versions.")
    return redirect("secret-list", workspace=workspace)


def _secret(request: HttpRequest, name: str, permission: Permission) -> models.Secret:
    return access.get_or_404(request, models.Secret, None, permission, name__iexact=name)


def _rows(request: HttpRequest, workspace: Workspace) -> dict[str, Any]:
    found = pagination.page_of(
        queries.listing(workspace), order=("name", "id"), cursor=request.GET.get("cursor", ""), limit=PAGE_ROWS
    )
    return {
        "workspace": workspace,
        "rows": queries.rows_of(workspace, found.rows),
        "next_url": f"?{pagination.query_with(request.GET, cursor=found.next)}" if found.next else "",
        "previous_url": f"?{pagination.query_with(request.GET, cursor=found.previous)}" if found.previous else "",
    }


def _detail(request: HttpRequest, secret: models.Secret, *, form: forms.ValueForm, status: int = 200) -> HttpResponse:
    workspace = secret.workspace
    context = {
        "workspace": workspace,
        "row": queries.row_of(secret),
        "secret": secret,
        "versions": queries.versions(secret),
        "uses": queries.recent_uses(secret),
        "form": form,
        "description_form": forms.DescriptionForm(initial={"description": secret.description}),
        "can_edit": access.allows(request, EDIT, workspace) and not secret.held_by,
        "snippet": f"environment_variables:\n  {_variable(secret.name)}: ${{{{secrets.{secret.name}}}}}",
    }
    return page(request, "studio/secrets/detail.html", context, part="secret", status=status)


def _variable(name: str) -> str:
    """A likely name of the environment variable."""
    return "".join(letter if letter.isalnum() else "_" for letter in name.upper())
