"""The door carries connections from a port to a Unix socket, each way, to their ends."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from atelier.runner.door import Door


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[socket.socket]:
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(tmp_path / "s"))
    server.listen(16)
    yield server
    server.close()


@pytest.fixture
def door(tmp_path: Path) -> Door:
    made = Door(str(tmp_path / "s"))
    made.start()
    return made


def call(door: Door) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", urlsplit(door.url).port or 0), timeout=10)
    return made


def all_of(plug: socket.socket) -> bytes:
    found = b""
    while data := plug.recv(1 << 16):
        found += data
    return found


def test_much_goes_both_ways_at_once(door: Door, studio: socket.socket) -> None:
    there, back = b"q" * 5_000_000, b"a" * 7_000_000
    caller = call(door)
    inside, _ = studio.accept()
    got: dict[str, bytes] = {}

    def send(plug: socket.socket, data: bytes) -> None:
        plug.sendall(data)
        plug.shutdown(socket.SHUT_WR)

    def take(name: str, plug: socket.socket) -> None:
        got[name] = all_of(plug)

    threads = [
        threading.Thread(target=send, args=(caller, there)),
        threading.Thread(target=send, args=(inside, back)),
        threading.Thread(target=take, args=("inside", inside)),
        threading.Thread(target=take, args=("caller", caller)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert (got["inside"], got["caller"]) == (there, back)


def test_an_answer_still_comes_after_the_question_has_ended(door: Door, studio: socket.socket) -> None:
    caller = call(door)
    inside, _ = studio.accept()
    caller.sendall(b"question")
    caller.shutdown(socket.SHUT_WR)
    assert all_of(inside) == b"question"
    inside.sendall(b"answer")
    inside.close()
    assert all_of(caller) == b"answer"


def test_a_caller_that_breaks_off_takes_the_other_end_along(door: Door, studio: socket.socket) -> None:
    caller = call(door)
    inside, _ = studio.accept()
    inside.settimeout(10)
    caller.close()
    assert inside.recv(1) == b""


def test_without_a_studio_the_connection_ends_and_the_next_one_works(door: Door, tmp_path: Path) -> None:
    assert all_of(call(door)) == b""
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(tmp_path / "s"))
    server.listen()
    caller = call(door)
    inside, _ = server.accept()
    inside.sendall(b"here")
    inside.close()
    server.close()
    assert all_of(caller) == b"here"


def test_a_slow_reader_does_not_hold_up_others(door: Door, studio: socket.socket) -> None:
    slow = call(door)
    first, _ = studio.accept()
    first.setblocking(False)
    with pytest.raises(BlockingIOError):
        while True:
            first.send(b"x" * 65_536)
    quick = call(door)
    second, _ = studio.accept()
    second.sendall(b"at once")
    second.close()
    assert all_of(quick) == b"at once"
    slow.close()
