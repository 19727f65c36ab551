"""Use cases of jobs, without a runner."""

from datetime import timedelta

import pytest
from django.utils import timezone

from compute.jobs import reconciling, services
from compute.jobs.models import Job, JobState
from studio.errors import Conflict, Invalid
from tests.factories.compute import make_job, make_target
from tests.people import People

pytestmark = pytest.mark.django_db


def live(people: People, **fields: object) -> Job:
    return make_job(people.workspace, **{"state": JobState.RUNNING, "attempt": 1, **fields})


def test_a_job_is_created_then_queued(people: People) -> None:
    job = services.create_job(
        actor=people.ben,
        workspace=people.workspace,
        target=make_target(),
        kind="x",
        title="t",
        spec={"command": "true"},
    )
    assert job.state == JobState.CREATED
    services.enqueue(actor=people.ben, job=job)
    assert job.state == JobState.QUEUED
    assert job.queued_at is not None
    with pytest.raises(Conflict):
        services.enqueue(actor=people.ben, job=job)


def test_a_target_of_another_workspace_is_unknown(people: People) -> None:
    with pytest.raises(Invalid):
        services.create_job(
            actor=people.ben,
            workspace=people.workspace,
            target=make_target(people.elsewhere),
            kind="x",
            title="t",
            spec={},
        )


def test_an_attached_job_runs_at_once_and_belongs_to_the_topmost_job(people: People) -> None:
    top = live(people, target=make_target())
    child = services.attach(actor=people.ben, workspace=people.workspace, title="child", parent=top)
    grandchild = services.attach(actor=people.ben, workspace=people.workspace, title="grandchild", parent=child)
    assert (child.state, child.attempt, child.parent) == (JobState.RUNNING, 1, top)
    assert grandchild.parent == top
    assert child.lease_until > timezone.now()


def test_a_queued_job_is_canceled_at_once(people: People) -> None:
    job = live(people, state=JobState.QUEUED, target=make_target())
    services.request_stop(actor=people.ben, job=job)
    assert (job.state, job.reason) == (JobState.CANCELED, "user")
    with pytest.raises(Conflict):
        services.request_stop(actor=people.ben, job=job)


def test_a_live_job_is_asked_once_and_told_with_its_next_heartbeat(people: People) -> None:
    job = live(people, target=make_target())
    services.request_stop(actor=people.ben, job=job)
    asked_at = job.cancel_requested_at
    services.request_stop(actor=people.ada, job=job)
    assert job.state == JobState.RUNNING
    assert job.cancel_requested_at == asked_at
    assert job.events.filter(detail="asked to stop").count() == 1
    assert services.heartbeat(job=job, attempt=1).cancel


def test_a_heartbeat_renews_the_lease_and_heals(people: People) -> None:
    job = live(people, lost_contact_at=timezone.now(), lease_until=timezone.now() - timedelta(minutes=1))
    answer = services.heartbeat(job=job, attempt=1, pid=7, pgid=8, host="h")
    job.refresh_from_db()
    assert job.lost_contact_at is None
    assert job.lease_until > timezone.now()
    assert job.process == {"pid": 7, "pgid": 8, "host": "h"}
    assert not answer.cancel


@pytest.mark.parametrize(
    ("attempt", "state", "code"), [(2, JobState.RUNNING, "stale_attempt"), (1, JobState.FAILED, "job_finished")]
)
def test_a_heartbeat_that_comes_too_late_is_refused(people: People, attempt: int, state: str, code: str) -> None:
    job = live(people, attempt=2 if attempt == 2 else 1, state=state)
    with pytest.raises(Conflict) as refused:
        services.heartbeat(job=job, attempt=1)
    assert refused.value.code == code


def test_a_state_is_reported_once_however_often_it_is_said(people: People) -> None:
    job = live(people, state=JobState.PREPARING)
    services.report_state(job=job, attempt=1, reported="running", age_seconds=5)
    assert timezone.now() - job.started_at > timedelta(seconds=4)
    services.report_state(job=job, attempt=1, reported="running")
    services.report_state(job=job, attempt=1, reported="finalizing")
    services.report_state(job=job, attempt=1, reported="running")
    assert job.state == JobState.FINALIZING
    assert job.events.count() == 2
    with pytest.raises(Invalid):
        services.report_state(job=job, attempt=1, reported="completed")


@pytest.mark.parametrize(
    ("asked", "exit_code", "reason", "state"),
    [
        (False, 0, "exit", JobState.COMPLETED),
        (False, 3, "exit", JobState.FAILED),
        (False, 137, "signal", JobState.FAILED),
        (False, None, "user", JobState.CANCELED),
        (False, None, "studio_stopped", JobState.FAILED),
        (True, 0, "exit", JobState.COMPLETED),
        (True, 1, "exit", JobState.FAILED),
        (True, 143, "studio_stopped", JobState.CANCELED),
        (True, None, "runner_lost", JobState.CANCELED),
        (False, 0, "", JobState.COMPLETED),
        (False, None, "client", JobState.FAILED),
    ],
)
def test_how_it_ended_decides_the_final_state(
    people: People, asked: bool, exit_code: int | None, reason: str, state: str
) -> None:
    job = live(people, cancel_requested_at=timezone.now() if asked else None, cancel_reason="user" if asked else "")
    services.finish(job=job, attempt=1, exit_code=exit_code, reason=reason)
    assert job.state == state


def test_the_end_is_reported_once(people: People) -> None:
    job = live(people)
    services.finish(job=job, attempt=1, exit_code=0, reason="exit")
    services.finish(job=job, attempt=1, exit_code=9, reason="exit")
    assert (job.state, job.exit_code, job.events.count()) == (JobState.COMPLETED, 0, 1)
    with pytest.raises(Conflict):
        services.finish(job=job, attempt=2, exit_code=0)


def test_an_attached_script_that_falls_silent_is_only_flagged(people: People) -> None:
    past = timezone.now() - timedelta(hours=1)
    job = live(people, heartbeat_at=past, lease_until=past)
    reconciling.reconcile()
    job.refresh_from_db()
    assert (job.state, job.is_lost) == (JobState.RUNNING, True)


def test_an_attached_script_that_is_silent_for_a_day_is_given_up(people: People) -> None:
    past = timezone.now() - timedelta(hours=25)
    job = live(people, heartbeat_at=past, lease_until=past)
    reconciling.reconcile()
    job.refresh_from_db()
    assert (job.state, job.reason) == (JobState.FAILED, "runner_lost")


def test_a_target_whose_backend_is_missing_leaves_the_others_alone(people: People) -> None:
    broken = make_target(kind="of-nobody")
    past = timezone.now() - timedelta(minutes=5)
    live(people, target=broken, backend_ref={"x": 1}, heartbeat_at=past, lease_until=past)
    attached = live(people, heartbeat_at=past, lease_until=past)
    reconciling.reconcile()
    attached.refresh_from_db()
    assert attached.is_lost


def test_a_variable_the_studio_sets_itself_is_refused(people: People) -> None:
    with pytest.raises(Invalid) as refused:
        services.create_job(
            actor=people.ben,
            workspace=people.workspace,
            target=make_target(),
            kind="x",
            title="t",
            spec={"environment_variables": {"ATELIER_TOKEN": "mine", "FINE": "1"}},
        )
    assert refused.value.fields == {"environment_variables.ATELIER_TOKEN": "set by the studio"}
