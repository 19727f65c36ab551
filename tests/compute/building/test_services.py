"""Starting builds."""

import pytest

from compute.building import machine, queries, services
from compute.building.plans import Plan, Stage
from compute.jobs.models import JobState
from compute.targets.models import ComputeTarget
from compute.targets.queries import targets_in
from tests.compute.building.conftest import KIND, Remembering
from tests.people import make_people

pytestmark = pytest.mark.django_db
PLAN = Plan(stages=(Stage(name="image", tag="vision/digits"),))


def test_a_build_is_a_job_of_the_builder(owner: Remembering) -> None:
    people = make_people()
    job = services.start(
        actor=people.ben, workspace=people.workspace, kind=KIND, title="digits", plan=PLAN, subject="image_version:1"
    )
    assert (job.state, job.target.kind, queries.build_of(job).subject) == (
        JobState.QUEUED,
        "builder",
        "image_version:1",
    )
    assert owner.moves == [(JobState.QUEUED, "")]
    assert job.spec["command"].endswith(" -m compute.building.program")


def test_a_plan_may_be_given_as_its_json(owner: Remembering) -> None:
    people = make_people()
    plan = {"stages": [{"name": "image", "tag": "vision/digits:1", "from": None}], "push": None}
    job = services.start(actor=None, workspace=people.workspace, kind=KIND, title="", plan=plan, subject="")
    assert queries.plan_of(job).last.tag == "vision/digits:1"


def test_nobody_can_send_a_job_of_theirs_there() -> None:
    people = make_people()
    target = services.ensure_builder_target()
    assert services.ensure_builder_target() == target
    assert target not in targets_in(people.workspace)
    assert ComputeTarget.objects.get(name="builder").is_shared


def test_studios_on_one_engine_tell_their_builds_apart(settings: object) -> None:
    own = machine.studio()
    settings.DATA_DIR = "/elsewhere"  # type: ignore[attr-defined]
    assert machine.studio() != own
