"""Samples: noted after the answer, written for the studio, bounded, and without anything that opens a door."""

import json
import time
from pathlib import Path
from typing import Any

import pytest

from registry.endpoints.gateway import collecting
from registry.endpoints.gateway.collecting import Collector
from tests.registry.endpoints.gateway.backend import answer
from tests.registry.endpoints.gateway.conftest import KEY, Scene

ALL = {"sampling_rate": 1}
REPLY = answer(b'{"predictions": [1.5]}', "Content-Type: application/json")


async def lines(scene: Scene, *, is_over: bool = True) -> list[dict[str, Any]]:
    """What the studio would find."""
    collector = scene.gateway.collector
    await collector.flush()
    if is_over:
        collector._close()
    files = sorted(scene.gateway.options.spool.glob("*.jsonl"))  # type: ignore[union-attr]
    return [json.loads(line) for file in files for line in file.read_bytes().splitlines()]


async def test_a_sampled_request_is_kept_with_its_answer_and_without_its_headers(scene: Scene) -> None:
    scene.one(await scene.backend(reply=REPLY), collector=ALL)
    found = await scene.client.post(
        "/score?token=secret", content=b'{"data": [[1, 2]]}',
        headers={"content-type": "application/json", "x-request-id": "trace-1", "cookie": "sessionid=secret"},
    )  # fmt: skip
    assert found.status_code == 200
    (line,) = await lines(scene)
    assert time.time() - line.pop("at") < 60
    assert line == {
        "deployment": 1, "id": "trace-1", "path": "/score", "status": 200, "request_type": "application/json",
        "request": '{"data": [[1, 2]]}', "response_type": "application/json", "response": '{"predictions": [1.5]}',
        "missed": 0,
    }  # fmt: skip
    (file,) = scene.gateway.options.spool.iterdir()  # type: ignore[union-attr]
    raw = file.read_text()
    assert KEY not in raw
    assert "secret" not in raw
    assert file.stat().st_mode & 0o077 == 0


async def test_chance_chooses_a_share_and_nothing_is_kept_without_a_collector(scene: Scene) -> None:
    backend = await scene.backend(reply=REPLY)
    scene.one(backend, collector={"sampling_rate": 0.3})
    for _ in range(200):
        await scene.score()
    assert 30 < len(await lines(scene)) < 95
    before = scene.gateway.collector.kept
    scene.one(backend)
    await scene.score()
    assert await lines(scene)
    assert scene.gateway.collector.kept == before


async def test_errors_and_other_methods_are_not_kept(scene: Scene) -> None:
    backend = await scene.backend(reply=answer(b"no", status="422 Unprocessable Entity"))
    scene.one(backend, collector=ALL)
    await scene.score()
    backend.reply = REPLY
    await scene.client.get("/version")
    assert await lines(scene) == []


async def test_what_is_too_large_or_not_text_is_no_part_of_it(scene: Scene) -> None:
    backend = await scene.backend(reply=answer(b"y" * (collecting.MAX_BODY + 1)))
    scene.one(backend, collector=ALL)
    await scene.score(b"small")
    await scene.score(b"x" * (collecting.MAX_BODY + 10_000))
    backend.reply = answer(b"\xff\xfe")
    await scene.score(b"small", content_encoding="gzip")
    (line,) = await lines(scene)
    assert (line["request"], line["response"]) == (None, None)
    assert line["missed"] in (1, 2)  # a large body that is passed on in pieces is not even chosen


async def test_a_full_queue_and_a_full_disk_drop_samples_and_count_them(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "MAX_QUEUE", 2)
    scene.one(await scene.backend(reply=REPLY), collector=ALL)
    for _ in range(5):
        assert (await scene.score()).status_code == 200
    collector = scene.gateway.collector
    assert (len(collector.queue), collector.lost) == (2, 3)
    collector.limit = 10
    assert await lines(scene) == []
    assert (collector.kept, collector.lost) == (0, 5)
    collector.limit = 10**6
    await scene.score()
    (line,) = await lines(scene)
    assert line["missed"] == 5
    text = (await scene.client.get(f"http://127.0.0.1:{scene.gateway.port}/metrics")).text
    assert "atelier_gateway_samples_kept_total 1\n" in text
    assert "atelier_gateway_samples_lost_total 5\n" in text


async def test_a_folder_that_can_not_be_written_fails_no_request(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    scene.gateway.collector.folder = tmp_path / "file" / "below"
    scene.one(await scene.backend(reply=REPLY), collector=ALL)
    assert (await scene.score()).status_code == 200
    await scene.gateway.collector.flush()
    assert scene.gateway.collector.lost == 1


async def test_files_are_closed_by_time_and_at_the_end(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.one(await scene.backend(reply=REPLY), collector=ALL)
    await scene.score()
    assert await lines(scene, is_over=False) == []
    monkeypatch.setattr(collecting, "ROLL_SECONDS", 0.0)
    assert len(await lines(scene, is_over=False)) == 1
    await scene.score()
    await scene.gateway.collector.end()
    assert len(await lines(scene)) == 2


async def test_a_gateway_without_a_folder_samples_nothing(scene: Scene) -> None:
    scene.gateway.collector = Collector("g", None, 0)
    scene.one(await scene.backend(reply=REPLY), collector=ALL)
    assert (await scene.score()).status_code == 200
    assert not scene.gateway.collector.queue
    assert scene.adopt(ep={"deployments": {"blue": {"collector": {"sampling_rate": 2}}}}) is False
