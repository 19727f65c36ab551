"""Who is asked: shares, instances, waiting, and what happens when one is gone."""

import asyncio
import json
from collections import Counter
from pathlib import Path

import pytest

from registry.endpoints.gateway import server
from tests.registry.endpoints.gateway.backend import Backend, answer
from tests.registry.endpoints.gateway.conftest import Scene, deployment, endpoint


async def until(reached, seconds: float = 3.0) -> None:
    for _ in range(int(seconds / 0.01)):
        if reached():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")


async def test_traffic_is_shared_by_weight_and_a_name_forces_one(scene: Scene) -> None:
    blue, green = await scene.backend(), await scene.backend()
    behind = {"blue": deployment(1, blue), "green": deployment(2, green)}
    scene.adopt(ep=endpoint(traffic={"blue": 80, "green": 20}, deployments=behind))
    found = Counter([(await scene.score()).headers["azureml-model-deployment"] for _ in range(100)])
    assert found["green"] == pytest.approx(20, abs=2)
    scene.adopt(ep=endpoint(traffic={"blue": 100, "green": 0}, deployments=behind))
    forced = await scene.score(azureml_model_deployment="green")
    assert (forced.status_code, forced.headers["azureml-model-deployment"]) == (200, "green")
    unknown = await scene.score(azureml_model_deployment="red")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_deployment")


async def test_an_endpoint_without_traffic_says_so(scene: Scene) -> None:
    scene.adopt(ep=endpoint(deployments={"blue": deployment(1, await scene.backend())}))
    found = await scene.score()
    assert (found.status_code, found.json()["code"], found.headers["retry-after"]) == (503, "no_traffic", "10")


async def test_the_instance_with_the_fewest_requests_is_asked(scene: Scene) -> None:
    first, second = await scene.backend(), await scene.backend()
    scene.one(first, second)
    for _ in range(6):
        await scene.score()
    assert (len(first.received), len(second.received)) == (3, 3)
    first.delay = second.delay = 0.15
    waiting = asyncio.create_task(scene.score())
    await until(lambda: len(first.received) + len(second.received) == 7)
    busy, idle = (first, second) if len(first.received) == 4 else (second, first)
    idle.delay = 0.0
    for _ in range(4):
        await scene.score()
    assert (len(busy.received), len(idle.received)) == (4, 7)
    await waiting


async def test_an_instance_on_this_machine_is_reached_by_its_socket(scene: Scene, tmp_path: Path) -> None:
    near = await Backend().start_near(str(tmp_path / "s"))
    scene.backends.append(near)
    scene.one(near)
    assert (await scene.score()).status_code == 200
    assert len(near.received) == 1


async def test_an_instance_whose_socket_is_gone_is_reached_by_its_address(scene: Scene, tmp_path: Path) -> None:
    backend = await scene.backend(socket=str(tmp_path / "nobody"))
    scene.one(backend)
    assert (await scene.score()).status_code == 200


async def test_an_instance_never_has_more_than_it_takes_and_the_rest_queues(scene: Scene) -> None:
    backend = await scene.backend(delay=0.02)
    scene.one(backend, max_concurrent=2)
    found = await asyncio.gather(*[scene.score() for _ in range(10)])
    assert {each.status_code for each in found} == {200}
    assert backend.most_open == 2


async def test_who_queues_for_too_long_gets_429(scene: Scene) -> None:
    backend = await scene.backend(delay=0.4)
    settings = {"request_timeout_ms": 2_000, "max_queue_wait_ms": 50}
    scene.one(backend, max_concurrent=1, request_settings=settings)
    first, second = await asyncio.gather(scene.score(), scene.score())
    assert sorted([first.status_code, second.status_code]) == [200, 429]
    refused = second if second.status_code == 429 else first
    assert (refused.json()["code"], refused.headers["retry-after"]) == ("too_many_requests", "1")


async def test_without_a_queue_the_next_one_gets_429_at_once(scene: Scene) -> None:
    backend = await scene.backend(delay=0.1)
    scene.one(backend, max_concurrent=1, request_settings={"request_timeout_ms": 2_000, "max_queue_wait_ms": 0})
    found = await asyncio.gather(scene.score(), scene.score())
    assert sorted(each.status_code for each in found) == [200, 429]


