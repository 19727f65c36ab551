"""Workspaces, their members and settings, and the way in by invitation."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from studio import access
from studio.access import Permission
from studio.access.models import Invitation, Membership, Workspace
from studio.accounts import queries as accounts
from studio.errors import Denied, StudioError
from studio.web.forms import blame
from studio.web.page import page
from studio.workspaces import forms, invitations, pages, queries, services

BACKEND = "django.contrib.auth.backends.ModelBackend"


@login_required
@require_http_methods(["GET", "POST"])
def workspace_list(request: HttpRequest) -> HttpResponse:
    """My workspaces, and the form that opens another."""
    can_create = access.may_create_workspaces(request)
    form = forms.WorkspaceForm()
    if request.method == "GET":
        return _workspace_list_page(request, form, can_create)
    if not can_create:
        raise Denied(
            "may_not_create_workspace",
            "Only the administrator and owners of a workspace may open another.",
            hint="Ask one of them.",
        )
    form = forms.WorkspaceForm(request.POST)
    if not form.is_valid():
        return _workspace_list_page(request, form, can_create, status=422)
    try:
        workspace = services.create_workspace(actor=request.user, **form.cleaned_data)
    except StudioError as error:
        blame(form, error)
        return _workspace_list_page(request, form, can_create, status=422)
    return redirect("home", workspace=workspace.slug)


@login_required
@require_http_methods(["GET", "POST"])
def workspace_settings(request: HttpRequest, workspace: str) -> HttpResponse:
    found = access.workspace_or_404(request, Permission.WORKSPACE_EDIT)
    form = forms.SettingsForm(request.POST or None, initial={"name": found.name, "description": found.description})
    if request.method == "GET":
        return page(request, "workspaces/settings.html", {"workspace": found, "form": form})
    if not form.is_valid():
        return page(request, "workspaces/settings.html", {"workspace": found, "form": form}, status=422)
    services.edit_workspace(actor=request.user, workspace=found, **form.cleaned_data)
    messages.success(request, "The settings were saved.")
    return redirect("workspace-settings", workspace=found.slug)


@login_required
@require_GET
def member_list(request: HttpRequest, workspace: str) -> HttpResponse:
    found = access.workspace_or_404(request, Permission.MEMBER_VIEW)
    return _members_page(request, found, form=forms.InvitationForm())


@login_required
@require_POST
def invitation_create(request: HttpRequest, workspace: str) -> HttpResponse:
    found = access.workspace_or_404(request, Permission.MEMBER_MANAGE)
    form = forms.InvitationForm(request.POST)
    if not form.is_valid():
        return _members_page(request, found, form=form, status=422)
    try:
        made = invitations.invite(actor=request.user, workspace=found, **form.cleaned_data)
    except StudioError as error:
        blame(form, error)
        return _members_page(request, found, form=form, status=422)
    # Not a redirect: the link is shown once and must rest nowhere, not even in the session.
    return _members_page(request, found, form=forms.InvitationForm(), made=made)


@login_required
@require_POST
def invitation_withdraw(request: HttpRequest, workspace: str, invitation_id: int) -> HttpResponse:
    access.workspace_or_404(request, Permission.MEMBER_MANAGE)
    invitation = access.get_or_404(request, Invitation, invitation_id, Permission.MEMBER_MANAGE)
    invitations.withdraw(actor=request.user, invitation=invitation)
    messages.success(request, f"The invitation of {invitation.email} was withdrawn.")
    return redirect("member-list", workspace=workspace)


@login_required
@require_POST
def member_role(request: HttpRequest, workspace: str, member_id: int) -> HttpResponse:
    access.workspace_or_404(request, Permission.MEMBER_MANAGE)
    membership = access.get_or_404(request, Membership, member_id, Permission.MEMBER_MANAGE)
    form = forms.RoleForm(request.POST)
    if not form.is_valid():
        return _members_page(request, membership.workspace, form=forms.InvitationForm(), status=422)
    services.change_role(actor=request.user, membership=membership, role=form.cleaned_data["role"])
    messages.success(request, f"{membership.user} is now {form.cleaned_data['role']}.")
    return redirect("member-list", workspace=workspace)


@login_required
@require_POST
def member_remove(request: HttpRequest, workspace: str, member_id: int) -> HttpResponse:
    access.workspace_or_404(request, Permission.MEMBER_MANAGE)
    membership = access.get_or_404(request, Membership, member_id, Permission.MEMBER_MANAGE)
    services.remove_member(actor=request.user, membership=membership)
    messages.success(request, f"{membership.user} was removed.")
    return redirect("member-list", workspace=workspace)


@login_required
@require_POST
def member_leave(request: HttpRequest, workspace: str) -> HttpResponse:
    found = access.workspace_or_404(request)
    membership = access.get_or_404(request, Membership, None, Permission.MEMBER_VIEW, user=request.user)
    services.remove_member(actor=request.user, membership=membership)
    messages.success(request, f"You have left {found.name}.")
    return redirect("root")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def invitation_accept(request: HttpRequest, secret: str) -> HttpResponse:
    """For the person it names: a button when signed in, a form for a new account, else the way to sign in."""
    invitation = invitations.find(secret=secret)
    if request.user.is_authenticated:
        return _accept_signed_in(request, invitation, secret)
    if accounts.has_account(email=invitation.email):
        return page(request, "workspaces/invitation.html", {"invitation": invitation, "must_sign_in": True})
    form = forms.NewPersonForm(request.POST or None)
    context = {"invitation": invitation, "form": form}
    if request.method == "GET":
        return page(request, "workspaces/invitation.html", context)
    if not form.is_valid():
        return page(request, "workspaces/invitation.html", context, status=422)
    try:
        user = invitations.accept_as_new_person(secret=secret, **form.cleaned_data)
    except StudioError as error:
        blame(form, error)
        return page(request, "workspaces/invitation.html", context, status=422)
    login(request, user, backend=BACKEND)
    return redirect("home", workspace=invitation.workspace.slug)


def _accept_signed_in(request: HttpRequest, invitation: Invitation, secret: str) -> HttpResponse:
    is_for_you = invitation.email == accounts.email_of(request.user)
    if request.method == "GET" and is_for_you:
        return page(request, "workspaces/invitation.html", {"invitation": invitation, "is_for_you": True})
    invitations.accept(actor=request.user, secret=secret)
    return redirect("home", workspace=invitation.workspace.slug)


def _workspace_list_page(
    request: HttpRequest, form: forms.WorkspaceForm, can_create: bool, *, status: int = 200
) -> HttpResponse:
    mine = queries.with_role(access.visible_workspaces(request), user=request.user)
    context = {"mine": mine, "form": form, "can_create": can_create}
    return page(request, "workspaces/list.html", context, status=status)


def _members_page(
    request: HttpRequest, workspace: Workspace, *, form: forms.InvitationForm, status: int = 200, **extra: Any
) -> HttpResponse:
    context = {"workspace": workspace, "page": pages.members_page(request, workspace), "form": form, **extra}
    context["roles"] = forms.RoleForm.base_fields["role"].choices  # type: ignore[attr-defined]
    return page(request, "workspaces/members.html", context, part="members", status=status)
