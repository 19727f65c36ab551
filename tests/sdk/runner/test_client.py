"""The runner's small HTTP client and what it makes of the studio's answers, against a real server of few words."""

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from atelier.runner import client as http
from atelier.runner.logs import Sender, Spool

Answer = tuple[int, dict[str, object] | bytes]


class Server:
    """Answers what `answer` says, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.answer: Callable[[str, dict[str, str], bytes], Answer] = lambda path, headers, body: (200, {})
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.headers.get("Content-Encoding") == "gzip":
                    body = gzip.decompress(body)
                server.asked.append((self.command, self.path, dict(self.headers), body))
                status, said = server.answer(self.path, dict(self.headers), body)
                data = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_PUT = do_POST

            def log_message(self, *words: object) -> None:
                return

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def server() -> Iterator[Server]:
    running = Server()
    yield running
    running.close()


@pytest.fixture
def client(server: Server) -> http.Client:
    return http.Client(url=server.url, token="atj_1_x", workspace="vision")


def test_it_calls_below_its_workspace_with_its_token(server: Server, client: http.Client) -> None:
    client.post("jobs/1/heartbeat", {"attempt": 1})
    method, path, headers, body = server.asked[0]
    assert (method, path) == ("POST", "/api/v1/workspaces/vision/jobs/1/heartbeat")
    assert headers["Authorization"] == "Bearer atj_1_x"
    assert json.loads(body) == {"attempt": 1}


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 507])
def test_later_means_again(server: Server, client: http.Client, status: int) -> None:
    server.answer = lambda *_: (status, {"code": "x"})
    with pytest.raises(http.Unreachable):
        client.post("x", {})


@pytest.mark.parametrize("answer", [b"", b"{", b"[]", b"<html>"])
def test_an_answer_that_is_cut_off_or_not_the_studios_is_none(
    server: Server, client: http.Client, answer: bytes
) -> None:
    server.answer = lambda *_: (200, answer)
    with pytest.raises(http.Unreachable):
        client.post("x", {})


@pytest.mark.parametrize(
    ("status", "body", "is_final"),
    [
        (409, {"code": "stale_attempt"}, True),
        (409, {"code": "job_finished"}, True),
        (401, {"code": "bad_token"}, True),
        (404, {"code": "not_found"}, True),
        (404, {}, False),
        (401, {}, False),
        (409, {"code": "log_gap"}, False),
        (400, {"code": "invalid_fields"}, False),
    ],
)
def test_only_the_studios_own_no_is_final(
    server: Server, client: http.Client, status: int, body: dict[str, object], is_final: bool
) -> None:
    server.answer = lambda *_: (status, body)
    with pytest.raises(http.Refused) as refused:
        client.post("x", {})
    assert refused.value.is_final is is_final


def test_a_server_that_is_away_is_unreachable_and_found_again(server: Server, client: http.Client) -> None:
    gone = http.Client(url="http://127.0.0.1:9", token="t", workspace="w")
    with pytest.raises(http.Unreachable):
        gone.post("x", {})
    assert client.post("x", {}) == {}


def test_persisting_tries_until_it_works(server: Server, client: http.Client) -> None:
    server.answer = lambda *_: (503, {}) if len(server.asked) < 3 else (200, {"done": True})
    waited: list[float] = []
    found = http.persist(lambda: client.post("x", {}), until=lambda: False, wait=waited.append)
    assert found == {"done": True}
    assert len(waited) == 2


def test_persisting_gives_up_when_told(server: Server, client: http.Client) -> None:
    server.answer = lambda *_: (503, {})
    with pytest.raises(http.Unreachable):
        http.persist(lambda: client.post("x", {}), until=lambda: len(server.asked) > 2, wait=lambda _: None)


def test_pauses_grow_and_honour_what_the_server_asks() -> None:
    patience = http.Patience()
    pauses = [patience.pause() for _ in range(12)]
    assert pauses[0] <= 0.1
    assert max(pauses) <= 10
    assert patience.pause(http.Unreachable("x", retry_after=30)) == 30
    patience.reset()
    assert patience.pause() <= 0.1


def test_the_log_arrives_once_through_lost_answers_and_gaps(
    server: Server, client: http.Client, tmp_path: Path
) -> None:
    """The studio stores a piece and its answer is lost; later it has less than it said: every byte comes once."""
    stored = bytearray()
    trouble = iter(["lost", "", "busy", "gap", "", "", "lost"])

    def answer(path: str, headers: dict[str, str], body: bytes) -> Answer:
        what, offset = next(trouble, ""), int(headers["X-Offset"])
        if what == "busy":
            return 503, {}
        if what == "gap":
            del stored[len(stored) // 2 :]
        if offset > len(stored):
            return 409, {"code": "log_gap", "expected_offset": len(stored)}
        stored.extend(body[len(stored) - offset :])
        return (200, b"{") if what == "lost" else (200, {"size": len(stored), "cancel": False})

    server.answer = answer
    spool = Spool(tmp_path / "log.txt")
    sender = Sender(spool, client, job=1, attempt=1, base=0, on_cancel=lambda: None, on_gone=lambda: None)
    sender.start()
    text = ""
    for number in range(30):
        line = f"line {number} " + "x" * 500 + "\n"
        text += line
        spool.write(line)
        time.sleep(0.01)
    assert sender.close(20)
    assert stored.decode() == text


def test_an_attempt_that_is_over_ends_the_sender(server: Server, client: http.Client, tmp_path: Path) -> None:
    server.answer = lambda *_: (409, {"code": "stale_attempt"})
    gone = threading.Event()
    spool = Spool(tmp_path / "log.txt")
    sender = Sender(spool, client, job=1, attempt=1, base=0, on_cancel=lambda: None, on_gone=gone.set)
    sender.start()
    spool.write("late\n")
    assert gone.wait(5)
    assert not sender.close(5)


def test_a_later_attempt_goes_on_where_the_log_ends(server: Server, client: http.Client, tmp_path: Path) -> None:
    server.answer = lambda path, headers, body: (200, {"size": int(headers["X-Offset"]) + len(body), "cancel": True})
    canceled = threading.Event()
    spool = Spool(tmp_path / "log.txt")
    sender = Sender(spool, client, job=1, attempt=2, base=700, on_cancel=canceled.set, on_gone=lambda: None)
    sender.start()
    spool.write("more\n")
    assert sender.close(5)
    assert server.asked[0][2]["X-Offset"] == "700"
    assert server.asked[0][2]["X-Attempt"] == "2"
    assert canceled.is_set()
