"""Finding, asking and killing processes, sure that a number was not reused by another process meanwhile."""

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil

KILL_SECONDS = 5
# Two readings of one process's start may differ by a rounding.
SAME_START_SECONDS = 0.05


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the folder's lock: of two who start something in it at once the second finds what the first started."""
    import fcntl

    handle = os.open(folder / "submit.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def find(pid: int | None, started: float | None) -> psutil.Process | None:
    """The living process of this number and start time. A zombie is dead."""
    if not pid or not started:
        return None
    try:
        process = psutil.Process(pid)
        if abs(process.create_time() - started) > SAME_START_SECONDS or process.status() == psutil.STATUS_ZOMBIE:
            return None
    except psutil.NoSuchProcess:
        return None
    return process


def nudge(pid: int | None, started: float | None) -> None:
    """Send the signal on which a runner reports at once."""
    process = find(pid, started)
    if process is not None:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGUSR1)


def ask(process: psutil.Process, *, seconds: float) -> None:
    """TERM, and wait for the end so long."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process.terminate()
    psutil.wait_procs([process], timeout=seconds)


def kill(process: psutil.Process | None) -> None:
    """KILL one process and wait until it is gone."""
    if process is not None:
        _kill_all([process])


def kill_command(command: dict[str, Any], *, mark: str) -> None:
    """Kill what is left of a command: its process group, and every process that carries `mark` in its environment.

    The mark finds those that left the group by a session of their own. Twice, because a dying tree may fork.
    """
    for _ in range(2):
        victims = [process for process in psutil.process_iter() if _belongs(process, command, mark)]
        if not victims:
            return
        _kill_all(victims)


def _belongs(process: psutil.Process, command: dict[str, Any], mark: str) -> bool:
    if process.pid == os.getpid():
        return False
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        if _in_group(process, command):
            return True
        return process.environ().get("ATELIER_DIR", "").startswith(mark + os.sep) if mark else False
    except (psutil.Error, OSError):
        return False


def _in_group(process: psutil.Process, command: dict[str, Any]) -> bool:
    group, started = command.get("pgid"), command.get("started")
    if not group or not started:
        return False
    if os.getpgid(process.pid) != group or process.create_time() < started - SAME_START_SECONDS:
        return False
    # A group's number is not given out again while a member lives: a leader of another age means another group.
    return not psutil.pid_exists(group) or find(group, started) is not None or _is_zombie(group)


def _is_zombie(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _kill_all(processes: list[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            process.kill()
    psutil.wait_procs(processes, timeout=KILL_SECONDS)
