"""What logging costs the training code, and what importing costs everybody."""

import subprocess
import sys
import time
from pathlib import Path

import atelier

SDK = str(Path(atelier.__file__).parents[1])


def test_a_call_of_log_costs_microseconds(spool: Path) -> None:
    with atelier.start_run(mode="offline") as run:
        best = min(_seconds_for(run, 10_000) for _ in range(3))
    assert best < 0.1, f"10,000 calls took {best:.3f} s"


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, atelier, atelier._cli; print(' '.join(sorted(sys.modules)))"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, capture_output=True, text=True, env={"PYTHONPATH": SDK}, check=True).stdout.split()
    assert {"httpx", "ssl", "zipfile", "asyncio", "subprocess", "email", "numpy", "pandas"}.isdisjoint(loaded)


def _seconds_for(run: atelier.ActiveRun, calls: int) -> float:
    started = time.perf_counter()
    for step in range(calls):
        run.log({"loss": 0.5}, step=step)
    return time.perf_counter() - started
