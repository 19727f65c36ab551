"""Where a request came from."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def client_address(request: HttpRequest) -> str:
    """The peer's address as the server saw it. Headers that a caller can write (X-Forwarded-For) do not count."""
    return str(request.META.get("REMOTE_ADDR", ""))


def own_path(target: str, *, otherwise: str) -> str:
    """`target` when it is a path of this studio, else `otherwise`: where a form may lead back to."""
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    # A bare word would be taken for the name of a page by `redirect`.
    return target if is_ours and target.startswith("/") and target.isprintable() else otherwise
