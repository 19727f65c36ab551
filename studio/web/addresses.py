"""Where a request came from."""

from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The peer's address as the server saw it. Headers that a caller can write (X-Forwarded-For) do not count."""
    return str(request.META.get("REMOTE_ADDR", ""))