async def test_one_that_takes_no_connection_is_passed_over(scene: Scene) -> None:
    dead, alive = await scene.backend(), await scene.backend()
    await dead.stop()
    scene.one(dead, alive)
    for _ in range(5):
        assert (await scene.score()).status_code == 200
    wishes = [json.loads(each) for each in scene.gateway.link.wishes]
    assert [(each["wish"], each["deployment"], each["instance"]) for each in wishes] == [("look", 1, 100)]


async def test_a_request_is_held_until_an_instance_is_there(scene: Scene) -> None:
    scene.one()
    waiting = asyncio.create_task(scene.score(b"[1]"))
    await until(lambda: scene.gateway.link.wishes)
    wish = json.loads(scene.gateway.link.wishes[0])
    assert (wish["wish"], wish["deployment"], wish["waiting"]) == ("wake", 1, 1)
    backend = await scene.backend()
    scene.one(backend)
    assert (await waiting).status_code == 200
    assert backend.received[0].body == b"[1]"


async def test_a_request_is_held_while_its_only_instance_is_started_again(scene: Scene) -> None:
    backend = await scene.backend()
    scene.one(backend)
    assert (await scene.score()).status_code == 200
    await backend.stop()
    waiting = [asyncio.create_task(scene.score()) for _ in range(5)]
    await until(lambda: len(scene.gateway.table.deployments[1].waiting) == 5)
    again = await Backend().start(backend.port)
    scene.backends.append(again)
    assert {each.status_code for each in await asyncio.gather(*waiting)} == {200}


