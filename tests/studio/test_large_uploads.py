"""The way of large uploads: which requests take it, and that a thread reads exactly what was sent, within bounds."""

import asyncio
import hashlib
import random
from collections.abc import Callable
from typing import Any

import pytest

from studio import large_uploads
from studio.large_uploads import MOST_WAITING, PIECE, Gathered, LargeUploads, is_large_upload
from studio.small_writes import LARGEST_BODY
from tests.studio.test_small_writes import scope

TOO_LARGE = str(LARGEST_BODY + 1)


class Client:
    """Sends a body in messages; counts what it was asked for."""

    def __init__(self, pieces: list[bytes], *, breaks_off: bool = False) -> None:
        self.pieces, self.breaks_off = pieces, breaks_off
        self.asked = self.sent = 0

    async def receive(self) -> dict[str, Any]:
        self.asked += 1
        if self.asked > len(self.pieces):
            if self.breaks_off:
                raise ConnectionResetError("The client left.")
            await asyncio.Event().wait()  # nothing more comes
        piece = self.pieces[self.asked - 1]
        self.sent += len(piece)
        return {"body": piece, "more_body": self.breaks_off or self.asked < len(self.pieces)}


async def answers_of(app: Callable[..., Any], client: Client) -> list[dict[str, Any]]:
    answers: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        answers.append(message)

    await LargeUploads(app, workers=1)(scope("PUT", length=TOO_LARGE), client.receive, send)
    return answers


def reading(read: Callable[[Any], bytes]) -> Callable[..., list[bytes]]:
    """A WSGI application that answers with what `read` gets out of the body."""

    def app(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [])
        return [read(environ["wsgi.input"])]

    return app


@pytest.mark.parametrize("path", ["/api/v1/x", "/mlflow/main/x"])
def test_what_may_not_wait_in_memory_takes_it(path: str) -> None:
    assert is_large_upload(scope("PUT", path=path, length=TOO_LARGE))


@pytest.mark.parametrize(
    "other",
    [
        scope("GET", length=TOO_LARGE),
        scope("POST", path="/w/main/x/", length=TOO_LARGE),  # a browser's form
        scope("PUT", length=str(LARGEST_BODY)),
        scope("PUT", length=None),
        scope("PUT", length="-1"),
        scope("PUT", length="9" * 400),
        scope("PUT", length="²" * 9),
    ],
)
def test_everything_else_does_not(other: dict[str, Any]) -> None:
    assert not is_large_upload(other)


@pytest.mark.parametrize("size", [1, 1000, 65_536, PIECE, 3 * PIECE + 1, -1])
async def test_a_body_arrives_as_it_was_sent_however_it_is_read(size: int) -> None:
    chance = random.Random(size)
    count = 12 if size > 1 else 1
    pieces = [chance.randbytes(chance.randrange(300_000 if size != 1 else 300)) for _ in range(count)] + [b""]
    lengths: list[int] = []

    def read(body: Any) -> bytes:
        digest = hashlib.sha256()
        while piece := body.read(size):
            digest.update(piece)
            lengths.append(len(piece))
        return digest.digest()

    sent = await answers_of(reading(read), Client(pieces))
    assert sent[1]["body"] == hashlib.sha256(b"".join(pieces)).digest()
    assert size < 0 or all(length == size for length in lengths[:-1])  # short only at the end


async def test_lines_can_be_read() -> None:
    client = Client([b"a\nbc", b"\nd"])
    sent = await answers_of(reading(lambda body: b"|".join(iter(body.readline, b""))), client)
    assert sent[1]["body"] == b"a\n|bc\n|d"


async def test_no_more_than_a_bound_waits_for_a_slow_reader() -> None:
    client = Client([b"x" * 100_000] * 200)
    waiting: list[int] = []

    def read(body: Any) -> bytes:
        taken = 0
        while piece := body.read(PIECE):
            taken += len(piece)
            waiting.append(client.sent - taken)
        return str(taken).encode()

    sent = await answers_of(reading(read), client)
    assert sent[1]["body"] == b"20000000"
    assert max(waiting) <= MOST_WAITING + 100_000


async def test_nothing_is_asked_of_a_client_whose_body_is_not_read() -> None:
    client = Client([b"x"])
    sent = await answers_of(reading(lambda body: b"refused"), client)
    assert sent[1]["body"] == b"refused"
    assert client.asked == 0


async def test_a_body_that_is_refused_halfway_is_let_go() -> None:
    client = Client([b"x" * PIECE] * 50)
    sent = await answers_of(reading(lambda body: body.read(10)), client)
    assert sent[1]["body"] == b"x" * 10
    assert client.asked < 50


async def test_a_body_that_breaks_off_raises_after_what_came() -> None:
    def read(body: Any) -> bytes:
        first = body.read(4)
        with pytest.raises(ConnectionResetError, match="The client left"):
            body.read(4)
        return bytes(first)

    sent = await answers_of(reading(read), Client([b"abcd", b"e"], breaks_off=True))
    assert sent[1]["body"] == b"abcd"


async def test_a_reader_that_stays_behind_is_freed_when_the_request_is_over() -> None:
    body = Gathered(Client([]).receive)
    late = asyncio.get_running_loop().run_in_executor(None, body.read, 1)
    await asyncio.sleep(0.02)
    body.stop()
    with pytest.raises(ConnectionAbortedError):
        await late


async def test_a_client_that_falls_silent_keeps_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_uploads, "PATIENCE", 0.05)

    def read(body: Any) -> bytes:
        with pytest.raises(TimeoutError, match="nothing for too long"):
            body.read(10)
        return b"given up"

    client = Client([])

    async def receive() -> dict[str, Any]:
        if client.asked:
            await asyncio.Event().wait()
        client.asked += 1
        return {"body": b"abcd", "more_body": True}

    client.receive = receive  # type: ignore[method-assign]
    sent = await answers_of(reading(read), client)
    assert sent[1]["body"] == b"given up"


async def test_a_slow_client_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_uploads, "PATIENCE", 0.15)
    client = Client([b"x"] * 6)
    quick = client.receive

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.05)
        return await quick()

    client.receive = receive  # type: ignore[method-assign]
    sent = await answers_of(reading(lambda body: body.read(6)), client)
    assert sent[1]["body"] == b"x" * 6
