"""What a build's program asks and answers, with its job's token."""

import hashlib
import io
from typing import Any

import pytest
from django.test import Client

from compute.building import queries, services
from compute.building.models import Build
from compute.building.plans import Plan, PlanFile, Stage
from compute.jobs import services as jobs
from compute.jobs import state, tokens
from compute.jobs.models import Job, JobState
from studio.storage import blobs
from tests.compute.building.conftest import KIND, Remembering
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
BYTES = b"def run(data): return data\n"
SHA256 = hashlib.sha256(BYTES).hexdigest()
IMAGE = {
    "reference": "vision/digits:1",
    "digest": "sha256:" + "1" * 64,
    "image_id": "sha256:" + "1" * 64,
    "size": 7,
    "layers": [{"digest": "sha256:" + "2" * 64, "size": 7, "command": "ADD files"}],
    "packages": [{"name": "numpy", "version": "2.1", "licence": "BSD"}],
    "facts": {"architecture": "amd64"},
}


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def job(people: People, owner: Remembering) -> Job:
    """A build that runs."""
    blobs.store(workspace=people.workspace, stream=io.BytesIO(BYTES), limit=1000)
    blobs.store(workspace=people.workspace, stream=io.BytesIO(b"not of this build"), limit=1000)
    stage = Stage(name="image", tag="vision/digits", files=(PlanFile(sha256=SHA256, path="/score.py"),))
    job = services.start(
        actor=people.ben,
        workspace=people.workspace,
        kind=KIND,
        title="digits",
        plan=Plan(stages=(stage,)),
        subject="x:1",
    )
    state.move(job, to=JobState.PREPARING, is_new_attempt=True)
    return state.move(job, to=JobState.RUNNING)


def ask(job: Job, path: str, body: Any = None, *, token: str = "") -> Any:
    headers = {"HTTP_AUTHORIZATION": f"Bearer {token or tokens.issue(job)}"}
    address = f"/api/v1/workspaces/{job.workspace.slug}/jobs/{job.pk}/build{path}"
    if body is None:
        return Client().get(address, **headers)
    return Client().post(address, body, content_type="application/json", **headers)


def test_the_program_gets_its_plan_with_whole_tags(job: Job) -> None:
    told = ask(job, "").json()
    assert told["plan"]["stages"][0]["tag"].startswith("vision/digits:")
    assert told["credentials"] is None
    assert told["machine"]["network"] == "none"


def test_it_gets_the_files_of_its_plan_and_no_other(job: Job) -> None:
    assert b"".join(ask(job, f"/files/{SHA256}").streaming_content) == BYTES
    assert ask(job, f"/files/{hashlib.sha256(b'not of this build').hexdigest()}").status_code == 404


def test_the_result_is_taken_once_and_may_be_repeated(job: Job, owner: Remembering) -> None:
    for _ in range(2):
        assert ask(job, "/result", {"attempt": 1, "image": IMAGE}).status_code == 200
    assert [result.digest for result in owner.results] == [IMAGE["digest"]]
    assert queries.result_of(job).packages[0].name == "numpy"


def test_what_happens_to_the_job_after_its_result_is_no_failure(job: Job, owner: Remembering) -> None:
    ask(job, "/result", {"attempt": 1, "image": IMAGE})
    jobs.finish(job=job, attempt=1, exit_code=137, signal="SIGKILL", reason="signal", message="killed")
    assert owner.moves[-1] == (JobState.RUNNING, "")


def test_why_it_failed_reaches_the_owner(job: Job, owner: Remembering) -> None:
    assert ask(job, "/result", {"attempt": 1, "problem": "No wheel of nmupy."}).status_code == 200
    jobs.finish(job=job, attempt=1, exit_code=1, reason="exit", message="The command ended with exit code 1.")
    assert owner.moves[-1] == (JobState.FAILED, "No wheel of nmupy.")


def test_a_job_that_ends_well_without_a_result_has_failed(job: Job, owner: Remembering) -> None:
    jobs.finish(job=job, attempt=1, exit_code=0, reason="exit")
    assert owner.moves[-1][0] == JobState.FAILED
    assert "without an image" in owner.moves[-1][1]


def test_an_attempt_that_is_over_answers_nothing(job: Job, owner: Remembering) -> None:
    token = tokens.issue(job)
    Job.objects.filter(pk=job.pk).update(attempt=2)
    assert ask(job, "/result", {"attempt": 1, "image": IMAGE}, token=token).status_code == 409
    assert owner.results == []
    assert Build.objects.get(job=job).result is None


def test_a_build_that_was_canceled_answers_nothing(job: Job, owner: Remembering) -> None:
    jobs.finish(job=job, attempt=1, exit_code=None, reason="user")
    assert ask(job, "/result", {"attempt": 1, "image": IMAGE}).status_code == 409
    assert owner.results == []


@pytest.mark.parametrize("body", [{"attempt": 1}, {"attempt": 1, "image": IMAGE, "problem": "both"}])
def test_it_answers_one_of_two(job: Job, body: dict[str, Any]) -> None:
    assert ask(job, "/result", body).status_code == 400
