"""Ending the local job runners. They outlive workers on purpose, so the supervisor asks them itself.

The local backend writes `jobs/<job>/<attempt>/runner.json` with `pid` and `started` (the process's start time, which
tells a number that was given to another process since).
"""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

START_TIMES_DIFFER_BY = 2.0  # seconds: clocks that tick differently, not another process


@dataclass(frozen=True, slots=True)
class Runner:
    process: psutil.Process

    @property
    def is_running(self) -> bool:
        with suppress(psutil.Error):
            return self.process.is_running() and self.process.status() != psutil.STATUS_ZOMBIE
        return False

    def ask_to_end(self) -> None:
        """The runner ends its command and reports that the studio stopped."""
        with suppress(psutil.Error):
            self.process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the runner, its group and every process below it, whatever group that is in."""
        with suppress(psutil.Error):
            family = [*self.process.children(recursive=True), self.process]
            _kill_group(self.process.pid)
            for member in family:
                _kill_group(member.pid)
                with suppress(psutil.Error):
                    member.kill()


def running(data_dir: Path) -> list[Runner]:
    """The runners of this data folder that are alive now."""
    return [runner for runner in _known(data_dir) if runner.is_running]


def end_all(data_dir: Path, *, grace: float, wait: Callable[[float], None], hurry: Callable[[], bool]) -> int:
    """Ask every runner to end, wait for them, kill what is left. Answers how many there were."""
    asked = running(data_dir)
    for runner in asked:
        runner.ask_to_end()
    ends_at = time.monotonic() + grace
    while any(runner.is_running for runner in asked) and time.monotonic() < ends_at and not hurry():
        wait(0.1)
    for runner in running(data_dir):  # one more may have been launched meanwhile
        runner.kill()
    return len(asked)


def _known(data_dir: Path) -> Iterator[Runner]:
    for file in sorted((data_dir / "jobs").glob("*/*/runner.json")):
        with suppress(OSError, ValueError, KeyError, TypeError, psutil.Error):
            facts = json.loads(file.read_text())
            process = psutil.Process(int(facts["pid"]))
            if abs(process.create_time() - float(facts["started"])) <= START_TIMES_DIFFER_BY:
                yield Runner(process)


def _kill_group(pid: int) -> None:
    """Kill the group this process leads, if it leads one that is not ours."""
    with suppress(OSError):
        if os.getpgid(pid) == pid != os.getpgid(0):
            os.killpg(pid, signal.SIGKILL)
