"""The files of data that jobs of one machine share."""

import hashlib
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest
from atelier.runner import cache as caches
from atelier.runner.cache import Cache, Differs
from atelier.runner.client import Unreachable


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Server:
    """Gives bytes from an offset on, and counts; it can break off."""

    def __init__(self, data: bytes, *, breaks_at: int = 0, pause: float = 0) -> None:
        self.data, self.breaks_at, self.pause = data, breaks_at, pause
        self.starts: list[int] = []

    def __call__(self, sink: IO[bytes], start: int) -> None:
        self.starts.append(start)
        time.sleep(self.pause)
        if self.breaks_at and len(self.starts) == 1:
            sink.write(self.data[start : self.breaks_at])
            raise Unreachable("the line broke")
        sink.write(self.data[start:])


def fetch(cache: Cache, data: bytes, server: Callable[[IO[bytes], int], None], wanted: bytes | None = None) -> Path:
    digest = sha(data if wanted is None else wanted)
    return cache.get(digest, size=len(data), sha256=digest, download=server, stopped=lambda: False)


def test_a_file_is_fetched_once_and_read_only(tmp_path: Path) -> None:
    cache, server = Cache(tmp_path, 1000), Server(b"hello")
    for _ in range(3):
        path = fetch(cache, b"hello", server)
        assert path.read_bytes() == b"hello"
    assert server.starts == [0]
    assert path.stat().st_mode & 0o777 == 0o444


def test_a_broken_download_goes_on_where_it_was(tmp_path: Path) -> None:
    data = os.urandom(100_000)
    cache, server = Cache(tmp_path, 10**6), Server(data, breaks_at=60_000)
    with pytest.raises(Unreachable):
        fetch(cache, data, server)
    assert fetch(cache, data, server).read_bytes() == data
    assert server.starts == [0, 60_000]


def test_a_rest_of_other_bytes_is_thrown_away(tmp_path: Path) -> None:
    data = os.urandom(1000)
    cache = Cache(tmp_path, 10**6)
    (tmp_path / "incoming" / f"{sha(data)}.part").write_bytes(b"x" * 500)
    assert fetch(cache, data, Server(data)).read_bytes() == data


def test_other_bytes_than_announced_are_never_kept(tmp_path: Path) -> None:
    cache = Cache(tmp_path, 1000)
    with pytest.raises(Differs):
        fetch(cache, b"forged", Server(b"forged"), wanted=b"theone")
    assert not list(tmp_path.glob("objects/*/*")) and not list(tmp_path.glob("incoming/*"))


def test_a_file_that_a_job_wrote_to_is_fetched_again(tmp_path: Path) -> None:
    cache, server = Cache(tmp_path, 1000), Server(b"hello")
    path = fetch(cache, b"hello", server)
    path.chmod(0o644)
    path.write_bytes(b"jello")
    assert fetch(cache, b"hello", server).read_bytes() == b"hello"
    assert server.starts == [0, 0]


def test_many_at_once_fetch_it_once(tmp_path: Path) -> None:
    data, found = os.urandom(10_000), []
    server = Server(data, pause=0.05)

    def work() -> None:
        found.append(fetch(Cache(tmp_path, 10**6), data, server).read_bytes())

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [data] * 6
    assert server.starts == [0]


def test_the_oldest_unused_goes_and_what_a_job_reads_stays(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache", 250)
    paths = {}
    for number in range(3):
        data = bytes([number]) * 100
        paths[number] = fetch(cache, data, Server(data))
        os.utime(paths[number], ns=(number * 10**9, caches.MARK_NS))
    held = tmp_path / "held"
    caches.link(paths[0], held)
    cache.make_room(0)
    assert [path.exists() for path in paths.values()] == [True, False, True]
    assert held.read_bytes() == b"\0" * 100


def test_a_copy_is_the_jobs_own(tmp_path: Path) -> None:
    path = fetch(Cache(tmp_path / "cache", 1000), b"hello", Server(b"hello"))
    copy = tmp_path / "copy"
    caches.copy(path, copy)
    copy.write_bytes(b"changed")
    assert path.read_bytes() == b"hello"


def test_an_empty_file_is_a_file(tmp_path: Path) -> None:
    assert fetch(Cache(tmp_path, 10), b"", Server(b"")).read_bytes() == b""
