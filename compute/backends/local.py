"""Jobs as processes of this very machine."""

import shutil
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import psutil
from django import forms
from django.conf import settings

from compute.backends import process_trees
from compute.backends.attempt_folders import folder_of, left_log, read_json, write_private
from compute.backends.base import BackendUnavailable, Handover, JobRef, JobReport
from compute.engines import presence

# The runner comes with the studio's own checkout, so that both always speak the same contract.
SDK = Path(__file__).resolve().parents[2] / "sdk" / "src"
# `sh` starts the runner in the background and ends: the runner gets a parent of its own and survives this process.
DETACH = '"$@" </dev/null >>runner.out 2>&1 & echo $!'
START_SECONDS = 10


class LocalSettings(forms.Form):
    """A local target has nothing to set beyond its slots."""


class LocalBackend:
    """Starts `python -m atelier.runner` detached from the worker, in a folder that is named by job and attempt."""

    label: ClassVar[str] = "This machine"
    settings_form: ClassVar[type[forms.Form]] = LocalSettings
    runs_images: ClassVar[bool] = False

    def words(self, settings: dict[str, Any]) -> str:
        return ""

    def why_not_ready(self, settings: dict[str, Any]) -> str:
        return ""

    def seen(self, settings: dict[str, Any]) -> presence.Presence | None:
        return None

    def look(self, settings: dict[str, Any]) -> None:
        """This machine is always there."""

    def tidy(self, settings: dict[str, Any], kept: frozenset[tuple[int, int]]) -> None:
        """Folders are kept for a look: `sweep` removes them."""

    def submit(self, handover: Handover) -> JobRef:
        folder = folder_of(handover.job_id, handover.attempt)
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with process_trees.only_one(folder):
                return _read_ref(folder) or _start(folder, handover)
        except (OSError, subprocess.SubprocessError) as error:
            raise BackendUnavailable(f"the runner could not be started in {folder.name}: {error}") from error

    def poll(self, ref: JobRef) -> JobReport:
        if process_trees.find(ref.get("pid"), ref.get("started")) is not None:
            return JobReport(alive=True)
        folder = Path(ref.get("directory") or "/nonexistent")
        note = read_json(folder / "finish.json")
        return JobReport(
            alive=False,
            exit_code=note.get("exit_code"),
            signal=note.get("signal", ""),
            reason=note.get("reason", ""),
            message=note.get("message", ""),
            left_log=left_log(folder),
        )

    def nudge(self, ref: JobRef) -> None:
        process_trees.nudge(ref.get("pid"), ref.get("started"))

    def stop(self, ref: JobRef, *, grace: timedelta) -> None:
        folder = Path(ref.get("directory") or "/nonexistent")
        runner = process_trees.find(ref.get("pid"), ref.get("started"))
        if runner is not None and grace > timedelta(0):
            process_trees.ask(runner, seconds=grace.total_seconds())
        process_trees.kill(runner)
        # The runner is gone, so nothing new is started: what is left of the command can be collected.
        process_trees.kill_command(read_json(folder / "process.json"), mark=str(folder))


def remove(job_id: int) -> None:
    """Remove all that a job left on this machine; nothing to remove is fine."""
    shutil.rmtree(Path(settings.DATA_DIR) / "jobs" / str(job_id), ignore_errors=True)


def sweep(*, older_than: timedelta) -> int:
    """Delete what ended jobs left behind for longer than that; answers how many folders went."""
    gone = 0
    oldest = time.time() - older_than.total_seconds()
    for folder in (Path(settings.DATA_DIR) / "jobs").glob("*/*"):
        ref = read_json(folder / "runner.json")
        if folder.stat().st_mtime > oldest or process_trees.find(ref.get("pid"), ref.get("started")):
            continue
        shutil.rmtree(folder, ignore_errors=True)
        gone += 1
    return gone


def _start(folder: Path, handover: Handover) -> JobRef:
    write_private(
        folder / "handover.json",
        {
            "url": handover.url,
            "token": handover.token,
            "workspace": handover.workspace,
            "job_id": handover.job_id,
            "attempt": handover.attempt,
            "environments": str(Path(settings.DATA_DIR) / "environments"),
            "data": str(settings.JOB_CACHE_DIR),
            "data_bytes": settings.JOB_CACHE_BYTES,
        },
    )
    command = ["/bin/sh", "-c", DETACH, "sh", sys.executable, "-m", "atelier.runner", str(folder)]
    answer = subprocess.run(
        command,
        cwd=folder,
        env={**settings.RUNNER_ENVIRONMENT, "PYTHONPATH": str(SDK), "PYTHONUNBUFFERED": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        timeout=START_SECONDS,
        check=True,
        start_new_session=True,
        umask=0o077,
    )
    pid = int(answer.stdout)
    try:
        ref = {"pid": pid, "started": psutil.Process(pid).create_time(), "directory": str(folder)}
    except psutil.NoSuchProcess:
        # It has ended already; that it was started must still be known, or a second submit would start it again.
        ref = {"pid": pid, "started": 0.0, "directory": str(folder)}
    write_private(folder / "runner.json", ref)
    return ref


def _read_ref(folder: Path) -> JobRef | None:
    return read_json(folder / "runner.json") or None
