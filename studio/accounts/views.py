"""Signing in and out, one's profile and one's tokens."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from studio.accounts import forms, queries, services
from studio.accounts.models import User
from studio.errors import Gone, StudioError
from studio.web.addresses import client_address, own_path
from studio.web.forms import blame
from studio.web.page import page

BACKEND = "django.contrib.auth.backends.ModelBackend"


@sensitive_post_parameters("password")
@csrf_protect
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    target = _safe_target(request)
    if request.method == "GET":
        if request.user.is_authenticated:
            return redirect(target)
        return page(request, "accounts/sign_in.html", {"form": forms.SignInForm(), "next": target})
    form = forms.SignInForm(request.POST)
    if not form.is_valid():
        return page(request, "accounts/sign_in.html", {"form": form, "next": target}, status=422)
    try:
        user = services.check_password(**form.cleaned_data, address=client_address(request))
    except StudioError as error:
        blame(form, error)
        status = 422 if error.retry_after is None else error.status
        response = page(request, "accounts/sign_in.html", {"form": form, "next": target}, status=status)
        if error.retry_after is not None:
            response["Retry-After"] = str(error.retry_after)
        return response
    login(request, user, backend=BACKEND)
    return redirect(target)


@require_GET
def sign_in_link(request: HttpRequest, secret: str) -> HttpResponse:
    """One click from a terminal signs in. What only looks ahead (a prefetch) uses nothing up."""
    if request.headers.get("Sec-Purpose", "").startswith("prefetch"):
        return HttpResponse(status=204)
    try:
        user = services.use_sign_in_link(secret=secret)
    except Gone:
        # A second click, or a reload, by the person whom the first one signed in.
        if request.user.is_authenticated and queries.is_own_link(user=_me(request), secret=secret):
            return redirect("root")
        raise
    login(request, user, backend=BACKEND)
    return redirect("root")


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    user = request.user
    logout(request)
    if isinstance(user, User):
        services.tell_sockets_of(actor=user)
    return redirect("sign-in")


@login_required
@sensitive_post_parameters("old", "new")
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Both forms of the page; `form=password` in the body says which one was sent."""
    user = _me(request)
    if request.method == "GET":
        return _profile_page(request)
    if request.POST.get("form") == "password":
        return _change_password(request, user)
    form = forms.ProfileForm(request.POST)
    if not form.is_valid():
        return _profile_page(request, profile_form=form, status=422)
    services.edit_profile(actor=user, **form.cleaned_data)
    messages.success(request, "Your profile was saved.")
    return redirect("account-profile")


@login_required
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return _tokens_page(request, form=forms.TokenForm())
    form = forms.TokenForm(request.POST)
    if not form.is_valid():
        return _tokens_page(request, form=form, status=422)
    try:
        token, secret = services.create_token(actor=_me(request), **form.cleaned_data)
    except StudioError as error:
        blame(form, error)
        return _tokens_page(request, form=form, status=422)
    # Not a redirect: the secret is shown once and must rest nowhere, not even in the session.
    return _tokens_page(request, form=forms.TokenForm(), token=token, secret=secret)


@login_required
@require_POST
def token_revoke(request: HttpRequest, token_id: int) -> HttpResponse:
    services.revoke_token(actor=_me(request), token_id=token_id)
    messages.success(request, "The token was revoked; it no longer works.")
    return redirect("account-tokens")


def _change_password(request: HttpRequest, user: User) -> HttpResponse:
    form = forms.PasswordForm(request.POST, has_password=user.has_usable_password())
    if not form.is_valid():
        return _profile_page(request, password_form=form, status=422)
    try:
        services.change_password(actor=user, old=form.cleaned_data.get("old", ""), new=form.cleaned_data["new"])
    except StudioError as error:
        blame(form, error)
        return _profile_page(request, password_form=form, status=422)
    update_session_auth_hash(request, user)
    messages.success(request, "Your password was changed. Your other sessions have ended.")
    return redirect("account-profile")


def _profile_page(
    request: HttpRequest,
    *,
    profile_form: forms.ProfileForm | None = None,
    password_form: forms.PasswordForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user = _me(request)
    initial = {"name": user.name, "theme": user.theme, "density": user.density}
    has_password = user.has_usable_password()
    context = {
        "profile_form": profile_form or forms.ProfileForm(initial=initial),
        "password_form": password_form or forms.PasswordForm(has_password=has_password),
        "has_password": has_password,
    }
    return page(request, "accounts/profile.html", context, status=status)


def _tokens_page(request: HttpRequest, *, form: forms.TokenForm, status: int = 200, **extra: Any) -> HttpResponse:
    context = {"form": form, "tokens": queries.tokens_of(_me(request)), "base_url": request.build_absolute_uri("/")}
    return page(request, "accounts/tokens.html", {**context, **extra}, status=status)


def _safe_target(request: HttpRequest) -> str:
    """Where to go after signing in: a path of ours, nothing else."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    return own_path(target, otherwise="/")


def _me(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # for the type checker: login_required stands before it
    return request.user