async def test_who_is_held_for_too_long_gets_503(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HOLD_SECONDS", 0.05)
    scene.one(request_settings={"request_timeout_ms": 50})
    found = await scene.score()
    assert (found.status_code, found.json()["code"], found.headers["retry-after"]) == (503, "no_instance_ready", "5")


async def test_who_waited_for_a_deployment_that_goes_is_sent_to_the_one_with_traffic(scene: Scene) -> None:
    scene.one()
    waiting = asyncio.create_task(scene.score())
    await until(lambda: scene.gateway.table.deployments[1].waiting)
    green = deployment(2, await scene.backend())
    scene.adopt(ep=endpoint(traffic={"green": 100}, deployments={"green": green}))
    assert (await waiting).headers["azureml-model-deployment"] == "green"


async def test_who_waited_for_an_endpoint_that_goes_gets_404(scene: Scene) -> None:
    scene.one()
    waiting = asyncio.create_task(scene.score())
    await until(lambda: scene.gateway.table.deployments[1].waiting)
    scene.adopt()
    assert (await waiting).status_code == 404
    assert not scene.gateway.busy


async def test_an_answer_that_takes_too_long_is_504(scene: Scene) -> None:
    backend = await scene.backend(delay=2)
    scene.one(backend, request_settings={"request_timeout_ms": 60})
    found = await scene.score()
    assert (found.status_code, found.json()["code"]) == (504, "deployment_too_slow")
    assert "60 ms" in found.json()["detail"]
    assert scene.gateway.table.deployments[1].instances[0].open == 0


async def test_an_instance_that_breaks_off_is_502_and_is_not_asked_again(scene: Scene) -> None:
    backend = await scene.backend(broken_off=True)
    scene.one(backend)
    found = await scene.score()
    assert (found.status_code, found.json()["code"]) == (502, "deployment_broke_off")
    assert len(backend.received) == 1


@pytest.mark.parametrize(
    "reply",
    [
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\nabc",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 70_000 + b"\r\n\r\n",
    ],
)
async def test_an_answer_that_is_no_valid_http_is_502(scene: Scene, reply: bytes) -> None:
    scene.one(await scene.backend(reply=reply))
    found = await scene.score()
    assert (found.status_code, found.json()["code"]) == (502, "bad_answer")


async def test_half_an_answer_ends_the_callers_connection(scene: Scene) -> None:
    import httpx

    backend = await scene.backend(reply=b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", close_after=True)
    scene.one(backend)
    with pytest.raises(httpx.RemoteProtocolError):
        await scene.score()
    assert scene.gateway.counter.counts[1].total == {502: 1}


async def test_bytes_beyond_an_answer_never_become_the_next_one(scene: Scene) -> None:
    backend = await scene.backend(reply=answer(b"good") + answer(b"evil"))
    scene.one(backend)
    assert [(await scene.score()).content for _ in range(3)] == [b"good"] * 3
    assert backend.connections == 3


async def test_an_instance_out_of_the_table_finishes_what_it_has_and_gets_nothing_new(scene: Scene) -> None:
    old, new = await scene.backend(delay=0.15), await scene.backend()
    scene.one(old)
    first = asyncio.create_task(scene.score())
    await until(lambda: old.received)
    scene.one(new, first=50)
    assert (await scene.score()).status_code == 200
    assert (await first).status_code == 200
    assert (len(old.received), len(new.received)) == (1, 1)
    await until(lambda: not old.writers)


async def test_a_bad_table_is_kept_out(scene: Scene) -> None:
    scene.one(await scene.backend())
    for raw in (b"", b"{", b"[]", b'{"stamp": "x"}', b'{"stamp": "x", "endpoints": {"a/b": {"id": 1}}}'):
        assert not scene.gateway.adopt(raw)
    bad = endpoint(traffic={"blue": 100}, deployments={"blue": deployment(1)})
    bad["deployments"]["blue"]["instances"] = [{"id": 1, "address": "nowhere"}]
    assert not scene.adopt(ep=bad)
    assert (await scene.score()).status_code == 200


async def test_a_copy_goes_to_the_mirror_after_the_answer_and_is_thrown_away(scene: Scene) -> None:
    blue, green = await scene.backend(), await scene.backend(delay=0.05, reply=answer(b"no", status="500 Bad"))
    behind = {"blue": deployment(1, blue), "green": deployment(2, green)}
    scene.adopt(ep=endpoint(traffic={"blue": 100}, mirror={"green": 50}, deployments=behind))
    found = [await scene.score(b"[%d]" % number) for number in range(20)]
    assert {each.status_code for each in found} == {200}
    await until(lambda: len(green.received) >= 9 and not scene.gateway.copies)
    assert len(green.received) == pytest.approx(10, abs=1)
    assert {each.body for each in green.received} <= {each.body for each in blue.received}
    row = scene.gateway.counter.counts[2].current
    assert (row.requests, row.mirrored, row.server_errors) == (0, len(green.received), len(green.received))


async def test_a_mirror_that_is_dead_or_slow_harms_nobody(scene: Scene) -> None:
    blue, green = await scene.backend(), await scene.backend()
    await green.stop()
    behind = {"blue": deployment(1, blue), "green": deployment(2, green)}
    scene.adopt(ep=endpoint(traffic={"blue": 100}, mirror={"green": 50}, deployments=behind))
    assert {(await scene.score()).status_code for _ in range(10)} == {200}
    await until(lambda: not scene.gateway.copies)
    assert scene.gateway.table.deployments[2].instances[0].open == 0


async def test_while_it_ends_open_requests_finish_and_nothing_new_comes(scene: Scene) -> None:
    backend = await scene.backend(delay=0.15)
    scene.one(backend)
    first = asyncio.create_task(scene.score())
    await until(lambda: backend.received)
    await scene.gateway.end()
    found = await first
    assert (found.status_code, found.headers["connection"]) == (200, "close")
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", scene.gateway.port)


async def test_metrics_and_counts_tell_what_happened(scene: Scene) -> None:
    scene.one(await scene.backend())
    await scene.score(b"12345")
    await scene.score(azureml_model_deployment="none")
    row = scene.gateway.counter.counts[1].current.as_json("g", 1, 0.0)
    assert (row["requests"], row["bytes_in"], row["bytes_out"], sum(row["durations"].values())) == (1, 5, 3, 1)
    text = (await scene.client.get(f"http://127.0.0.1:{scene.gateway.port}/metrics")).text
    assert 'atelier_gateway_requests_total{endpoint="main/ep",deployment="blue",code="200"} 1' in text
    assert 'atelier_gateway_refused_total{code="404"} 1' in text
    far = await scene.client.get(
        f"http://127.0.0.1:{scene.gateway.port}/metrics", headers={"x-forwarded-for": "1.2.3.4"}
    )
    assert far.status_code == 404
