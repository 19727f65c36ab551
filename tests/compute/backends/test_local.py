"""The backend of this machine holds the contract, and what only a process can show."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from compute.backends import local, process_trees
from compute.backends.base import BackendUnavailable, Handover, JobRef
from compute.backends.local import LocalBackend
from compute.backends.registry import BACKENDS, backend_of
from tests.contracts.backend import NOWHERE, SECRET, BackendContract


class TestLocalBackend(BackendContract):
    @pytest.fixture
    def backend(self) -> LocalBackend:
        return LocalBackend()

    def test_the_token_is_in_no_command_line_and_no_environment(self, submit: Callable[..., JobRef]) -> None:
        process = psutil.Process(submit()["pid"])
        assert SECRET not in " ".join(process.cmdline())
        assert SECRET not in " ".join(process.environ().values())

    def test_the_runner_sees_nothing_of_the_server(self, submit: Callable[..., JobRef], settings: Any) -> None:
        os.environ["ATELIER_SECRET_KEY"] = "planted"
        try:
            environment = psutil.Process(submit()["pid"]).environ()
        finally:
            del os.environ["ATELIER_SECRET_KEY"]
        assert "planted" not in environment.values()
        assert set(environment) <= {
            *settings.RUNNER_ENVIRONMENT,
            "PYTHONPATH",
            "PYTHONUNBUFFERED",
            "PWD",
            "SHLVL",
            "_",
            "OLDPWD",
            "LC_CTYPE",
        }

    def test_the_runner_is_in_a_session_of_its_own(self, submit: Callable[..., JobRef]) -> None:
        pid = submit()["pid"]
        assert os.getsid(pid) != os.getsid(0)
        assert psutil.Process(pid).ppid() != os.getpid()

    def test_its_folder_is_closed_to_others(self, submit: Callable[..., JobRef]) -> None:
        assert Path(submit()["directory"]).stat().st_mode & 0o077 == 0

    def test_a_reused_number_is_another_process(self, backend: LocalBackend, submit: Callable[..., JobRef]) -> None:
        ref = submit()
        assert not backend.poll({**ref, "started": ref["started"] - 100}).alive

    def test_what_the_runner_noted_is_in_the_report(self, backend: LocalBackend, tmp_path: Path) -> None:
        (tmp_path / "finish.json").write_text('{"exit_code": 3, "reason": "exit", "message": "said"}')
        report = backend.poll({"pid": 2**22 + 1, "started": 1.0, "directory": str(tmp_path)})
        assert (report.alive, report.exit_code, report.reason, report.message) == (False, 3, "exit", "said")

    def test_a_folder_that_cannot_be_made_is_said(self, backend: LocalBackend, settings: Any, tmp_path: Path) -> None:
        (tmp_path / "jobs").write_text("in the way")
        settings.DATA_DIR = tmp_path
        with pytest.raises(BackendUnavailable):
            backend.submit(Handover(1, 1, "vision", NOWHERE, SECRET))


def test_a_zombie_is_dead() -> None:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    started = psutil.Process(process.pid).create_time()
    assert process_trees.find(process.pid, started) is not None
    process.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 5
    while psutil.Process(process.pid).status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.01)
    assert process_trees.find(process.pid, started) is None
    process.wait()


def test_a_group_whose_number_was_given_out_again_is_left_alone() -> None:
    process = subprocess.Popen(["sleep", "60"], start_new_session=True)
    stale = {"pgid": process.pid, "started": psutil.Process(process.pid).create_time() - 1000}
    process_trees.kill_command(stale, mark="")
    assert process.poll() is None
    process.kill()
    process.wait()


def test_old_folders_of_ended_jobs_are_swept(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    for name, age in (("1", 10 * 86400), ("2", 0)):
        folder = local.folder_of(int(name), 1)
        folder.mkdir(parents=True)
        (folder / "log.txt").write_text("x")
        os.utime(folder, (time.time() - age, time.time() - age))
    assert local.sweep(older_than=timedelta(days=7)) == 1
    assert not local.folder_of(1, 1).exists()
    assert local.folder_of(2, 1).exists()


def test_an_unknown_kind_is_unavailable_and_stops_nothing() -> None:
    with pytest.raises(BackendUnavailable):
        backend_of("of-nobody")
    assert "local" in [plugin.name for plugin in BACKENDS.all() if plugin.is_available]
