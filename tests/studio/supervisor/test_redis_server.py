"""Which Redis is taken, where it listens, and what is said when it refuses."""

import socket
import stat
from pathlib import Path

import pytest

from studio import redis_socket
from studio.supervisor import redis_server
from studio.supervisor.preflight import StartError


def fake_server(folder: Path, name: str, line: str) -> Path:
    folder.mkdir(exist_ok=True)
    script = folder / name
    script.write_text(f"#!/bin/sh\necho '{line}'\n")
    script.chmod(0o755)
    return script


def test_a_server_on_the_path_is_taken_when_new_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = fake_server(tmp_path, "redis-server", "Redis server v=6.2.14 sha=0 malloc=libc")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert redis_server.find_binary() == str(script)


def test_an_old_server_gives_way_to_the_bundled_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_server(tmp_path, "redis-server", "Redis server v=6.0.16 sha=0")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert redis_server.find_binary().endswith("valkey-server")


def test_without_any_server_the_sentence_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(redis_server, "bundled_binary", lambda: None)
    with pytest.raises(StartError, match="install redis-server, or point REDIS_URL"):
        redis_server.find_binary()


def test_a_redis_that_refuses_is_named_without_its_password() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
    with pytest.raises(StartError, match="refuses") as caught:
        redis_server.check_given(f"redis://:geheim@127.0.0.1:{port}/0")
    assert "geheim" not in str(caught.value)
    assert str(port) in str(caught.value)


def test_a_url_that_is_none_is_refused() -> None:
    with pytest.raises(StartError, match="correct REDIS_URL"):
        redis_server.check_given("http://example.invalid")


def test_the_socket_lies_in_the_data_folder() -> None:
    assert redis_socket.socket_path(Path("/srv/atelier")) == Path("/srv/atelier/run/redis.sock")


@pytest.mark.parametrize("folder", ["/" + "deep/" * 30, "/srv/with blank", "/srv/größe", "/srv/50%"])
def test_a_folder_a_socket_can_not_lie_in_gets_a_short_one(folder: str) -> None:
    path = redis_socket.socket_path(Path(folder))
    assert len(bytes(path)) < redis_socket.LONGEST
    assert path == redis_socket.socket_path(Path(folder))
    assert path != redis_socket.socket_path(Path(folder + "x"))


def test_the_folder_of_the_socket_is_private(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    redis_server.private_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_link_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StartError, match="belongs to somebody else"):
        redis_server.private_folder(tmp_path / "run")
