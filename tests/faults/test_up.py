"""`manage.py up` for real: it starts, heals, refuses with a sentence, and leaves nothing behind."""

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest
import redis

from studio import redis_socket
from studio.supervisor import runners
from tests import real_studio
from tests.real_studio import RealStudio, wait_for

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStudio]:
    """One studio for the tests that leave it running."""
    running = real_studio.start(tmp_path_factory.mktemp("up") / "var", is_first=True)
    yield running
    running.stop()


@pytest.fixture
def prepared(studio: RealStudio, tmp_path: Path) -> Path:
    """A data folder of its own that was set up before."""
    copy = tmp_path / "var"
    shutil.copytree(studio.data_dir, copy, ignore=shutil.ignore_patterns("run", "redis", "logs"))
    return copy


def broker(studio: RealStudio) -> "redis.Redis[bytes]":
    return redis.Redis.from_url(f"{redis_socket.socket_url(studio.data_dir)}?db=2")


def gone(processes: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=0)
    return not alive


def refusal(*words: str, data_dir: Path, port: int = 0, **variables: str) -> str:
    """What `up` says when it can't start."""
    done = subprocess.run(
        real_studio.command(data_dir, port or real_studio.free_port(), *words),
        env=real_studio.environment(**variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


def test_the_first_start_prints_a_link_that_signs_in(studio: RealStudio) -> None:
    assert studio.link.startswith(studio.url)
    assert studio.is_ready()


@pytest.mark.parametrize("name", ["web", "worker", "beat", "redis"])
def test_a_killed_process_is_started_again(studio: RealStudio, name: str) -> None:
    victim = studio.child(name)
    victim.kill()

    def is_back() -> bool:
        try:
            return studio.child(name).pid != victim.pid
        except LookupError:
            return False

    wait_for(is_back, 15, f"{name} is not back")
    studio.wait_ready()
    studio.wait_said(f"{name if name != 'worker' else 'worker-1'} ended (signal SIGKILL)", 5)


def test_a_worker_takes_work_again_after_redis_was_restarted(studio: RealStudio) -> None:
    """F08: a worker that stays connected but deaf would let the reconciler's wake-ups pile up."""
    studio.child("redis").kill()
    studio.wait_ready()

    def taken() -> int:
        try:
            stats = broker(studio).info("commandstats")
        except redis.RedisError:
            return 0
        return int(stats.get("cmdstat_lpush", {}).get("calls", 0))

    wait_for(lambda: taken() >= 3, 30, "beat sends nothing")
    wait_for(lambda: broker(studio).llen("celery") == 0, 15, "the queue is not emptied")


def test_a_second_start_on_the_same_data_is_refused(studio: RealStudio) -> None:
    said = refusal(data_dir=studio.data_dir)
    assert said.startswith("A studio runs already with the data folder")
    assert str(studio.process.pid) in said


def test_a_port_in_use_is_refused(prepared: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert refusal(data_dir=prepared, port=port).startswith(f"Port {port} on 127.0.0.1 is in use")


def test_an_unwritable_data_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "can't be written" in refusal(data_dir=tmp_path / "file" / "var")


def test_a_redis_that_refuses_is_named(prepared: Path) -> None:
    said = refusal(data_dir=prepared, REDIS_URL=f"redis://127.0.0.1:{real_studio.free_port()}")
    assert said.startswith("The Redis of REDIS_URL")


def test_a_database_that_refuses_is_named(prepared: Path) -> None:
    said = refusal(data_dir=prepared, DATABASE_URL="postgresql://nobody@127.0.0.1:1/studio")
    assert said.startswith("The database of DATABASE_URL refuses")


def test_an_option_that_is_none_is_refused(prepared: Path) -> None:
    assert "is no port" in refusal("--port", "abc", data_dir=prepared)


def test_a_second_start_prepares_nothing_and_ctrl_c_leaves_no_process(prepared: Path) -> None:
    running = real_studio.start(prepared)
    family = running.family()
    assert len(family) >= 5
    assert running.stop(signal.SIGINT) == 0
    wait_for(lambda: gone(family), 5, "processes are left")
    assert not any("Preparing" in line or "link" in line for line in running.said)


@pytest.mark.parametrize("after", [0.1, 0.6, 1.5])
def test_ctrl_c_during_the_start_leaves_no_process(prepared: Path, after: float) -> None:
    running = real_studio.start(prepared, wait=False)
    time.sleep(after)
    family = running.family()
    running.stop(signal.SIGINT)
    wait_for(lambda: gone(family), 5, "processes are left")
    assert not any(str(prepared) in " ".join(process.cmdline()) for process in readable_processes())


def test_killing_the_supervisor_ends_its_children(prepared: Path) -> None:
    running = real_studio.start(prepared)
    family = running.family()
    running.process.kill()
    running.process.wait()
    wait_for(lambda: gone(family), 10, "processes are left")


def readable_processes() -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            process.cmdline()
            found.append(process)
        except psutil.Error:
            continue
    return found


SLEEPS = "command: python -u -c \"import time; print('asleep'); time.sleep(300)\"\ncompute: local\n"


def test_ctrl_c_ends_running_jobs_and_the_next_start_knows_why(prepared: Path) -> None:
    first = real_studio.start(prepared)
    with rest(first) as client:
        run = client.post("runs", json={"file_name": "job.yml", "text": SLEEPS}).raise_for_status().json()["id"]
        wait_for(lambda: "asleep" in client.get(f"runs/{run}/log").json()["text"], 30, "the job does not run")
    job = children_of_runners(prepared)
    assert job
    assert first.stop(signal.SIGINT) == 0
    wait_for(lambda: gone(job), 5, "the job lives on")
    assert "Ended 1 running job\n" in first.heard()
    second = real_studio.start(prepared)
    with rest(second) as client:
        record = client.get(f"runs/{run}").json()
    second.stop()
    assert (record["state"], record["reason"]) == ("failed", "studio_stopped")


def rest(studio: RealStudio) -> httpx.Client:
    headers = {"Authorization": f"Bearer {studio.token}"}
    return httpx.Client(base_url=f"{studio.url}/api/v1/workspaces/main/", headers=headers, timeout=20)


def children_of_runners(data_dir: Path) -> list[psutil.Process]:
    """The job runners of this data folder and all that runs below them."""
    found = []
    for runner in runners.running(data_dir):
        process = runner.process
        if process is not None:
            found += [process, *process.children(recursive=True)]
    return found
