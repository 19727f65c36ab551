"""The gateway under load and with everything else gone."""

from collections.abc import Iterator

import httpx
import pytest

from tests import real_studio
from tests.faults import rollout
from tests.real_studio import wait_for

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[real_studio.RealStudio]:
    running = real_studio.start(tmp_path_factory.mktemp("studio") / "var")
    yield running
    running.stop()
    rollout.end_instances(running.data_dir)


def test_a_rollout_under_load_fails_no_request_but_those_in_a_killed_process(studio: real_studio.RealStudio) -> None:
    found = rollout.run(rollout.Studio(studio), seconds=12)
    assert not found.unexcused, found.described()
    assert len(found.failed) <= 4, found.described()  # as many as one instance has at a time
    for weight, share, count in found.shares():
        assert count >= 50, found.described()
        assert abs(weight - share) <= rollout.ALLOWED_POINTS, found.described()


def test_it_serves_while_the_web_process_the_worker_and_redis_are_gone(studio: real_studio.RealStudio) -> None:
    at = rollout.Studio(studio)
    at.create("alone")
    at.deploy("blue")
    at.wait_for("blue")
    at.ask("PUT", "endpoints/alone/traffic", traffic={"blue": 100})
    url, headers = f"{at.gateway}/e/main/alone/score", {"authorization": f"Bearer {at.key}"}

    def scored() -> bool:
        return httpx.post(url, content=b"{}", headers=headers, timeout=10).status_code == 200

    wait_for(scored, 10, "it is not served")
    supervisor = studio.process
    stopped = [studio.child(name) for name in ("web", "worker", "beat", "redis")]
    supervisor.send_signal(19)  # SIGSTOP: nobody starts them again
    try:
        for process in stopped:
            process.kill()
        for _ in range(20):
            assert scored()
        gateway = studio.child("gateway")
        assert gateway.is_running()
        assert not httpx.get(f"{at.gateway}/healthz", timeout=5).json()["redis"] or scored()
    finally:
        supervisor.send_signal(18)
    studio.wait_ready(60)
    studio.child("gateway").kill()  # and again from its last table
    wait_for(lambda: _answers(scored), 15, "the gateway is not back")


def _answers(scored) -> bool:
    try:
        return bool(scored())
    except httpx.HTTPError:
        return False
