"""Asking the web process whether everything is up, over a plain socket."""

import json
import socket
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is 0 while nobody answers."""

    status: int = 0
    failing: dict[str, str] = field(default_factory=dict)


def ask(host: str, port: int, timeout: float = 1.0) -> Answer:
    """What `/readyz` says now."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    try:
        with socket.create_connection((reached, port), timeout=timeout) as link:
            link.sendall(b"GET /readyz HTTP/1.0\r\nHost: localhost\r\n\r\n")
            return _read(b"".join(iter(lambda: link.recv(65_536), b"")))
    except OSError:
        return Answer()


def _read(raw: bytes) -> Answer:
    head, _, body = raw.partition(b"\r\n\r\n")
    try:
        status = int(head.split()[1])
        checks = json.loads(body)["checks"]
    except (IndexError, ValueError, KeyError, TypeError):
        return Answer()
    return Answer(status, {name: check.get("detail", "") for name, check in checks.items() if not check["ok"]})
