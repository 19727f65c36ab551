"""One child process: started in its own session, its output kept, started again with back-off when it dies."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO

from studio.supervisor.logs import RotatingLog

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 30.0
STABLE_AFTER = 10.0  # seconds of life that make the next death a first one again
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(slots=True)
class Child:
    """What runs and how it is doing. `stop_signal` asks it to end, `grace` is how long it may take."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    logs_dir: Path
    working_dir: Path
    grace: float = 10.0
    stop_signal: int = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    log: RotatingLog = field(init=False)
    started_at: float = 0.0
    pause: float = FIRST_PAUSE
    deaths: int = 0
    due_at: float | None = None  # when to start it again

    def __post_init__(self) -> None:
        self.log = RotatingLog(self.logs_dir / f"{self.name}.log")

    @property
    def pid(self) -> int:
        return self.process.pid if self.process else 0

    @property
    def output(self) -> IO[bytes] | None:
        return self.process.stdout if self.process else None

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        self.due_at = None
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            env=dict(self.environment),
            cwd=self.working_dir,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which ends the children in order
            preexec_fn=partial(_die_with, os.getpid()),  # noqa: PLW1509  the supervisor has one thread
        )
        os.set_blocking(self.process.stdout.fileno(), False)  # type: ignore[union-attr]

    def read_output(self) -> bool:
        """Move what the child said into its log. Answers False once the child has closed its output."""
        if self.output is None:
            return False
        data = self.output.read(65_536)
        if data:
            self.log.write(data)
        return data != b""  # None: nothing now; b"": closed

    def died(self) -> str:
        """Take note of a death, plan the next start, and say how it ended."""
        assert self.process is not None
        code = self.process.wait()
        self.deaths += 1
        if time.monotonic() - self.started_at >= STABLE_AFTER:
            self.pause = FIRST_PAUSE
        self.due_at = time.monotonic() + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)
        self.kill()  # what it left in its session
        self.process = None
        return how_ended(code)

    def ask_to_end(self) -> None:
        self.due_at = None
        if self.process and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def kill(self) -> None:
        """End the whole process group, the child's children included."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass


def how_ended(code: int) -> str:
    """A wait status in words."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"signal {signal.Signals(-code).name}"
    except ValueError:
        return f"signal {-code}"


def _die_with(supervisor: int) -> None:
    """In the child: end when the supervisor ends, even by SIGKILL."""
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != supervisor:  # it died before the line above
        os._exit(1)
