"""Heads are read in one way or not at all."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.endpoints.gateway import heads
from registry.endpoints.gateway.heads import CHUNKED, UNTIL_CLOSE, Refused


def head(*lines: str, first: str = "POST /e/main/ep/score HTTP/1.1", host: str = "Host: h") -> bytes:
    return "".join(f"{line}\r\n" for line in (first, *([host] if host else []), *lines)).encode("latin-1") + b"\r\n"


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (head("Content-Length: 1", "Transfer-Encoding: chunked"), 400),
        (head("Transfer-Encoding: chunked", "Content-Length: 1"), 400),
        (head("Content-Length: 1", "Content-Length: 1"), 400),
        (head("Content-Length: 1", "content-length: 2"), 400),
        (head("Content-Length: 1, 1"), 400),
        (head("Content-Length: +1"), 400),
        (head("Content-Length: -1"), 400),
        (head("Content-Length: 0x10"), 400),
        (head("Content-Length: 1 2"), 400),
        (head("Content-Length:"), 400),
        (head("Content-Length: 99999999999999999999"), 400),
        (head("Transfer-Encoding: gzip, chunked"), 400),
        (head("Transfer-Encoding: identity"), 400),
        (head("Transfer-Encoding: xchunked"), 400),
        (head("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), 400),
        (head("Transfer-Encoding : chunked"), 400),
        (head("Transfer-Encoding:\x0bchunked"), 400),
        (head("X-A: 1", " folded: 2"), 400),
        (head("X-A: 1", "\tfolded"), 400),
        (head("X A: 1"), 400),
        (head(": empty"), 400),
        (head("no colon"), 400),
        (head("X-A: a\x00b"), 400),
        (head("X-A: a\rb"), 400),
        (head("X-A: a\nContent-Length: 5"), 400),
        (head(host=""), 400),
        (head("Host: again"), 400),
        (head("Expect: 200-ok"), 417),
        (head(first="POST  /e/main/ep/score HTTP/1.1"), 400),
        (head(first="POST /e/main/ep/score\tHTTP/1.1"), 400),
        (head(first="POST /a b HTTP/1.1"), 400),
        (head(first="post /e/main/ep/score HTTP/1.1"), 400),
        (head(first="POST /e/main/ep/score HTTP/2.0"), 505),
        (head(first="POST /e/main/ep/score HTTP/1.2"), 400),
        (head(first="POST /e/main/ep/score"), 400),
        (head(first=f"POST /{'a' * 9000} HTTP/1.1"), 414),
        (head(*[f"X-{n}: 1" for n in range(101)]), 431),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(raw: bytes, status: int) -> None:
    with pytest.raises(Refused) as refused:
        heads.request(raw)
    assert refused.value.status == status


def test_a_plain_head_is_read() -> None:
    found = heads.request(head("Content-Length: 12", "Authorization: Bearer k ", "X-Request-ID: abc", "Accept: */*"))
    assert (found.method, found.target, found.length) == (b"POST", b"/e/main/ep/score", 12)
    assert (found.authorization, found.request_id, found.fields) == (b"Bearer k", b"abc", b"Accept: */*\r\n")
    assert not found.close


def test_what_belongs_to_the_connection_or_to_the_studio_does_not_go_on() -> None:
    said = [
        "Connection: keep-alive, X-Private", "X-Private: 1", "Keep-Alive: timeout=5", "TE: trailers", "Trailer: X",
        "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQ", "Proxy-Authorization: Basic x", "Cookie: sessionid=secret",
        "Authorization: Bearer secret", "X-Forwarded-For: 1.1.1.1", "Forwarded: for=1.1.1.1", "X-Kept: yes",
    ]  # fmt: skip
    assert heads.request(head(*said)).fields == b"X-Kept: yes\r\n"


def test_a_twin_with_underscores_does_not_go_on() -> None:
    said = ["Content_Length: 7", "Transfer_Encoding: chunked", "X_Forwarded_For: 1.1.1.1", "my_own: 1"]
    assert heads.request(head(*said)).fields == b"my_own: 1\r\n"


def test_an_old_caller_and_one_that_says_so_get_a_closed_connection() -> None:
    assert heads.request(head(first="GET / HTTP/1.0", host="")).close
    assert heads.request(head("Connection: Close")).close


def test_an_answers_head_is_read() -> None:
    found = heads.answer(
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nSet-Cookie: a=b\r\nX-A: 1\r\nKeep-Alive: timeout=9\r\n\r\n"
    )
    assert (found.status, found.length, found.fields, found.keep_seconds) == (200, 3, b"X-A: 1\r\n", 9.0)
    assert heads.answer(b"HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n").length == CHUNKED
    until_close = heads.answer(b"HTTP/1.0 200 OK\r\n\r\n")
    assert (until_close.length, until_close.close) == (UNTIL_CLOSE, True)
    assert heads.answer(b"HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n").length == 0


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: a\nb\r\n\r\n",
    ],
)
def test_an_answer_that_is_none_is_refused(raw: bytes) -> None:
    with pytest.raises(Refused):
        heads.answer(raw)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_it_stumble(raw: bytes) -> None:
    for read in (heads.request, heads.answer):
        try:
            read(raw)
        except Refused:
            pass


FIELDS = st.lists(
    st.sampled_from(
        [
            b"Host: a",
            b"Content-Length: 3",
            b"Content-Length: 4",
            b"Transfer-Encoding: chunked",
            b"X: 1",
            b" fold",
            b"A : b",
        ]
    ),
    max_size=4,
)


@settings(max_examples=200, deadline=None)
@given(FIELDS)
def test_what_passes_here_passes_a_second_strict_reader_alike(fields: list[bytes]) -> None:
    import h11

    raw = b"POST /e/main/ep/score HTTP/1.1\r\n" + b"".join(line + b"\r\n" for line in fields) + b"\r\n"
    try:
        found = heads.request(raw)
    except Refused:
        return
    other = h11.Connection(h11.SERVER)
    other.receive_data(raw)
    event = other.next_event()
    assert isinstance(event, h11.Request)
    lengths = [int(value) for name, value in event.headers if name == b"content-length"]
    chunked = any(name == b"transfer-encoding" for name, value in event.headers)
    assert found.length == (CHUNKED if chunked else lengths[0] if lengths else 0)
