"""Chunked bodies, in whatever pieces they come."""

import pytest

from registry.endpoints.gateway.chunks import Chunks, wrapped
from registry.endpoints.gateway.heads import Refused

BODY = b"4\r\nabcd\r\nA;name=value\r\n0123456789\r\n0\r\nX-Trailer: 1\r\n\r\n"


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 100])
def test_pieces_of_any_size_give_the_same(size: int) -> None:
    chunks, found = Chunks(), b""
    data = BODY + b"GET /next"
    for at in range(0, len(data), size):
        found += chunks.feed(data[at : at + size])
        if chunks.is_done:
            break
    assert found == b"abcd0123456789"
    assert (chunks.rest + data[at + size :]) == b"GET /next"


@pytest.mark.parametrize(
    "body",
    [
        b"g\r\n", b"-1\r\n", b"0x4\r\n", b" 4\r\n", b"4 \r\n", b"\r\n", b"4\r\nabcdX\r\n", b"4\r\nabcd\n0\r\n\r\n", b"4\nabcd\r\n",
        b"4\r\nabcd\r\r\n", b"1" * 13 + b"\r\n", b"4;" + b"x" * 300, b"4;a\nb\r\n", b"0\r\nA: b\n\r\n\r\n",
        b"0\r\n" + b"A: b\r\n" * 2000,
    ],
)  # fmt: skip
def test_what_is_no_chunk_is_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        Chunks().feed(body)
    one_by_one = Chunks()
    with pytest.raises(Refused):
        for at in range(len(body)):
            one_by_one.feed(body[at : at + 1])


def test_what_is_wrapped_is_read_again() -> None:
    assert Chunks().feed(wrapped(b"abc") + wrapped(b"") + wrapped(b"d" * 300) + b"0\r\n\r\n") == b"abc" + b"d" * 300
