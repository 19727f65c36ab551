"""The gateway's own answers: problem documents, as the studio's REST gives them, and a few plain ones."""

import json
from functools import cache
from http import HTTPStatus

from registry.endpoints.gateway.heads import Refused

TITLES = {
    400: "Bad request", 401: "Not signed in", 404: "Not found", 405: "Method not allowed", 408: "Too slow",
    413: "Too large", 414: "Address too long", 417: "Expectation failed", 429: "Too many requests",
    431: "Headers too large", 502: "Bad answer", 503: "Unavailable", 504: "Too slow", 505: "Unknown version",
}  # fmt: skip


@cache
def status_line(status: int) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = "Status"
    return f"HTTP/1.1 {status} {phrase}\r\n".encode()


def problem(refused: Refused, request_id: str) -> bytes:
    """The body of a refusal."""
    said = {
        "type": f"urn:atelier:error:{refused.code}",
        "title": TITLES.get(refused.status, "Error"),
        "status": refused.status,
        "code": refused.code,
        "detail": refused.message,
        "hint": refused.hint,
        "errors": [],
        "request_id": request_id,
    }
    return json.dumps(said, ensure_ascii=False).encode()


def whole(status: int, kind: str, body: bytes, headers: bytes = b"", *, close: bool, is_head: bool = False) -> bytes:
    """A complete answer."""
    lines = status_line(status) + headers
    if status != 204:
        lines += f"content-type: {kind}\r\ncontent-length: {len(body)}\r\n".encode()
    lines += b"connection: close\r\n\r\n" if close else b"\r\n"
    return lines if is_head or status == 204 else lines + body
