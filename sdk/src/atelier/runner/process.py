"""The command: started in a session of its own, read, and ended with everything it started."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Callable

from atelier.runner.logs import Folder, Spool

READ_BLOCK = 1 << 16
POLL_SECONDS = 0.2
# After the command's end something it started may still hold its output open.
DRAIN_SECONDS = 2.0
# What is left of the group after the command's own end gets this long to end by itself.
LEFTOVER_SECONDS = 1.0


class Command:
    """One running command and its process group."""

    def __init__(self, command: str, *, directory: Path, environment: Mapping[str, str], spool: Spool) -> None:
        self._spool = spool
        self._mark = environment.get("ATELIER_DIR", "")
        self._output, write_end = os.pipe()
        try:
            # One system call starts the group, so there is no moment in which the command has none.
            self._process = subprocess.Popen(
                [*shell(), command],
                cwd=directory,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=write_end,
                stderr=write_end,
                start_new_session=True,
            )
        finally:
            os.close(write_end)
        self.pid = self._process.pid
        self._ended = threading.Event()
        self._reader = threading.Thread(target=self._read, name="output", daemon=True)
        self._reader.start()

    def wait(self, *, timeout: float | None = None) -> int | None:
        """The command's return code (negative: the signal), or None while it runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(timeout)
        return None

    def end(self, *, grace: float) -> None:
        """TERM to the group, KILL after the grace. Returns when the command is gone."""
        descendants = _descendants(self.pid)
        _signal_group(self.pid, signal.SIGTERM)
        if self.wait(timeout=grace) is not None:
            _wait_for_group(self.pid, LEFTOVER_SECONDS)
        _signal_group(self.pid, signal.SIGKILL)
        _kill([*descendants, *_marked(self._mark)])
        self._process.wait()

    def collect(self) -> None:
        """After the command's own end: end what it left behind and read the last of its output."""
        if _group_lives(self.pid):
            _signal_group(self.pid, signal.SIGTERM)
            _wait_for_group(self.pid, LEFTOVER_SECONDS)
            _signal_group(self.pid, signal.SIGKILL)
        self._reader.join(DRAIN_SECONDS)
        if self._reader.is_alive():
            # Something has left the group and still holds the output.
            _kill(_marked(self._mark))
        self._ended.set()
        self._reader.join()

    def _read(self) -> None:
        folder, masked = Folder(), self._spool.masks.stream()
        ends_at = 0.0
        poller = select.poll()
        poller.register(self._output, select.POLLIN | select.POLLHUP)
        while True:
            if poller.poll(POLL_SECONDS * 1000):
                data = os.read(self._output, READ_BLOCK)
                if not data:
                    break
                self._spool.write(folder.feed(masked.feed(data)))
            elif self._ended.is_set():
                # What still holds the output open says nothing any more.
                break
            else:
                self._spool.write(folder.idle())
            if self._ended.is_set():
                ends_at = ends_at or time.monotonic() + DRAIN_SECONDS
                if time.monotonic() > ends_at:
                    break
        self._spool.write(folder.feed(masked.close()) + folder.close())
        os.close(self._output)


def shell() -> list[str]:
    """The shell a command runs in: bash, as other studios do, or sh where there is none."""
    return [shutil.which("bash") or "/bin/sh", "-c"]


def note_process(path: Path, pid: int) -> None:
    """Writes down the command's process, so that it can be found when this runner is killed."""
    path.write_text(json.dumps({"pid": pid, "pgid": pid, "started": _started(pid)}))


def signal_name(number: int) -> str:
    """SIGKILL for 9."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def on_signals(handlers: Mapping[int, Callable[[], None]]) -> None:
    """Calls a function when this process gets a signal."""
    for number, handler in handlers.items():
        signal.signal(number, lambda *_, handler=handler: handler())


def _signal_group(pgid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pgid, number)


def _group_lives(pgid: int) -> bool:
    """Whether the group has a member that is not only waiting to be reaped."""
    try:
        os.killpg(pgid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    psutil = _psutil()
    if psutil is None:
        return True
    for process in psutil.process_iter(["status"]):
        with contextlib.suppress(OSError):
            if os.getpgid(process.pid) == pgid and process.info["status"] != psutil.STATUS_ZOMBIE:
                return True
    return False


def _wait_for_group(pgid: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while _group_lives(pgid) and time.monotonic() < deadline:
        time.sleep(0.05)


def _descendants(pid: int) -> list[object]:
    psutil = _psutil()
    if psutil is None:
        return []
    try:
        return list(psutil.Process(pid).children(recursive=True))
    except psutil.Error:
        return []


def _kill(processes: list[object]) -> None:
    psutil = _psutil()
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()  # type: ignore[attr-defined]


def _marked(mark: str) -> list[object]:
    """Every process that carries this job's folder in its environment, wherever it has gone."""
    psutil = _psutil()
    if psutil is None or not mark:
        return []
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get("ATELIER_DIR") == mark:
                found.append(process)
    return found


def _started(pid: int) -> float:
    psutil = _psutil()
    if psutil is None:
        return time.time()
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return time.time()


def _psutil() -> Any:
    """The module, or None where it is not installed."""
    try:
        import psutil
    except ImportError:
        return None
    return psutil
