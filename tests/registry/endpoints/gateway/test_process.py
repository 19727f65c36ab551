"""The gateway as a process: without Django, from its last table, until SIGTERM."""

import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from tests.real_studio import ROOT, wait_for
from tests.registry.endpoints.gateway.conftest import KEY, deployment, endpoint
from tests.registry.endpoints.gateway.processes import Process


def test_nothing_of_django_or_a_database_is_loaded() -> None:
    code = (
        "import sys, registry.endpoints.gateway.__main__, redis.asyncio;"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'django', 'celery', 'sqlite3', 'psycopg'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_settings_that_can_not_be_read_are_one_sentence(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "registry.endpoints.gateway", "--settings", str(tmp_path / "none")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "does not say how the gateway is set" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("redis_url", ["", "unix:///nowhere/redis.sock?db=0"])
def test_it_serves_from_its_last_table_and_finishes_what_is_open(tmp_path: Path, redis_url: str) -> None:
    import asyncio

    from tests.registry.endpoints.gateway.backend import Backend

    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()
    backend = asyncio.run_coroutine_threadsafe(Backend().start(), loop).result()
    said = endpoint(traffic={"blue": 100}, deployments={"blue": deployment(1, backend)})
    gateway = Process(tmp_path, redis_url, {"stamp": "disk", "endpoints": {"main/ep": said}})
    headers = {"authorization": f"Bearer {KEY}"}
    url = f"{gateway.url}/e/main/ep/score"
    assert httpx.post(url, content=b"{}", headers=headers).status_code == 200
    backend.delay = 0.4
    found: list[httpx.Response] = []
    asking = threading.Thread(target=lambda: found.append(httpx.post(url, content=b"{}", headers=headers)))
    asking.start()
    wait_for(lambda: len(backend.received) == 2, 3, "not asked")
    gateway.process.terminate()
    asking.join()
    assert found[0].status_code == 200
    assert gateway.process.wait(10) == 0
    loop.call_soon_threadsafe(loop.stop)
