"""A browser's WebSocket must come from a page of this studio: the same scheme, host and port, compared exactly.

Without this check any page a signed-in person visits, a notebook on another port included, could open the socket with
the person's cookie.
"""

from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import split_domain_port, validate_host

SCHEMES = {"ws": "http", "wss": "https"}


class SameOrigin:
    """Hands a handshake on when its Origin is this studio's, and refuses it with 403 otherwise."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        target = self.application if is_same_origin(scope) else WebsocketDenier.as_asgi()
        await target(scope, receive, send)


def is_same_origin(scope: Any) -> bool:
    headers = dict(scope["headers"])
    origin = headers.get(b"origin", b"").decode("latin1").lower()
    host = headers.get(b"host", b"").decode("latin1").lower()
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return False
    return origin in {f"{SCHEMES.get(scope['scheme'], 'http')}://{host}", origin_of(settings.BASE_URL)}


def origin_of(url: str) -> str:
    """`https://studio.example:8443` of any URL below it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
