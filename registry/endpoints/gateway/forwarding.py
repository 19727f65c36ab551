"""The head of a request as an instance gets it."""

import re
from itertools import count
from secrets import token_hex

from registry.endpoints.gateway.heads import CHUNKED, Request

PLAIN_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_start = token_hex(4).encode()
_numbers = count(1)


def request_id(given: bytes) -> bytes:
    """The caller's id where it is harmless in a header and a log line, else a new one."""
    if given and PLAIN_ID.fullmatch(given):
        return given
    return b"%b%08x" % (_start, next(_numbers))


def forwarded(head: Request, peer: bytes, is_trusted: bool) -> bytes:
    """Where the request came from. What a proxy in front says counts only when the operator named it."""
    client, scheme, host = peer, b"http", head.host
    if is_trusted:
        client = head.forwarded_for + b", " + peer if head.forwarded_for else peer
        scheme = head.forwarded_proto or scheme
        host = head.forwarded_host or host
    return b"x-forwarded-for: %b\r\nx-forwarded-proto: %b\r\nx-forwarded-host: %b\r\nx-forwarded-prefix: /e/%b\r\n" % (
        client, scheme, host, head.place,
    )  # fmt: skip


def request(head: Request, address: bytes, identity: bytes, origin: bytes, length: int) -> bytes:
    """`length` of the body that follows, or CHUNKED."""
    query = head.target.find(b"?")
    target = head.path if query < 0 else head.path + head.target[query:]
    if length == CHUNKED:
        framing = b"transfer-encoding: chunked\r\n"
    elif length or head.method == b"POST":
        framing = b"content-length: %d\r\n" % length
    else:
        framing = b""
    return b"%b %b HTTP/1.1\r\nhost: %b\r\n%b%bx-request-id: %b\r\n%b\r\n" % (
        head.method, target, address, head.fields, framing, identity, origin,
    )  # fmt: skip
