"""The studio is away for a minute while a script logs: the script neither stops nor raises, every point arrives once."""

import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests import real_studio
from tests.real_studio import ADMIN_TOKEN, ROOT, wait_for

AWAY = 60  # seconds
POINTS = 10_000
SCRIPT = """
import pathlib, sys, time
import atelier

points, seconds, back = int(sys.argv[1]), float(sys.argv[2]), pathlib.Path(sys.argv[3])
slowest = 0.0
with atelier.start_run(experiment="faults/away", name="away") as run:
    print(run.id, flush=True)
    started = time.monotonic()
    for number in range(points):
        before = time.monotonic()
        run.log({"loss": number / points}, step=number)
        slowest = max(slowest, time.monotonic() - before)
        time.sleep(max(0.0, started + seconds * number / points - time.monotonic()))
    print("slowest call", slowest, flush=True)
    while not back.exists():
        time.sleep(0.1)
print("done", flush=True)
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "train.py"
    path.write_text(SCRIPT)
    return path


def environment(studio: real_studio.RealStudio, home: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "PYTHONPATH": str(ROOT / "sdk" / "src"),
        "ATELIER_URL": studio.url,
        "ATELIER_TOKEN": ADMIN_TOKEN,
        "ATELIER_WORKSPACE": "main",
        "ATELIER_DIR": str(home / "journal"),
        "ATELIER_CONSOLE": "off",
    }


@pytest.mark.real
def test_F20_ten_thousand_points_survive_a_minute_without_a_server(tmp_path, script):
    studio = real_studio.start(tmp_path / "var")
    again = None
    try:
        training = subprocess.Popen(
            [sys.executable, str(script), str(POINTS), str(AWAY), str(tmp_path / "back")],
            env=environment(studio, tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        run_id = training.stdout.readline().strip()
        studio.stop()
        gone_at = time.monotonic()
        while time.monotonic() - gone_at < AWAY:
            assert training.poll() is None, training.stderr.read()
            time.sleep(1)
        again = real_studio.start(tmp_path / "var", port=studio.port)
        (tmp_path / "back").touch()
        out, err = training.communicate(timeout=90)
        assert training.returncode == 0, err
        assert "done" in out
        assert float(out.split("slowest call")[1].split()[0]) < 0.5
        assert points_of(again, run_id) == list(range(POINTS))
    finally:
        studio.stop()
        if again is not None:
            again.stop()


def points_of(studio: real_studio.RealStudio, run_id: str) -> list[int]:
    """Every step the studio holds, once the last has arrived."""
    base = f"{studio.url}/api/v1/workspaces/main/runs/{run_id}"
    with httpx.Client(headers={"Authorization": f"Bearer {ADMIN_TOKEN}"}, timeout=20) as client:
        wait_for(lambda: client.get(base).json()["state"] == "completed", 30, "the run did not finish")
        steps: list[int] = []
        page: str | None = f"{base}/metrics/points?key=loss&limit=500"
        while page:
            answer = client.get(page).raise_for_status().json()
            steps += answer["points"]["step"]
            page = answer["next"]
        return steps
