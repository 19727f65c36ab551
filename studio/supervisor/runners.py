"""Ending the local job runners. They outlive workers on purpose, so the supervisor asks them itself.

The local backend writes `jobs/<job>/<attempt>/runner.json` (`pid`, `started`), the runner `process.json` about its command.
"""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from compute.backends import process_trees


@dataclass(frozen=True, slots=True)
class Runner:
    folder: Path
    pid: int
    started: float

    @property
    def process(self) -> psutil.Process | None:
        return process_trees.find(self.pid, self.started)

    def ask_to_end(self) -> None:
        """The runner ends its command and reports that the studio stopped."""
        process = self.process
        if process is not None:
            with suppress(psutil.Error):
                process.terminate()

    def kill(self) -> None:
        """End the runner and whatever is left of its command."""
        process_trees.kill(self.process)
        process_trees.kill_command(_read(self.folder / "process.json"), mark=str(self.folder))


def running(data_dir: Path) -> list[Runner]:
    """The runners of this data folder that are alive now."""
    return [runner for runner in _known(data_dir) if runner.process is not None]


def end_all(data_dir: Path, *, grace: float, wait: Callable[[float], None], hurry: Callable[[], bool]) -> int:
    """Ask every runner to end, wait for them, kill what is left. Answers how many there were."""
    asked = running(data_dir)
    for runner in asked:
        runner.ask_to_end()
    ends_at = time.monotonic() + grace
    while any(runner.process for runner in asked) and time.monotonic() < ends_at and not hurry():
        wait(0.1)
    for runner in {*asked, *running(data_dir)}:  # one more may have been launched meanwhile
        runner.kill()
    return len(asked)


def _known(data_dir: Path) -> list[Runner]:
    found = []
    for file in sorted((data_dir / "jobs").glob("*/*/runner.json")):
        facts = _read(file)
        with suppress(KeyError, TypeError, ValueError):
            found.append(Runner(file.parent, int(facts["pid"]), float(facts["started"])))
    return found


def _read(file: Path) -> dict[str, Any]:
    try:
        facts = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return {}
    return facts if isinstance(facts, dict) else {}
