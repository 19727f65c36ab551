"""A worker's sign of life, against a real Redis."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from studio.health import pulse
from studio.supervisor import redis_server
from tests.real_studio import wait_for


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("r")
    path = folder / "redis.sock"
    process = subprocess.Popen(
        [redis_server.find_binary(), "--port", "0", "--unixsocket", str(path), "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    wait_for(lambda: redis_server.answers(path), 10, "Redis does not answer")
    yield f"unix://{path}"
    process.kill()
    process.wait()


@pytest.fixture(autouse=True)
def at_this_server(server: str, settings) -> Iterator[None]:
    settings.REDIS_CACHE_URL = server
    pulse.client.cache_clear()
    pulse.client().flushall()
    yield
    pulse.client.cache_clear()


def test_without_a_beat_no_worker_is_alive() -> None:
    assert not pulse.is_any_worker_alive()


def test_a_beat_is_a_sign_of_life() -> None:
    pulse.beat("worker-1@host")
    assert pulse.is_any_worker_alive()


def test_an_old_beat_is_none() -> None:
    pulse.client().zadd(pulse.INDEX, {"worker-1@host": time.time() - pulse.LASTS - 2})
    assert not pulse.is_any_worker_alive()
    pulse.beat("worker-2@host")
    assert pulse.client().zrange(pulse.INDEX, 0, -1) == [b"worker-2@host"]


def test_a_worker_that_says_goodbye_is_gone() -> None:
    pulse.beat("worker-1@host")
    pulse.forget("worker-1@host")
    assert not pulse.is_any_worker_alive()


def test_a_redis_that_is_away_is_noticed_at_once(settings, tmp_path: Path) -> None:
    settings.REDIS_CACHE_URL = f"unix://{tmp_path}/none.sock"
    pulse.client.cache_clear()
    began = time.monotonic()
    with pytest.raises(redis.ConnectionError):
        pulse.is_any_worker_alive()
    assert time.monotonic() - began < 0.5
