"""Django for writes that come with a token: without what only browsers need.

Such a request is judged by its token alone. The session, the CSRF cookie, flash messages and static files play no part in it
and cost as much as the write itself, so their middlewares are left out; all others stay, in their order. An address that was
resolved once is not resolved again.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, cast

from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.urls import ResolverMatch, get_resolver
from django.utils.module_loading import import_string

OF_BROWSERS = frozenset(
    {
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django_htmx.middleware.HtmxMiddleware",
    }
)
REMEMBERED = 4_096  # addresses: those of runs that log now, and of the endpoints they log to

WSGIApp = Callable[[dict[str, Any], Callable[..., None]], Iterable[bytes]]


class TokenWrites(WSGIHandler):
    """A WSGI application for API writes with an `Authorization` header."""

    def load_middleware(self, is_async: bool = False) -> None:
        this = cast(Any, self)  # the attributes are Django's own, which its types leave out
        this._view_middleware, this._template_response_middleware, this._exception_middleware = [], [], []
        handler = convert_exception_to_response(this._get_response)
        for path in reversed(settings.MIDDLEWARE):
            if path in OF_BROWSERS:
                continue
            middleware = import_string(path)(handler)
            if hasattr(middleware, "process_view"):
                this._view_middleware.insert(0, middleware.process_view)
            if hasattr(middleware, "process_exception"):
                this._exception_middleware.append(middleware.process_exception)
            handler = convert_exception_to_response(middleware)
        this._middleware_chain = handler

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """Where the address leads. Raises Resolver404, which is not remembered."""
        match = _resolved(settings.ROOT_URLCONF, request.path_info)
        request.resolver_match = match
        return match


def by_credential(everything: WSGIApp, with_token: WSGIApp) -> WSGIApp:
    """Hands what comes with a token to one application and the rest to the other."""

    def choose(environ: dict[str, Any], start_response: Callable[..., None]) -> Iterable[bytes]:
        app = with_token if environ.get("HTTP_AUTHORIZATION") else everything
        return app(environ, start_response)

    return choose


@lru_cache(REMEMBERED)
def _resolved(urlconf: str, path: str) -> ResolverMatch:
    return get_resolver(urlconf).resolve(path)
