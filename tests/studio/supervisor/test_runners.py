"""Ending job runners by the files that tell of them."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from studio.supervisor import runners

OBEYS = "import time; print('up', flush=True); time.sleep(60)"
IGNORES = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {OBEYS}"
Launch = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Launch]:
    """Start a pretended runner and leave its file."""
    started: list[subprocess.Popen[bytes]] = []

    def start(code: str, *, job: int = 1, age: float = 0.0) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True)
        assert process.stdout is not None
        process.stdout.readline()
        started.append(process)
        folder = tmp_path / "jobs" / str(job) / "1"
        folder.mkdir(parents=True)
        facts = {"pid": process.pid, "started": psutil.Process(process.pid).create_time() - age}
        (folder / "runner.json").write_text(json.dumps(facts))
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def end_all(data_dir: Path, grace: float = 3, *, hurry: bool = False) -> int:
    return runners.end_all(data_dir, grace=grace, wait=lambda seconds: time.sleep(0.02), hurry=lambda: hurry)


def test_runners_are_asked_and_end(launch: Launch, tmp_path: Path) -> None:
    first, second = launch(OBEYS, job=1), launch(OBEYS, job=2)
    assert end_all(tmp_path) == 2
    assert (first.wait(5), second.wait(5)) == (-15, -15)


def test_a_runner_that_ignores_the_request_is_killed(launch: Launch, tmp_path: Path) -> None:
    runner = launch(IGNORES)
    assert end_all(tmp_path, grace=0.1) == 1
    runner.wait(5)


def test_a_second_ctrl_c_does_not_wait(launch: Launch, tmp_path: Path) -> None:
    runner = launch(IGNORES)
    began = time.monotonic()
    end_all(tmp_path, grace=30, hurry=True)
    runner.wait(5)
    assert time.monotonic() - began < 5


def test_a_number_that_another_process_has_now_is_left_alone(launch: Launch, tmp_path: Path) -> None:
    other = launch(OBEYS, age=100)
    assert end_all(tmp_path) == 0
    assert other.poll() is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"pid": "x", "started": null}', "\x00"])
def test_a_broken_file_is_passed_over(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "jobs" / "1" / "1"
    folder.mkdir(parents=True)
    (folder / "runner.json").write_text(text)
    assert end_all(tmp_path) == 0


def test_without_jobs_there_is_nothing_to_do(tmp_path: Path) -> None:
    assert end_all(tmp_path) == 0
