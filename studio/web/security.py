"""Headers that keep a browser from running or leaking what is not ours, and requests refused before any view."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from studio.errors import Invalid, StudioError
from studio.web.error_pages import error_response

POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'; "
    "img-src 'self' data: blob:"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class SecurityHeadersMiddleware:
    """Sets what a view has not set itself: a download may carry a stricter policy of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        refused = _refusal(request)
        response = error_response(request, refused) if refused else self.get_response(request)
        for name, value in HEADERS.items():
            response.setdefault(name, value)
        response.setdefault("Content-Security-Policy", POLICY)
        if settings.BASE_URL.startswith("https://"):
            response.setdefault("Strict-Transport-Security", "max-age=31536000")
        if _is_personal(request, response):
            response.setdefault("Cache-Control", "no-store")
        return response


def _refusal(request: HttpRequest) -> StudioError | None:
    if "token" in request.GET:
        return Invalid(
            "token_in_url",
            "A token does not belong into a URL: it would end up in logs and browser histories.",
            hint="Send it as the header Authorization: Bearer <token>, and revoke this one.",
        )
    return None


def _is_personal(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether the answer was made for one caller, who came with a token or whose session was looked at."""
    if request.headers.get("Authorization"):
        return True
    session = getattr(request, "session", None)
    return bool(session is not None and session.accessed)
