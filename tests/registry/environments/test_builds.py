"""Builds: once for each content and form, in step with their jobs, told, tried again, stopped."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from compute.building import queries as builds
from compute.building.handlers import of as owner_of
from compute.building.results import Layer, Package, Result
from compute.jobs import state as job_states
from compute.jobs.models import Job, JobState
from registry.environments import definitions, services, stages, tasks, telling, venvs
from registry.environments.models import Environment, EnvironmentBuild
from registry.environments.services.builds import IMAGE_KIND
from studio.access.models import Workspace
from studio.activity.models import Activity
from studio.errors import Conflict, Invalid
from tests.factories import make_target
from tests.factories.environments import make_environment_version as make
from tests.people import People

RESULT = Result(
    reference="atelier-env:abc",
    digest="sha256:" + "d" * 64,
    image_id="sha256:" + "d" * 64,
    size=1234,
    layers=(Layer(digest="sha256:1", size=1234, command="FROM"),),
    packages=(Package(name="numpy", version="2.4.6", licence="BSD-3-Clause"),),
)


@pytest.fixture
def content(workspace: Workspace, settings: Any, tmp_path: Path) -> Environment:
    settings.DATA_DIR = tmp_path
    make_target(None, name="local", kind="local")
    return make(workspace, "train", "numpy").content


def move(job: Job, *states: str, **fields: Any) -> None:
    for to in states:
        job_states.move(job, to=to, **(fields if to in (JobState.FAILED, JobState.COMPLETED) else {}))


def put_venv(content: Environment) -> None:
    folder = venvs.path(content)
    site = folder / "lib/python3.11/site-packages/numpy-2.4.6.dist-info"
    site.mkdir(parents=True)
    (site / "METADATA").write_text("Name: numpy\nVersion: 2.4.6\nLicense: BSD\n  more\n\nBody\nName: evil\n")
    (folder / "bin").mkdir()
    (folder / "bin/python").write_text("")
    (folder / "ready.json").write_text(json.dumps({"python": "3.11"}))


def test_a_content_is_built_once_in_each_form(content: Environment, people: People) -> None:
    first = services.build(actor=people.ben, content=content, form="venv")
    again = services.build(actor=people.ada, content=content, form="venv")
    image = services.image_for(actor=people.ben, content=content)
    assert first == again
    assert first.state == "queued"
    assert first.job is not None
    assert first.job.spec["environment"]["digest"] == venvs.path(content).name
    assert (image.form, EnvironmentBuild.objects.count()) == ("image", 2)
    titles = set(Activity.objects.values_list("title", flat=True))
    assert titles == {"Build train:1 as a virtual environment", "Build train:1 as an image"}


def test_a_virtual_environment_goes_with_its_job_and_is_measured(content: Environment, people: People) -> None:
    build = services.build(actor=people.ben, content=content, form="venv")
    assert build.job is not None
    move(build.job, JobState.PREPARING)
    build.refresh_from_db()
    assert build.state == "building"
    put_venv(content)
    move(build.job, JobState.RUNNING, JobState.FINALIZING, JobState.COMPLETED, exit_code=0)
    tasks.measure(build.pk)
    build.refresh_from_db()
    assert (build.state, build.size > 0) == ("ready", True)
    assert build.packages == [{"name": "numpy", "version": "2.4.6", "licence": "BSD"}]
    assert Activity.objects.get(kind=telling.KIND).state == Activity.State.SUCCEEDED
    assert venvs.ensure(content=content).python.endswith("bin/python")


def test_a_venv_that_is_gone_is_built_again(content: Environment, people: People) -> None:
    build = services.build(actor=people.ben, content=content, form="venv")
    assert build.job is not None
    move(build.job, JobState.PREPARING, JobState.RUNNING, JobState.FINALIZING, JobState.COMPLETED, exit_code=0)
    again = services.build(actor=people.ben, content=content, form="venv")
    assert (again.state, again.attempt) == ("queued", 2)


def test_a_failure_is_told_once_and_tried_again(content: Environment, people: People) -> None:
    assert venvs.ensure(content=content).waits
    build = EnvironmentBuild.objects.get()
    assert build.job is not None
    move(build.job, JobState.PREPARING, JobState.FAILED, message="No solution found.", reason="environment")
    build.refresh_from_db()
    assert (build.state, build.problem) == ("failed", "No solution found.")
    assert venvs.ensure(content=content).problem == "No solution found."
    assert Activity.objects.get().state == Activity.State.FAILED
    assert venvs.ensure(content=content, asked_at=build.created_at).problem == "No solution found."
    old = build.job
    assert venvs.ensure(content=content, actor=people.ben, asked_at=timezone.now()).waits  # deployed again
    again = EnvironmentBuild.objects.get()
    assert again.job is not None and again.job.created_by == people.ben
    assert (again.state, again.attempt, again.problem) == ("queued", 2, "")
    assert again.job != old
    with pytest.raises(Conflict):
        services.retry(actor=people.ben, build=again)


def test_a_build_is_canceled_once(content: Environment, people: People) -> None:
    build = services.build(actor=people.ben, content=content, form="venv")
    assert services.cancel(actor=people.ben, build=build).state == "canceled"
    with pytest.raises(Conflict):
        services.cancel(actor=people.ben, build=build)
    assert "canceled" in venvs.ensure(content=content).problem


def test_an_image_is_ready_with_its_answer_and_not_before(content: Environment, people: People) -> None:
    build = services.image_for(actor=people.ben, content=content)
    assert build.job is not None
    plan = builds.plan_of(build.job)
    assert plan is not None
    assert plan.last.packages == ("numpy",)
    assert plan.last.tag.startswith("atelier-env:")
    move(build.job, JobState.PREPARING, JobState.RUNNING)
    owner_of(IMAGE_KIND).answered(build.job, RESULT)
    build.refresh_from_db()
    assert (build.state, build.reference, build.size) == ("ready", "atelier-env:abc", 1234)
    assert build.packages[0]["name"] == "numpy"
    assert build.layers[0]["size"] == 1234


def test_an_image_that_was_pruned_is_built_again(content: Environment, people: People) -> None:
    build = services.build(actor=people.ben, content=content, form="image")
    services.image_is_gone(actor=people.ben, content=content)
    build.refresh_from_db()
    assert (build.state, build.attempt) == ("queued", 1)
    EnvironmentBuild.objects.update(state="ready")
    services.image_is_gone(actor=people.ben, content=content)
    build.refresh_from_db()
    assert (build.state, build.attempt) == ("queued", 2)


def test_an_image_whose_job_ends_without_an_answer_has_failed(content: Environment, people: People) -> None:
    build = services.image_for(actor=people.ben, content=content)
    assert build.job is not None
    move(build.job, JobState.PREPARING, JobState.FAILED, message="The engine is away.", reason="exit")
    build.refresh_from_db()
    assert build.state == "failed"
    assert "engine" in build.problem


def test_forms_that_can_not_be_are_refused(workspace: Workspace, content: Environment) -> None:
    current = services.resolve(workspace=workspace, definition=definitions.parse(None, {}))
    odd = definitions.parse({"image": "registry.example/evil:1"}, {})
    for found, form in (
        (content, "zip"),
        (current, "venv"),
        (services.resolve(workspace=workspace, definition=odd), "image"),
    ):
        with pytest.raises(Invalid):
            services.build(actor=None, content=found, form=form)
    assert not EnvironmentBuild.objects.exists()


def test_the_stage_holds_what_the_environment_says(workspace: Workspace) -> None:
    definition = definitions.parse(
        {"conda_file": {"dependencies": ["python=3.11", {"pip": ["numpy"]}]}, "environment_variables": {"A": "1"}}, {}
    )
    stage = stages.stage_of(services.resolve(workspace=workspace, definition=definition), base="python:3.11")
    assert (stage.base, stage.python, stage.packages, stage.environment) == (
        "python:3.11",
        "3.11",
        ("numpy",),
        {"A": "1"},
    )


def test_who_may_listen(content: Environment, people: People) -> None:
    build = services.build(actor=people.ben, content=content, form="venv")
    assert telling.may_listen(people.rita, str(build.pk))
    assert not telling.may_listen(people.stan, str(build.pk))
    assert not telling.may_listen(people.rita, "x")
    assert not telling.may_listen(people.rita, "9" * 30)
