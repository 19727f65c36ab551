"""Builds that really run, on a real Docker engine."""

import docker
import pytest

from compute.building.plans import Stage
from compute.jobs.models import JobState
from tests.compute.building.conftest import BuildBench, Remembering, left, small

pytestmark = [pytest.mark.real, pytest.mark.django_db(transaction=True)]


def test_a_file_becomes_an_image_that_runs(
    builds: BuildBench, owner: Remembering, docker_engine: docker.DockerClient
) -> None:
    stage = small(builds, environment={"GREETING": 'a $HOME "quoted" one'}, user="10001", ports=(5001,))
    job, build = builds.finished(stage)
    assert job.state == JobState.COMPLETED, builds.log(job)
    print(builds.log(job))
    print({**build.result, "sbom": "", "packages": ""})
    (result,) = owner.results
    assert docker_engine.containers.run(result.reference, remove=True, network_mode="none") == b"hello\n"
    settings = docker_engine.images.get(result.reference).attrs["Config"]
    assert 'GREETING=a $HOME "quoted" one' in settings["Env"]
    assert left(docker_engine) == []


def test_packages_come_in_as_wheels_with_their_byte_code(builds: BuildBench, owner: Remembering, docker_engine) -> None:
    environment = Stage(
        name="environment", tag="atelier-test-env", packages=("idna",), environment={"PYTHONPATH": "/opt/atelier/env"}
    )
    job, build = builds.finished(environment, small(builds, base="stage:environment"))
    print(builds.log(job))
    assert job.state == JobState.COMPLETED
    (result,) = owner.results
    assert "idna" in [package.name for package in result.packages]
