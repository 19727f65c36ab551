"""The web process: one port for everything.

WebSockets go to Channels; HTTP goes to Django's WSGI handler in threads, which serves four to six times the requests of
Django's own ASGI handler. Health checks have threads of their own: slow downloads must not make the studio look dead.
"""

import gc
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings.base")

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver, re_path

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

THREADS = 16  # eight slow downloads leave eight for everybody else
GARBAGE = 20_000  # new objects before the collector looks at them; Python's 700 is meant for small programs
HEALTH_PATHS = frozenset({"/healthz", "/readyz"})

django = get_wsgi_application()
_ = get_resolver().url_patterns  # a broken module shows at start, not at the first request

# Only now: these reach models, which need the set-up above.
from channels.auth import AuthMiddlewareStack
from channels.routing import URLRouter
from channels.security.websocket import WebsocketDenier

from studio import door
from studio.large_uploads import LargeUploads, is_large_upload
from studio.origin import SameOrigin
from studio.routing import websocket_urlpatterns
from studio.small_writes import SmallWrites, is_small_write
from studio.statement_limit import limit_statements
from studio.token_writes import TokenWrites, by_credential
from studio.unstated_length import counted, is_unstated

limit_statements()  # before the first connection is opened
# What is loaded by now stays: the collector need not look at it again each time a large answer has made many objects.
gc.collect()
gc.freeze()
gc.set_threshold(GARBAGE, 20, 50)

sockets = SameOrigin(AuthMiddlewareStack(URLRouter([*websocket_urlpatterns, re_path("", WebsocketDenier.as_asgi())])))
pages = WSGIMiddleware(django, workers=THREADS, send_queue_size=4)  # type: ignore[arg-type]
writes = SmallWrites(by_credential(django, TokenWrites()), workers=THREADS)  # type: ignore[arg-type]
uploads = LargeUploads(django, workers=THREADS)  # type: ignore[arg-type]
health = WSGIMiddleware(django, workers=2)  # type: ignore[arg-type]


class ClientGone(ConnectionResetError):
    """The client left in the middle of its body: what came is not the whole."""


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await sockets(scope, receive, send)
    elif scope["type"] == "http":
        await _http(scope, receive, send)
    elif scope["type"] == "lifespan":
        await _lifespan(receive, send)


async def _http(scope: Scope, receive: Receive, send: Send) -> None:
    # An underscore would be taken for a hyphen behind WSGI, so that a client could forge what only a proxy may say.
    headers = [(name, value) for name, value in scope["headers"] if b"_" not in name]
    request: Scope = {**scope, "headers": headers, "query_string": _ascii(scope["query_string"])}
    body = _whole(receive)
    if is_unstated(request):
        known = await counted(request, body)
        if known is None:
            await _refuse(send, 411, b"A request of this size needs a Content-Length header.")
            return
        request, body = known
    await _way(request)(request, body, send)


def _way(scope: Scope) -> App:
    if scope["path"] in HEALTH_PATHS:
        return health  # type: ignore[return-value]
    if is_small_write(scope):
        return writes
    return uploads if is_large_upload(scope) else pages  # type: ignore[return-value]


def _whole(receive: Receive) -> Receive:
    """`receive`, with a body that breaks off raising instead of looking like a short one."""

    async def checked() -> Message:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone("The client left before its request was complete.")
        return message

    return checked


def _ascii(query: bytes) -> bytes:
    """The query with bytes beyond ASCII percent-encoded, as the client should have done."""
    return query if query.isascii() else b"".join(b"%%%02X" % byte if byte > 127 else bytes([byte]) for byte in query)


async def _refuse(send: Send, status: int, sentence: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": sentence})


async def _lifespan(receive: Receive, send: Send) -> None:
    way_in = None
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            way_in = await door.open_door(application, settings.DATA_DIR)
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            if way_in is not None:
                way_in.close()
            return
