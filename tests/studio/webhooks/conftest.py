"""A receiver on this machine, which the operator allows to be called."""

import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from studio.access.models import Workspace
from studio.webhooks import services
from studio.webhooks.models import Webhook


@dataclass
class Receiver:
    """What arrived, and what is answered: `statuses` one after the other, then 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    got: list[tuple[dict[str, str], str]] = field(default_factory=list)


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    told = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            told.got.append((dict(self.headers), body))
            self.send_response(told.statuses.pop(0) if told.statuses else 200)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"the receiver's own words")

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}/hook?x=1"
    settings.WEBHOOK_HOSTS = frozenset({f"127.0.0.1:{server.server_port}"})
    yield told
    server.shutdown()
    server.server_close()


@pytest.fixture
def hook(workspace: Workspace, receiver: Receiver) -> Callable[..., Webhook]:
    def make(**values: Any) -> Webhook:
        given = {"name": "ci", "url": receiver.url, "events": ["model_version.created"], **values}
        return services.create_webhook(actor=None, workspace=workspace, **given)

    return make
