"""The short way of small API writes: which requests take it, and that nothing is lost on it."""

import pytest

from studio.small_writes import LARGEST_BODY, SmallWrites, is_small_write


def scope(method: str = "POST", path: str = "/api/v1/x", length: str | None = "3") -> dict:
    headers = [(b"host", b"testserver")] + ([(b"content-length", length.encode())] if length is not None else [])
    return {
        "type": "http", "method": method, "path": path, "query_string": b"a=1", "http_version": "1.1",
        "headers": headers, "server": ("testserver", 80), "client": ("127.0.0.1", 1), "scheme": "http",
    }  # fmt: skip


def echo(environ, start_response):
    start_response("201 Created", [("Content-Type", "text/plain"), ("X-Query", environ["QUERY_STRING"])])
    return [environ["REQUEST_METHOD"].encode(), b" ", environ["wsgi.input"].read()]


async def sent(app, pieces: list[bytes]) -> list[dict]:
    messages = [
        {"type": "http.request", "body": piece, "more_body": at < len(pieces) - 1} for at, piece in enumerate(pieces)
    ]
    answers: list[dict] = []

    async def receive():
        return messages.pop(0)

    async def send(message):
        answers.append(message)

    await app(scope(), receive, send)
    return answers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_small_api_writes_take_it(method):
    assert is_small_write(scope(method))
    assert is_small_write(scope(method, length=None))


@pytest.mark.parametrize(
    "other",
    [
        scope("GET"),
        scope(path="/w/main/runs/new/"),
        scope(length=str(LARGEST_BODY + 1)),
        scope(length="-1"),
        scope(length="9" * 400),
        scope(length="3, 3"),
    ],
)
def test_everything_else_is_streamed(other):
    assert not is_small_write(other)


async def test_a_body_in_pieces_arrives_whole_and_so_does_the_answer():
    start, body = await sent(SmallWrites(echo, workers=1), [b"ab", b"", b"c"])
    assert start["status"] == 201
    assert dict(start["headers"]) == {b"content-type": b"text/plain", b"x-query": b"a=1"}
    assert body == {"type": "http.response.body", "body": b"POST abc"}


async def test_an_answer_is_closed_even_when_reading_it_fails():
    closed = []

    class Answer:
        def __iter__(self):
            raise OSError("the disk is gone")

        def close(self):
            closed.append(True)

    def app(environ, start_response):
        start_response("200 OK", [])
        return Answer()

    with pytest.raises(OSError, match="the disk is gone"):
        await sent(SmallWrites(app, workers=1), [b""])
    assert closed == [True]
