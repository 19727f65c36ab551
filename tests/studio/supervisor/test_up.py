"""The options of `up`, the command lines made of them, and what the web process is asked."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from studio.supervisor import processes, readiness, up


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ATELIER_HOST", "ATELIER_PORT", "ATELIER_DATA_DIR", "ATELIER_BASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)


def test_without_options_it_listens_on_this_machine_only() -> None:
    options = up.parse([])
    assert (options.host, options.port, options.data_dir) == ("127.0.0.1", 8000, up.ROOT / "var")


def test_variables_stand_in_for_options(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ATELIER_PORT", "9000")
    monkeypatch.setenv("ATELIER_DATA_DIR", str(tmp_path))
    assert (up.parse([]).port, up.parse([]).data_dir) == (9000, tmp_path)
    assert up.parse(["--port", "9001"]).port == 9001


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "８０００", ""])
def test_a_port_that_is_none_is_refused(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        up.parse([f"--port={port}"])
    assert caught.value.code == 2
    assert "is no port" in capsys.readouterr().err


def test_a_variable_that_is_no_number_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ATELIER_CANCEL_GRACE_SECONDS", "soon")
    with pytest.raises(ImproperlyConfigured):
        up.parse([])
    assert up.main([]) == 2
    assert capsys.readouterr().err == "ATELIER_CANCEL_GRACE_SECONDS is 'soon': give a number.\n"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("studio.example", "http://studio.example:8000"),
    ],
)
def test_the_address_to_open_fits_the_host(host: str, url: str) -> None:
    assert processes.base_url(host, 8000) == url


def test_what_is_given_is_not_overwritten(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ATELIER_BASE_URL", "https://studio.example")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    given = processes.environment(tmp_path, "127.0.0.1", 8000)
    assert (given["ATELIER_BASE_URL"], given["REDIS_URL"]) == ("https://studio.example", "redis://elsewhere")


def test_headers_of_a_proxy_count_only_when_it_is_named() -> None:
    assert "--no-proxy-headers" in processes.web("127.0.0.1", 8000, "")
    assert "10.0.0.1" in processes.web("127.0.0.1", 8000, "10.0.0.1")


class Server:
    """Answers every connection with the same bytes."""

    def __init__(self, answer: bytes) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.answer = answer
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    def _serve(self) -> None:
        try:
            link, _ = self.socket.accept()
        except OSError:
            return
        with link:
            link.recv(4096)
            link.sendall(self.answer)


@pytest.fixture
def serve() -> Iterator[object]:
    servers: list[Server] = []

    def make(answer: bytes) -> readiness.Answer:
        servers.append(Server(answer))
        return readiness.ask("127.0.0.1", servers[-1].port)

    yield make
    for server in servers:
        server.socket.close()


def test_a_ready_studio_is_ready(serve) -> None:
    body = b'{"checks": {"redis": {"ok": true, "detail": ""}}}'
    assert serve(b"HTTP/1.0 200 OK\r\n\r\n" + body) == readiness.Answer(200, {})


def test_what_is_missing_is_known(serve) -> None:
    body = b'{"checks": {"redis": {"ok": false, "detail": "does not answer"}, "worker": {"ok": true}}}'
    assert serve(b"HTTP/1.0 503 x\r\n\r\n" + body).failing == {"redis": "does not answer"}


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.0 500 x\r\n\r\n<html>", b"HTTP/1.0 200 OK\r\n\r\n[]", b"junk"])
def test_any_other_answer_is_not_ready(serve, answer: bytes) -> None:
    assert serve(answer).status == 0


def test_nobody_there_is_not_ready() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    assert readiness.ask("127.0.0.1", port).status == 0
