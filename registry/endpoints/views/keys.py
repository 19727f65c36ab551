"""Keys and tokens of an endpoint: shown when somebody asks, never before."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from registry.endpoints import forms, services
from registry.endpoints.pages import overview, rows
from registry.endpoints.views import found
from registry.endpoints.views.endpoints import edit_form
from studio.access import Permission
from studio.errors import StudioError
from studio.web.page import page


@login_required
@require_GET
def endpoint_keys(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    return _page(request, name)


@login_required
@never_cache
@require_POST
def keys_show(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """The page with both keys in the open; who looked is written down."""
    endpoint = found.endpoint(request, name, Permission.ENDPOINT_KEYS)
    try:
        keys = services.keys(actor=request.user, endpoint=endpoint)
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
        return redirect("endpoint-keys", workspace=workspace, name=name)
    return _page(request, name, keys=keys)


@login_required
@never_cache
@require_POST
def key_regenerate(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """A new key of the two; both are shown."""
    endpoint = found.endpoint(request, name, Permission.ENDPOINT_KEYS)
    which = request.POST.get("which", "")
    try:
        keys = services.regenerate_key(actor=request.user, endpoint=endpoint, which=which)
    except StudioError as error:
        messages.error(request, f"{error.message} {error.hint}".strip())
        return redirect("endpoint-keys", workspace=workspace, name=name)
    return _page(request, name, keys=keys, fresh=which)


@login_required
@never_cache
@require_POST
def token_issue(request: HttpRequest, workspace: str, name: str) -> HttpResponse:
    """A token that expires, shown once."""
    endpoint = found.endpoint(request, name, Permission.ENDPOINT_INVOKE)
    form = forms.TokenForm(request.POST)
    if not form.is_valid():
        return _page(request, name, token_form=form, status=422)
    token = services.issue_token(actor=request.user, endpoint=endpoint, seconds=form.cleaned_data["seconds"])
    return _page(request, name, token=token)


def _page(
    request: HttpRequest,
    name: str,
    *,
    keys: services.Keys | None = None,
    fresh: str = "",
    token: services.Token | None = None,
    token_form: forms.TokenForm | None = None,
    status: int = 200,
) -> HttpResponse:
    endpoint = found.endpoint(request, name, Permission.ENDPOINT_KEYS)
    context = {
        "workspace": endpoint.workspace,
        "head": overview.head(request, endpoint, rows.deployments_of(endpoint), "Keys"),
        "keys": keys,
        "fresh": fresh,
        "token": token,
        "token_form": token_form or forms.TokenForm(),
        "form": edit_form(endpoint),
    }
    return page(request, "registry/endpoints/keys.html", context, part="keys", status=status)
