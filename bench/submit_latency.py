"""From `atelier run submit` to the script's first line in the log, against starting the script by hand.

    python -m bench.submit_latency [--rounds 7]

A whole studio is started in a temporary folder. Each round starts the script by hand, then hands it in by the command
line in a process of its own; the environment is the current interpreter, so nothing is built. Times are the wall's, from
before the first process of the round is started; the log's time is when the web process stored the first line.
"""

import argparse
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench import machine
from tests import real_studio

SCRIPT = 'import time\nprint(f"began {time.time():.6f}", flush=True)\n'
JOB = "command: python train.py\ncode: ./code\nexperiment_name: bench/latency\ncompute: local\n"
ALLOWED_SECONDS = 1.5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    print(machine.described())
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        job = _job_folder(folder)
        # So rare that no figure here can owe anything to the reconciler.
        studio = real_studio.start(folder / "var", ATELIER_RECONCILE_SECONDS="600")
        try:
            figures = _measure(studio, job, rounds)
        finally:
            studio.stop()
    return _report(figures)


def _measure(studio: real_studio.RealStudio, job: Path, rounds: int) -> dict[str, list[float]]:
    figures: dict[str, list[float]] = {
        "by hand": [],
        "script began": [],
        "line in the log": [],
        "line on the screen": [],
    }
    for round_ in range(rounds + 1):
        by_hand = _by_hand(job.parent / "code")
        began, logged, seen = _by_studio(studio, job)
        if round_ == 0:
            continue  # the first run of a fresh studio also loads what it has never used
        for name, value in zip(figures, (by_hand, began, logged, seen), strict=True):
            figures[name].append(value)
    return figures


def _by_hand(code: Path) -> float:
    """Seconds until the script's first line by hand."""
    start = time.time()
    with subprocess.Popen([sys.executable, "train.py"], cwd=code, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        return time.time() - start


def _by_studio(studio: real_studio.RealStudio, job: Path) -> tuple[float, float, float]:
    """Seconds until the script began, its first line was stored, and it was on the screen of who handed it in."""
    variables = {"ATELIER_URL": studio.url, "ATELIER_TOKEN": studio.token}
    environment = {**os.environ, **variables, "PYTHONPATH": str(machine.ROOT / "sdk/src")}
    start = time.time()
    command = [sys.executable, "-m", "atelier", "run", "submit", str(job), "--stream"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("began "):
                seen = time.time() - start
                began = float(line.split()[1]) - start
                break
        else:
            raise SystemExit("the script's line never came:\n" + "".join(said))
        process.stdout.read()
    return began, _stored_at(studio.data_dir) - start, seen


def _stored_at(data_dir: Path) -> float:
    """When the newest job's first piece of log was stored."""
    with sqlite3.connect(data_dir / "studio.sqlite3") as database:
        (text,) = database.execute(
            "SELECT min(at) FROM compute_logchunk WHERE job_id = (SELECT max(id) FROM compute_job)"
        ).fetchone()
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def _job_folder(folder: Path) -> Path:
    code = folder / "code"
    code.mkdir()
    (code / "train.py").write_text(SCRIPT)
    job = folder / "job.yml"
    job.write_text(JOB)
    return job


def _report(figures: dict[str, list[float]]) -> int:
    for name, values in figures.items():
        print(
            f"{name:>18}: median {statistics.median(values):.2f} s, best {min(values):.2f} s, worst {max(values):.2f} s"
        )
    extra = statistics.median(figures["line in the log"]) - statistics.median(figures["by hand"])
    print(f"more than by hand: {extra:.2f} s (allowed {ALLOWED_SECONDS} s)")
    return 0 if extra < ALLOWED_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
