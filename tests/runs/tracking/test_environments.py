"""Runs name registered environments, keep the version they were given, and wait for its image on Docker targets."""

from typing import Any

import pytest

from registry.environments import definitions
from registry.environments import services as environments
from registry.environments.models import EnvironmentBuild
from runs.tracking.images import RunImages
from runs.tracking.models import Run
from runs.tracking.services import interpreting, lifecycle, submit
from studio.errors import Conflict, Invalid
from tests.factories import make_target
from tests.factories.environments import make_environment_version as make
from tests.people import People

JOB = "command: python x.py\nenvironment: {}\n"


@pytest.fixture
def send(people: People) -> Any:
    make_target(None, name="local", kind="local")
    make_target(None, name="docker", kind="docker")

    def call(environment: str, **more: str) -> Run:
        text = JOB.format(environment) + "".join(f"{key}: {value}\n" for key, value in more.items())
        return submit.submit_file(actor=people.ben, workspace=people.workspace, file_name="d/job.yml", text=text)

    return call


def test_a_run_keeps_the_version_that_latest_was(send: Any, people: People) -> None:
    first = make(people.workspace, "train", "numpy")
    run = send("azureml:train@latest")
    assert run.environment == first.content
    assert interpreting.version_of(run) == first
    make(people.workspace, "train", "pandas")
    clone = lifecycle.clone_run(actor=people.ben, run=run)
    assert interpreting.version_of(clone) == first
    assert interpreting.version_of(send("train:2")).version == "2"
    assert interpreting.version_of(send("current")) is None


def test_a_version_that_a_run_was_given_is_not_deleted(send: Any, people: People) -> None:
    version = make(people.workspace)
    run = send("train:1")
    with pytest.raises(Conflict) as caught:
        environments.delete_version(actor=people.ben, version=version)
    assert run.pk in caught.value.message


def test_an_unknown_environment_makes_no_run(send: Any) -> None:
    with pytest.raises(Invalid):
        send("azureml:nothing:3")
    assert not Run.objects.exists()


def test_variables_of_the_environment_are_the_jobs_too(send: Any, people: People) -> None:
    said = {"python": "3.11", "environment_variables": {"A": "theirs", "B": "kept"}}
    definition = definitions.parse(said, {})
    environments.register(actor=None, workspace=people.workspace, name="train", definition=definition)
    run = send("train:1", environment_variables="{A: mine}")
    assert run.job.spec["environment_variables"] == {"A": "mine", "B": "kept"}


def test_on_a_docker_target_a_run_waits_for_the_image_of_its_environment(send: Any, people: People) -> None:
    make(people.workspace)
    run, images = send("train:1", compute="docker"), RunImages()
    assert run.note == ""
    assert images.image(run.job).waits
    images.want_image(run.job)
    images.want_image(run.job)
    build = EnvironmentBuild.objects.get()
    EnvironmentBuild.objects.filter(pk=build.pk).update(state="ready", reference="atelier-env:1")
    assert images.image(run.job).reference == "atelier-env:1"
    EnvironmentBuild.objects.filter(pk=build.pk).update(state="failed", problem="No wheels.")
    assert "No wheels." in images.image(run.job).problem
    assert images.image(send("current", compute="docker").job) == images.image(send("", compute="docker").job)
