"""What runners and scripts say over REST, and who may say it."""

import gzip
from typing import Any

import pytest

from compute.jobs import logs, tokens
from compute.jobs.models import Job, JobState
from tests.factories.compute import make_job, make_target
from tests.people import ApiClient, People

pytestmark = pytest.mark.django_db
BASE = "/api/v1/workspaces/vision/jobs/"


@pytest.fixture
def job(people: People) -> Job:
    return make_job(
        people.workspace,
        target=make_target(),
        state=JobState.PREPARING,
        attempt=1,
        created_by=people.ben,
        spec={"command": "true", "timeout_seconds": None},
    )


@pytest.fixture
def runner(job: Job) -> ApiClient:
    return ApiClient(None, tokens.issue(job), base=f"{BASE}{job.pk}/")


def send_log(client: ApiClient, data: bytes, offset: int, **headers: str) -> Any:
    return client.post(
        "log",
        data,
        content_type="application/octet-stream",
        headers={"X-Offset": str(offset), "X-Attempt": "1", **headers},
    )


def test_a_runner_gets_its_spec(job: Job, runner: ApiClient) -> None:
    spec = runner.get("spec").json()
    assert (spec["job_id"], spec["attempt"], spec["workspace"], spec["command"]) == (job.pk, 1, "vision", "true")
    assert spec["environment"] == {"kind": "current"}
    assert spec["log_offset"] == 0


def test_a_runner_tells_the_whole_story(job: Job, runner: ApiClient) -> None:
    assert runner.post("heartbeat", {"attempt": 1, "pid": 5, "pgid": None}).json()["cancel"] is False
    assert runner.post("state", {"attempt": 1, "state": "running"}).json()["state"] == "running"
    assert send_log(runner, b"hello\n", 0).json() == {"size": 6, "cancel": False}
    assert send_log(runner, gzip.compress(b"again\n"), 6, **{"Content-Encoding": "gzip"}).json()["size"] == 12
    assert runner.post("finish", {"attempt": 1, "exit_code": 0, "reason": "exit"}).json() == {"state": "completed"}
    job.refresh_from_db()
    assert (job.state, logs.read(job).text) == (JobState.COMPLETED, "hello\nagain\n")


def test_a_gap_in_the_log_names_the_byte_to_go_on_from(runner: ApiClient) -> None:
    send_log(runner, b"hello\n", 0)
    answer = send_log(runner, b"later\n", 50)
    assert (answer.status_code, answer.json()["expected_offset"]) == (409, 6)


def test_after_the_end_only_the_report_of_the_end_may_be_repeated(runner: ApiClient) -> None:
    runner.post("state", {"attempt": 1, "state": "running"})
    for _ in range(2):
        answer = runner.post("finish", {"attempt": 1, "exit_code": 0})
        assert (answer.status_code, answer.json()) == (200, {"state": "completed"})
    assert runner.post("heartbeat", {"attempt": 1}).json()["code"] == "job_finished"
    assert send_log(runner, b"late", 0).status_code == 409


def test_a_stale_attempt_is_refused_everywhere(job: Job, runner: ApiClient) -> None:
    for path, body in (
        ("heartbeat", {"attempt": 0}),
        ("state", {"attempt": 0, "state": "running"}),
        ("finish", {"attempt": 0, "exit_code": 0}),
    ):
        answer = runner.post(path, body)
        assert (answer.status_code, answer.json()["code"]) == (409, "stale_attempt"), path


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("heartbeat", {}),
        ("heartbeat", {"attempt": "1"}),
        ("heartbeat", {"attempt": 1, "pid": 2**40}),
        ("heartbeat", {"attempt": 1, "more": 1}),
        ("state", {"attempt": 1, "state": "completed"}),
        ("state", {"attempt": 1, "state": "running", "age_seconds": -1}),
        ("finish", {"attempt": 1, "exit_code": 2**40}),
        ("finish", {"attempt": 1, "reason": "because"}),
        ("finish", {"attempt": 1, "signal": "S" * 30}),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    job: Job, runner: ApiClient, path: str, body: dict[str, Any]
) -> None:
    assert runner.post(path, body).status_code == 400
    job.refresh_from_db()
    assert (job.state, job.heartbeat_at) == (JobState.PREPARING, None)


@pytest.mark.parametrize("offset", ["", "-1", "x", "9" * 30, "1.5"])
def test_an_offset_that_is_no_number_is_refused(runner: ApiClient, offset: str) -> None:
    answer = runner.post(
        "log", b"x", content_type="application/octet-stream", headers={"X-Offset": offset, "X-Attempt": "1"}
    )
    assert answer.status_code == 400


def test_a_bomb_in_the_log_is_refused(runner: ApiClient) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert send_log(runner, bomb, 0, **{"Content-Encoding": "gzip"}).status_code == 413


def test_the_token_of_another_job_reports_nothing(people: People, job: Job) -> None:
    other = make_job(people.workspace, target=make_target(), state=JobState.RUNNING, attempt=1, created_by=people.ben)
    stranger = ApiClient(None, tokens.issue(other), base=f"{BASE}{job.pk}/")
    assert stranger.post("finish", {"attempt": 1, "exit_code": 0}).status_code in {403, 404}
    assert stranger.get("spec").status_code in {403, 404}
    job.refresh_from_db()
    assert job.state == JobState.PREPARING


def test_a_job_of_another_workspace_is_not_there(people: People, job: Job) -> None:
    theirs = make_job(people.elsewhere, state=JobState.RUNNING, attempt=1)
    client = ApiClient(None, tokens.issue(job), base=BASE)
    assert client.post(f"{theirs.pk}/heartbeat", {"attempt": 1}).status_code == 404
    elsewhere = ApiClient(None, tokens.issue(job), base="/api/v1/workspaces/elsewhere/jobs/")
    assert elsewhere.post(f"{theirs.pk}/heartbeat", {"attempt": 1}).status_code == 404


def test_people_report_for_attached_jobs_and_not_for_those_with_a_runner(people: People, job: Job, api: Any) -> None:
    attached = make_job(people.workspace, state=JobState.RUNNING, attempt=1, created_by=people.ben)
    beat = {"attempt": 1}
    assert api(people.ben).post(f"{BASE}{attached.pk}/heartbeat", beat).status_code == 200
    assert api(people.rita).post(f"{BASE}{attached.pk}/heartbeat", beat).status_code == 403
    assert api(people.stan).post(f"{BASE}{attached.pk}/heartbeat", beat).status_code == 404
    assert api(None).post(f"{BASE}{attached.pk}/heartbeat", beat).status_code == 401
    assert api(people.ada).post(f"{BASE}{job.pk}/heartbeat", beat).status_code == 403
    assert api(people.ada).get(f"{BASE}{job.pk}/spec").status_code == 403


def test_a_job_speaks_for_what_its_script_attached(people: People, job: Job) -> None:
    child = make_job(people.workspace, state=JobState.RUNNING, attempt=1, parent=job, created_by=people.ben)
    client = ApiClient(None, tokens.issue(job), base=BASE)
    assert client.post(f"{child.pk}/heartbeat", {"attempt": 1}).status_code == 200
