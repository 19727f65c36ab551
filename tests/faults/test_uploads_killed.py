"""F02: the web process is killed in the middle of an upload, the worker in the middle of the last step."""

import contextlib
import hashlib
import threading
import time
from collections.abc import Iterator

import httpx
import pytest

from tests import real_studio
from tests.real_studio import RealStudio, wait_for

pytestmark = pytest.mark.real
SIZE = 48 * 1024 * 1024  # more than is put in its place while the caller waits
DATA = bytes(range(256)) * (SIZE // 256)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStudio]:
    running = real_studio.start(tmp_path_factory.mktemp("studio") / "var")
    yield running
    running.stop()


@pytest.fixture
def rest(studio: RealStudio) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {studio.token}"}
    with httpx.Client(base_url=f"{studio.url}/api/v1/workspaces/main/", headers=headers, timeout=20) as client:
        yield client


def piece(upload: dict[str, int], number: int) -> bytes:
    start = (number - 1) * upload["part_bytes"]
    return DATA[start : start + upload["part_bytes"]]


def names(rest: httpx.Client, folder: str) -> list[str]:
    answer = rest.get("datastores/default/entries", params={"path": folder})
    return [entry["name"] for entry in answer.json()["results"]] if answer.status_code == 200 else []


def test_a_killed_web_process_shows_nothing_half_made_and_only_one_part_is_sent_again(
    studio: RealStudio, rest: httpx.Client
) -> None:
    body = {"path": "web/big.bin", "size": SIZE}
    upload = rest.post("datastores/default/uploads", json=body).raise_for_status().json()
    rest.put(f"uploads/{upload['id']}/parts/1", content=piece(upload, 1)).raise_for_status()
    half_sent = threading.Event()

    def slowly() -> Iterator[bytes]:
        yield piece(upload, 2)[:1_000_000]
        half_sent.set()
        time.sleep(3)
        yield piece(upload, 2)[1_000_000:]

    def send() -> None:
        headers = {"Content-Length": str(upload["part_bytes"])}
        with contextlib.suppress(httpx.HTTPError):
            rest.put(f"uploads/{upload['id']}/parts/2", content=slowly(), headers=headers)

    sender = threading.Thread(target=send)
    sender.start()
    assert half_sent.wait(10)
    studio.child("web").kill()
    sender.join(15)
    studio.wait_ready()
    assert names(rest, "web") == []
    again = rest.post("datastores/default/uploads", json=body).raise_for_status().json()
    assert (again["id"], [part["number"] for part in again["parts"]]) == (upload["id"], [1])
    for number in range(2, again["part_count"] + 1):
        rest.put(f"uploads/{upload['id']}/parts/{number}", content=piece(upload, number)).raise_for_status()
    rest.post(f"uploads/{upload['id']}/complete", json={}).raise_for_status()
    wait_for(lambda: names(rest, "web") == ["big.bin"], 30, "the file is not in its place")
    assert hashlib.sha256(rest.get("datastores/default/files/web/big.bin").content).digest() == (
        hashlib.sha256(DATA).digest()
    )


def test_a_worker_killed_while_it_puts_a_file_in_its_place_leaves_nothing_to_see(
    studio: RealStudio, rest: httpx.Client
) -> None:
    body = {"path": "worker/big.bin", "size": SIZE}
    upload = rest.post("datastores/default/uploads", json=body).raise_for_status().json()
    for number in range(1, upload["part_count"] + 1):
        rest.put(f"uploads/{upload['id']}/parts/{number}", content=piece(upload, number)).raise_for_status()
    worker = studio.child("worker")
    answer = rest.post(f"uploads/{upload['id']}/complete", json={}).raise_for_status()
    worker.kill()
    assert answer.status_code == 202
    seen = names(rest, "worker")
    found = rest.get(f"uploads/{upload['id']}").json()
    assert seen == ([] if found["state"] == "publishing" else ["big.bin"])
    for name in seen:  # it was quicker than the kill: then it is whole
        assert len(rest.get(f"datastores/default/files/worker/{name}").content) == SIZE
    studio.wait_ready()
