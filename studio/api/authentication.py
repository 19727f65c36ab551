"""Who is calling: a bearer token of some kind, or the browser's session with CSRF.

`request.user` becomes the person and `request.auth` what the credential leaves of their rights (a
`studio.access.judge.Narrowing`), or None for a session.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from django.utils.module_loading import import_string
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

# Kinds of token by their prefix. Dotted paths, loaded on first use: the base of the studio imports no feature.
KINDS = {
    "ats_": "studio.accounts.tokens.authenticate",
    "atj_": "compute.jobs.tokens.authenticate",
}
# A token the administrator chose (ATELIER_ADMIN_TOKEN) has no prefix of ours.
OTHER = "studio.accounts.tokens.authenticate"
LONGEST = 512

Authenticator = Callable[[str, str], "tuple[Any, Any] | None"]


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if not header:
            return None
        scheme, _, secret = header.partition(" ")
        if scheme.lower() != "bearer":
            raise AuthenticationFailed("The Authorization header must be `Bearer <token>`.", "bad_authorization")
        return self.person_of(secret.strip(), request)

    def person_of(self, secret: str, request: Request) -> tuple[Any, Any]:
        """The person and the narrowing behind a token's text. Raises AuthenticationFailed."""
        if not secret or len(secret) > LONGEST:
            raise AuthenticationFailed("The Authorization header must be `Bearer <token>`.", "bad_authorization")
        found = _authenticator(KINDS.get(secret[:4], OTHER))(secret, _workspace_of(request))
        if found is None:
            raise AuthenticationFailed("This token is unknown, expired or revoked.", "bad_token")
        return found

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="atelier"'


class SessionWithCsrf(SessionAuthentication):
    """The signed-in browser. DRF's class enforces CSRF on unsafe methods; it never falls back to a visitor."""


def _workspace_of(request: Request) -> str:
    """The slug of the workspace that the URL names, which is looked up along with the token."""
    match = getattr(request, "resolver_match", None)
    return str(match.kwargs.get("workspace", "")) if match else ""


@cache
def _authenticator(path: str) -> Authenticator:
    return import_string(path)
