"""Builds of images under faults, on real Docker engines."""

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from compute.building import tidying
from compute.building.plans import Stage
from compute.engines import base_image as bases
from compute.engines import presence
from compute.jobs import tasks
from compute.jobs.models import JobState
from compute.jobs.queries import why_waiting
from tests import real_studio
from tests.compute.building.conftest import (
    BuildBench,
    Remembering,
    base_image,
    builds,
    context,
    docker_engine,
    left,
    own_engine,
    owner,
    small,
)
from tests.docker_engine import OwnEngine
from tests.real_studio import RealStudio

__all__ = ["base_image", "builds", "docker_engine", "own_engine", "owner"]
pytestmark = [pytest.mark.real, pytest.mark.django_db(transaction=True)]


def slow(builds: BuildBench, base: str, seconds: float = 60) -> Stage:
    """A stage that takes long, with a finished layer and a running container in it."""
    text = f"FROM {base}\nRUN echo made > /made\nRUN echo begun; sleep {seconds}\n"
    return Stage(name="environment", tag="atelier-test/slow", context=builds.keep(context({"Dockerfile": text})))


def test_killing_the_build_program_fails_the_build_and_what_it_left_is_removed(
    builds: BuildBench, owner: Remembering, docker_engine: docker.DockerClient, base_image: str
) -> None:
    job = builds.build(small(builds), slow(builds, base_image))
    job = builds.wait(job, lambda job: "begun" in builds.log(job) and job.process.get("pgid"), seconds=30)
    assert left(docker_engine) != []
    os.kill(job.process["pgid"], signal.SIGKILL)
    job = builds.wait(job, seconds=20)
    assert (job.state, job.signal) == (JobState.FAILED, "SIGKILL")
    assert owner.moves[-1] == (JobState.FAILED, "The command was ended by SIGKILL.")
    tidying.sweep()
    assert left(docker_engine) == []
    assert docker_engine.images.list(name="atelier-test/slow") == []
    assert docker_engine.images.list(name="atelier-test/small") != []  # a whole stage is there for the next build


def test_killing_the_runner_too_fails_the_build_and_nothing_is_left(
    builds: BuildBench, owner: Remembering, docker_engine: docker.DockerClient, base_image: str
) -> None:
    job = builds.wait(builds.build(slow(builds, base_image)), lambda job: "begun" in builds.log(job), seconds=30)
    os.kill(job.backend_ref["pid"], signal.SIGKILL)
    job = builds.wait(job, seconds=20)
    assert (job.state, job.reason) == (JobState.FAILED, "runner_lost")
    assert "gone without a report" in owner.moves[-1][1]
    tidying.sweep()
    assert left(docker_engine) == []


def test_builds_wait_for_an_engine_that_is_away_and_go_on_when_it_is_back(
    builds: BuildBench, owner: Remembering, own_engine: OwnEngine, settings: Any
) -> None:
    settings.DOCKER_HOST = own_engine.address
    base = bases.ensure(own_engine.client(), rules=bases.Rules())
    running = builds.build(small(builds), slow(builds, base, seconds=3))
    running = builds.wait(running, lambda job: "begun" in builds.log(job), seconds=40)
    own_engine.stop()
    presence.look()
    waiting = builds.build(small(builds, tag="atelier-test/later"))
    waiting.refresh_from_db()
    assert waiting.state == JobState.QUEUED
    assert "does not answer" in why_waiting(waiting)
    builds.wait(running, lambda job: "Waiting until the Docker engine is back" in builds.log(job), seconds=20)
    own_engine.start()
    presence.look()
    tasks.dispatch(builds.target.pk)
    for job in (running, waiting):
        job = builds.wait(job, seconds=60)
        assert job.state == JobState.COMPLETED, builds.log(job)
    assert "Using the image that is there" in builds.log(running)
    tidying.sweep()
    assert left(own_engine.client()) == []


@pytest.fixture
def studio(tmp_path: Path, base_image: str) -> Iterator[RealStudio]:
    running = real_studio.start(tmp_path / "data")
    yield running
    running.stop()


def test_killing_the_worker_in_the_middle_of_a_build_loses_nothing(
    studio: RealStudio, docker_engine: docker.DockerClient, base_image: str
) -> None:
    job, mark = _start_build(studio, f"FROM {base_image}\nRUN echo made > /made\nRUN echo begun; sleep 8\n")
    own = {"label": f"atelier.studio={mark}"}
    try:
        real_studio.wait_for(lambda: docker_engine.containers.list(filters=own), 60, "no step runs")
        os.kill(studio.child("worker").pid, signal.SIGKILL)
        killed_at = time.monotonic()
        real_studio.wait_for(lambda: _state(studio, job) in {"completed", "failed"}, 60, "the build has no end")
        assert time.monotonic() - killed_at < 60
        assert _state(studio, job) == "completed"
        assert docker_engine.containers.list(all=True, filters=own) == []
        (image,) = docker_engine.images.list(filters=own)
        assert all(tag.startswith("atelier-test/worker:") for tag in image.tags)
    finally:
        for image in docker_engine.images.list(filters=own):
            docker_engine.images.remove(image.id, force=True)


def _start_build(studio: RealStudio, dockerfile: str) -> tuple[int, str]:
    """A build in a running studio: its job, and the mark of that studio on the engine."""
    code = f"""
        import io
        from compute.building import machine, services
        from compute.building.plans import Plan, Stage
        from studio.access.models import Workspace
        from studio.accounts.models import User
        from studio.storage import blobs
        workspace, person = Workspace.objects.first(), User.objects.first()
        kept = blobs.store(workspace=workspace, stream=io.BytesIO(bytes.fromhex({context({"Dockerfile": dockerfile}).hex()!r})), limit=10**6)
        plan = Plan(stages=(Stage(name="environment", tag="atelier-test/worker", context=kept.sha256),))
        job = services.start(actor=person, workspace=workspace, kind="by_hand", title="slow", plan=plan, subject="test:1")
        print(job.pk, machine.studio())
    """
    done = subprocess.run(
        [sys.executable, str(real_studio.ROOT / "manage.py"), "shell", "-v", "0", "-c", textwrap.dedent(code)],
        env=real_studio.environment(ATELIER_DATA_DIR=str(studio.data_dir)),
        capture_output=True,
        text=True,
        check=True,
    )
    job, mark = done.stdout.split()[-2:]
    return int(job), mark


def _state(studio: RealStudio, job: int) -> str:
    link = sqlite3.connect(f"file:{studio.data_dir}/studio.sqlite3?mode=ro", uri=True, timeout=5)
    try:
        return str(link.execute("SELECT state FROM compute_job WHERE id = ?", (job,)).fetchone()[0])
    finally:
        link.close()
