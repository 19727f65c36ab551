"""The gateway's line to the studio, over a real Redis that comes and goes."""

import asyncio
import json
import stat
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import redis

from registry.endpoints.gateway import counting, link
from registry.endpoints.gateway.options import Options
from registry.endpoints.gateway.server import Gateway
from tests.registry.endpoints.gateway.conftest import deployment, endpoint
from tests.registry.endpoints.gateway.processes import Redis
from tests.registry.endpoints.gateway.test_dispatch import until


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    found = Redis(tmp_path_factory.mktemp("r"))
    yield found
    found.kill()


@pytest.fixture
def client(server: Redis) -> Iterator["redis.Redis[bytes]"]:
    found = redis.Redis.from_url(server.url)
    found.flushall()
    yield found
    found.close()


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(link, "TELL_SECONDS", 0.05)
    monkeypatch.setattr(link, "REST_SECONDS", 0.05)


@pytest.fixture
async def gateway(server: Redis, client: "redis.Redis[bytes]", tmp_path: Path) -> AsyncIterator[Gateway]:
    options = Options("127.0.0.1", 0, server.url, tmp_path / "run" / "gateway-table.json")
    made = Gateway(options, asyncio.get_running_loop())
    await made.start()
    await until(lambda: made.link.is_up)
    yield made
    await made.end(grace=0)


def table(stamp: str) -> bytes:
    said = endpoint(traffic={"blue": 100}, deployments={"blue": deployment(1)})
    return json.dumps({"stamp": stamp, "endpoints": {"main/ep": said}}).encode()


async def test_a_table_that_is_told_is_used_at_once_and_kept_on_disk(
    gateway: Gateway, client: "redis.Redis[bytes]", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "LOOK_SECONDS", 60)
    await asyncio.sleep(0.2)  # until it listens, and looks no more
    client.set(link.TABLE, table("one"))
    client.publish(link.TABLE, "one")
    await until(lambda: gateway.table.stamp == "one", 1)
    file = gateway.options.table_file
    await until(file.exists)
    assert file.read_bytes() == table("one")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.iterdir()] == [file.name]


async def test_a_table_that_nobody_told_of_is_found(gateway: Gateway, client: "redis.Redis[bytes]") -> None:
    client.set(link.TABLE, table("two"))
    await until(lambda: gateway.table.stamp == "two", 3)


async def test_a_bad_table_changes_nothing_and_is_not_kept(gateway: Gateway, client: "redis.Redis[bytes]") -> None:
    client.set(link.TABLE, table("good"))
    await until(lambda: gateway.table.stamp == "good", 3)
    client.set(link.TABLE, b'{"stamp": "bad", "endpoints": {"main/ep": {}}}')
    client.publish(link.TABLE, "bad")
    await asyncio.sleep(0.1)
    assert gateway.table.stamp == "good"
    client.delete(link.TABLE)
    client.publish(link.TABLE, "gone")
    await asyncio.sleep(0.1)
    assert gateway.table.stamp == "good"


async def test_it_begins_with_the_table_on_disk(tmp_path: Path) -> None:
    file = tmp_path / "gateway-table.json"
    file.write_bytes(table("kept"))
    made = Gateway(Options("127.0.0.1", 0, "", file), asyncio.get_running_loop())
    made.link.read_file()
    assert made.table.stamp == "kept"
    file.write_bytes(b"{half")
    other = Gateway(Options("127.0.0.1", 0, "", file), asyncio.get_running_loop())
    other.link.read_file()
    assert other.table.stamp == ""


async def test_minutes_are_told_whole_and_again_when_they_grow(gateway: Gateway, client: "redis.Redis[bytes]") -> None:
    counts = gateway.counter.of(7, "main/ep", "blue")
    counts.add(200, 0.004, 10, 20)
    await until(lambda: client.llen(link.MINUTES) == 1)
    counts.add(500, 0.004, 1, 2)
    counts.add(404, 0.2, 1, 2)
    await until(lambda: client.llen(link.MINUTES) >= 2)
    last = json.loads(client.lindex(link.MINUTES, -1))[0]
    assert (last["deployment"], last["gateway"], last["minute"] % 60) == (7, gateway.name, 0)
    assert (last["requests"], last["client_errors"], last["server_errors"]) == (3, 1, 1)
    assert (last["bytes_in"], last["bytes_out"], sum(last["durations"].values())) == (12, 24, 3)
    await asyncio.sleep(0.15)
    told = client.llen(link.MINUTES)
    await asyncio.sleep(0.15)
    assert client.llen(link.MINUTES) == told  # nothing new, nothing told


async def test_wishes_arrive_once_a_second_at_most(gateway: Gateway, client: "redis.Redis[bytes]") -> None:
    gateway.adopt(table("x"))
    behind = gateway.table.deployments[1]
    for _ in range(5):
        gateway.link.wish("wake", behind)
    await until(lambda: client.llen(link.WISHES) == 1)
    said = json.loads(client.lindex(link.WISHES, 0))
    assert (said["wish"], said["deployment"], said["instance"]) == ("wake", 1, None)
    assert said["at"] == pytest.approx(time.time(), abs=5)


async def test_while_redis_is_away_counts_wait_and_the_table_stays(tmp_path: Path) -> None:
    server = await asyncio.to_thread(Redis, tmp_path)
    client = redis.Redis.from_url(server.url)
    client.set(link.TABLE, table("kept"))
    made = Gateway(Options("127.0.0.1", 0, server.url, tmp_path / "table.json"), asyncio.get_running_loop())
    await made.start()
    try:
        await until(lambda: made.table.stamp == "kept")
        server.kill()
        made.counter.of(1, "main/ep", "blue").add(200, 0.001, 1, 1)
        made.link.wish("wake", made.table.deployments[1])
        await until(lambda: not made.link.is_up)
        assert (made.table.stamp, len(made.counter.untold()), len(made.link.wishes)) == ("kept", 1, 1)
        await asyncio.to_thread(server.start)
        await until(lambda: client.llen(link.MINUTES) == 1 and client.llen(link.WISHES) == 1, 5)
        client.set(link.TABLE, table("new"))
        await until(lambda: made.table.stamp == "new", 5)
    finally:
        await made.end(grace=0)
        server.kill()


async def test_the_last_counts_are_told_at_the_end(server: Redis, client: "redis.Redis[bytes]", tmp_path: Path) -> None:
    made = Gateway(Options("127.0.0.1", 0, server.url, tmp_path / "t.json"), asyncio.get_running_loop())
    await made.start()
    await until(lambda: made.link.is_up)
    made.counter.of(1, "main/ep", "blue").add(200, 0.001, 1, 1)
    await made.end(grace=0)
    assert client.llen(link.MINUTES) == 1


def test_what_waits_for_redis_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "MAX_ROWS", 3)
    counter = counting.Counter()
    for number in range(5):
        counter.row(1, number)
    assert [key[1] for key in counter.rows] == [2, 3, 4]
    assert counter.lost == 2
