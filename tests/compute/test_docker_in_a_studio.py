"""A real studio with a Docker target: made by the command line, used by a run, whatever dies meanwhile."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import httpx
import pytest

from tests import real_studio
from tests.real_studio import ROOT, RealStudio, wait_for

pytestmark = pytest.mark.real
BASE = "/api/v1/workspaces/main"
SCRIPT = """
import atelier, os, time
print("as", os.getuid(), flush=True)
with atelier.start_run():
    atelier.log_metric("loss", 0.5)
while not os.path.exists("/tmp/go") and time.time() < float(os.environ["UNTIL"]):
    time.sleep(0.2)
os.makedirs("outputs", exist_ok=True)
open("outputs/made.txt", "w").write("made")
print("done", flush=True)
"""


@pytest.fixture(scope="module")
def studio(
    tmp_path_factory: pytest.TempPathFactory, docker_engine: "docker.DockerClient", base_image: str
) -> Iterator[RealStudio]:
    running = real_studio.start(tmp_path_factory.mktemp("studio"))
    yield running
    running.stop()
    for container in docker_engine.containers.list(all=True, filters={"label": "atelier.job"}):
        if str(running.data_dir) in json.dumps(container.attrs):
            container.remove(force=True, v=True)
            docker_engine.volumes.get(container.name).remove(force=True)


def atelier(studio: RealStudio, *words: str) -> str:
    variables = {
        "ATELIER_URL": studio.url, "ATELIER_TOKEN": studio.token, "ATELIER_WORKSPACE": "main",
        "PYTHONPATH": str(ROOT / "sdk" / "src"), "PATH": os.environ["PATH"], "HOME": str(studio.data_dir),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "atelier", *words],
        env=variables,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def get(studio: RealStudio, path: str) -> Any:
    return httpx.get(f"{studio.url}{BASE}/{path}", headers={"Authorization": f"Bearer {studio.token}"}, timeout=10)


def test_a_run_in_a_container_outlives_its_worker_and_its_web_process(studio: RealStudio, tmp_path: Path) -> None:
    import time

    assert "is there" in atelier(studio, "compute", "create", "containers", "--kind", "docker", "--memory", "1g")
    assert "answers: Docker" in atelier(studio, "compute", "check", "containers")
    (tmp_path / "train.py").write_text(SCRIPT)
    (tmp_path / "job.yml").write_text(
        "type: command\ncommand: python train.py\ncode: .\ncompute: azureml:containers\n"
        f"environment_variables: {{UNTIL: '{time.time() + 25}'}}\n"
    )
    said = atelier(studio, "run", "submit", str(tmp_path / "job.yml"))
    run = re.findall(r"/runs/(\w+)/", said)[0]
    wait_for(lambda: "as 10001" in get(studio, f"runs/{run}/log/raw").text, 60, "the run has not begun")
    studio.child("worker").kill()
    studio.child("web").kill()
    studio.wait_ready(60)
    wait_for(lambda: get(studio, f"runs/{run}").json()["state"] == "completed", 60, "the run has not ended")
    log = get(studio, f"runs/{run}/log/raw").text.splitlines()
    assert (log[0], log[-1], len(log) <= 3) == ("as 10001", "done", True)  # the client may say that it keeps records
    assert "made.txt" in get(studio, f"runs/{run}/artifacts?path=outputs").text
    assert "loss" in get(studio, f"runs/{run}/metrics").text
