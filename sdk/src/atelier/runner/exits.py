"""What a command's end means: exit code, signal, and the commonest reasons behind them."""

from __future__ import annotations

import contextlib
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from atelier.runner.logs import Spool
from atelier.runner.process import signal_name

TAIL = 16 * 1024
OLDER_GROUP = Path("/sys/fs/cgroup/memory/memory.oom_control")  # as a container of the first version sees its own
NO_SPACE = re.compile(r"No space left on device|\[Errno 28\]|Disk quota exceeded", re.IGNORECASE)
# A shell answers 128 + n when a part of its command was ended by signal n.
SHELL_SIGNALS = frozenset({"SIGKILL", "SIGTERM", "SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL", "SIGINT"})


@dataclass(frozen=True)
class Exit:
    """How the job ended, as it is reported."""

    exit_code: int | None = None
    signal: str = ""
    reason: str = ""
    message: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class MemoryWatch:
    """Whether the kernel has killed for want of memory since this was made."""

    def __init__(self) -> None:
        self._before = _oom_kills()

    @property
    def has_killed(self) -> bool:
        return _oom_kills() > self._before


def explain(code: int, *, spool: Spool, memory: MemoryWatch, told: str = "") -> Exit:
    """The exit of a command that ended by itself; `told` is the sentence that it handed over itself."""
    name = _signal_of(code)
    shown = 128 - code if code < 0 else code
    if name == "SIGKILL" and memory.has_killed:
        return Exit(shown, name, "oom", "The kernel killed the command because the memory was used up (SIGKILL).")
    if name:
        return Exit(shown, name, "signal", f"The command was ended by {name}.")
    if code == 0:
        return Exit(0, "", "exit", "")
    if told:
        return Exit(code, "", "client", told)
    if NO_SPACE.search(_tail(spool)):
        return Exit(code, "", "disk_full", f"The disk is full: the command ended with exit code {code}.")
    return Exit(code, "", "exit", f"The command ended with exit code {code}.")


def _signal_of(code: int) -> str:
    if code < 0:
        return signal_name(-code)
    name = signal_name(code - 128) if code > 128 else ""
    return name if name in SHELL_SIGNALS else ""


def _tail(spool: Spool) -> str:
    return spool.read(max(spool.size - TAIL, 0), TAIL).decode("utf-8", "replace")


def _oom_kills() -> int:
    """The kernel's count of kills for want of memory, in this control group and on the machine."""
    total = 0
    for path in (*_group_files(), Path("/proc/vmstat")):
        with contextlib.suppress(OSError, ValueError):
            for line in path.read_text().splitlines():
                name, _, value = line.partition(" ")
                total += int(value) if name == "oom_kill" else 0
    return total


def _group_files() -> list[Path]:
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text().splitlines():
            if line.startswith("0::"):
                return [Path("/sys/fs/cgroup" + line[3:].rstrip("/")) / "memory.events", OLDER_GROUP]
    return [OLDER_GROUP]
