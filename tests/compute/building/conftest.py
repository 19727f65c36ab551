"""Builds of a kind that only remembers what it heard, and builds that really run."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import docker
import pytest

from compute.building import handlers, machine, queries, services
from compute.building.models import Build
from compute.building.plans import Plan, PlanFile, Stage
from compute.building.program.marks import STUDIO
from compute.building.results import Result
from compute.jobs import tasks
from compute.jobs.models import Job
from studio.storage import blobs
from tests.compute.conftest import Bench, bench
from tests.docker_engine import base_image, docker_engine, own_engine

__all__ = ["base_image", "bench", "docker_engine", "own_engine"]
KIND = "test_build"


@dataclass
class Remembering(handlers.Owner):
    results: list[Result] = field(default_factory=list)
    moves: list[tuple[str, str]] = field(default_factory=list)

    def answered(self, job: Job, result: Result) -> None:
        self.results.append(result)

    def moved(self, job: Job, to_state: str, problem: str) -> None:
        self.moves.append((to_state, problem))


@pytest.fixture
def owner() -> Iterator[Remembering]:
    found = Remembering()
    handlers.register(KIND, found)
    yield found
    handlers.register(KIND, handlers.Owner())


class BuildBench(Bench):
    """Builds that really run, in a studio stepped by hand."""

    def keep(self, data: bytes) -> str:
        """Bytes of the workspace; their SHA-256."""
        blobs.store(workspace=self.workspace, stream=io.BytesIO(data), limit=100_000_000)
        return hashlib.sha256(data).hexdigest()

    def start(self, *stages: Stage, **more: Any) -> Job:
        """A build that is waiting."""
        return services.start(
            actor=self.actor,
            workspace=self.workspace,
            kind=KIND,
            title="a build",
            plan=Plan(stages=stages, **more),
            subject="test:1",
        )

    def build(self, *stages: Stage, **more: Any) -> Job:
        """A build that has begun."""
        job = self.start(*stages, **more)
        tasks.dispatch(self.target.pk)
        return job

    def finished(self, *stages: Stage, **more: Any) -> tuple[Job, Build]:
        """A build and its end."""
        job = self.wait(self.build(*stages, **more), seconds=60)
        build = queries.build_of(job)
        assert build is not None
        return job, build


@pytest.fixture
def builds(
    bench: Bench, owner: Remembering, docker_engine: docker.DockerClient, base_image: str, settings: Any
) -> Iterator[BuildBench]:
    """A studio that builds on this machine's engine; every image that carries its mark is removed afterwards."""
    settings.CANCEL_GRACE_SECONDS = 5
    settings.START_TIMEOUT_SECONDS = 30
    yield BuildBench(bench.actor, bench.workspace, services.ensure_builder_target())
    forget(docker_engine)


def forget(client: docker.DockerClient) -> None:
    """Remove every image and container this test run has made."""
    own = {"label": f"{STUDIO}={machine.studio()}"}
    for container in client.containers.list(all=True, filters=own):
        container.remove(force=True)
    for image in client.images.list(filters=own):
        for tag in image.tags or [image.id]:
            client.images.remove(tag, force=True)


def left(client: docker.DockerClient) -> list[str]:
    """Containers, volumes, temporary tags and nameless layers of this test run."""
    own = {"label": f"{STUDIO}={machine.studio()}"}
    found = [container.name for container in client.containers.list(all=True, filters=own)]
    found += [volume.name for volume in client.volumes.list(filters=own)]
    for image in client.images.list(filters=own):
        found += [tag for tag in image.tags if tag.startswith("atelier-build:")] or ([] if image.tags else [image.id])
    return found


def small(
    builds: BuildBench, *, tag: str = "atelier-test/small", text: bytes = b"print('hello')\n", **more: Any
) -> Stage:
    """A stage with one file, which takes the engine a moment."""
    file = PlanFile(sha256=builds.keep(text), path="/var/azureml-app/hello.py")
    values: dict[str, Any] = {"command": ("python", "/var/azureml-app/hello.py"), **more}
    return Stage(name="image", tag=tag, files=(file,), **values)


def context(files: dict[str, str]) -> bytes:
    """A folder as a zip."""
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return found.getvalue()
