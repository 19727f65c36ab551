"""A run follows its job, tells whoever waits, and never leaves its end."""

from collections.abc import Callable

import pytest

from compute.jobs import services as jobs
from compute.jobs import state as job_state
from compute.jobs.models import Job, JobState
from compute.jobs.spec import spec_of
from compute.targets.models import ComputeTarget
from runs.tracking import listening, state
from runs.tracking.jobfile import parse
from runs.tracking.models import Run, RunState
from runs.tracking.services import lifecycle, submit
from studio.accounts.models import User
from studio.activity.models import Activity, Event
from studio.errors import Conflict
from studio.notifications.models import Notification
from tests.factories import make_run, make_target
from tests.people import ApiClient, People


@pytest.fixture
def target(people: People) -> ComputeTarget:
    return make_target(None, name="local")


@pytest.fixture
def run(people: People, target: ComputeTarget) -> Run:
    job = parse.parse_text("command: python x.py\nexperiment_name: vision/digits\ndisplay_name: mine\n")
    return submit.submit_run(actor=people.ben, workspace=people.workspace, job=job)


def job_of(run: Run) -> Job:
    assert run.job is not None
    return run.job


def run_to(run: Run, *states: str) -> Run:
    for to in states:
        job_state.move(job_of(run), to=to)
    return Run.objects.select_related("job", "workspace").get(pk=run.pk)


def test_the_run_mirrors_every_move_of_its_job(run: Run) -> None:
    assert run_to(run, JobState.PREPARING).state == "preparing"
    Job.objects.filter(pk=job_of(run).pk).update(attempt=1)
    jobs.report_state(job=job_of(run), attempt=1, reported="running")
    running = Run.objects.get(pk=run.pk)
    assert running.state == "running"
    assert running.started_at == Job.objects.get(pk=job_of(run).pk).started_at
    jobs.finish(job=job_of(run), attempt=1, exit_code=0)
    done = Run.objects.get(pk=run.pk)
    assert done.state == "completed"
    assert done.ended_at == Job.objects.get(pk=job_of(run).pk).ended_at


def test_the_activity_moves_along_and_the_submitter_is_told_once(run: Run, ben: User) -> None:
    activity = Activity.objects.get(subject=run.subject)
    assert (activity.state, activity.title, activity.url) == ("pending", "mine", f"/w/vision/runs/{run.pk}/")
    run_to(run, JobState.PREPARING, JobState.RUNNING)
    activity.refresh_from_db()
    assert activity.state == "running"
    run_to(run, JobState.COMPLETED)
    activity.refresh_from_db()
    assert activity.state == "succeeded"
    assert activity.ended_at
    assert [note.text for note in Notification.objects.filter(user=ben)] == ["mine completed"]
    assert Event.objects.filter(subject=run.subject, verb="run.completed").count() == 1


def test_a_queued_run_is_canceled_at_once(run: Run, ben: User) -> None:
    lifecycle.stop_run(actor=ben, run=run)
    assert Run.objects.get(pk=run.pk).state == "canceled"
    assert Activity.objects.get(subject=run.subject).state == "canceled"
    with pytest.raises(Conflict) as caught:
        lifecycle.stop_run(actor=ben, run=Run.objects.get(pk=run.pk))
    assert caught.value.code == "run_finished"


def test_a_run_that_goes_back_to_the_queue_goes_on_later(run: Run) -> None:
    assert run_to(run, JobState.PREPARING, JobState.QUEUED).state == "queued"
    assert run_to(run, JobState.PREPARING, JobState.RUNNING).state == "running"
    assert Activity.objects.filter(subject=run.subject).count() == 1


@pytest.mark.parametrize("final", ["completed", "failed", "canceled"])
def test_a_final_state_is_never_left(people: People, final: str) -> None:
    run = make_run(people.workspace, state=final)
    for to in RunState.values:
        with pytest.raises(Conflict):
            state.move(run, to=to)
    assert Run.objects.get(pk=run.pk).state == final


def test_F41_of_two_moves_at_once_one_wins(people: People) -> None:
    run = make_run(people.workspace, state="running")
    stale = Run.objects.get(pk=run.pk)
    state.move(run, to=RunState.COMPLETED)
    with pytest.raises(Conflict):
        state.move(stale, to=RunState.CANCELED)
    assert Run.objects.get(pk=run.pk).state == "completed"


def test_the_runner_gets_everything_it_must_know(run: Run) -> None:
    spec = spec_of(job_of(run))
    assert (spec.run_id, spec.experiment, spec.name) == (run.pk, "vision/digits", "mine")
    assert spec.command == "python x.py"
    assert spec.environment["kind"] == "current"


def test_a_created_run_is_started_by_one_click_and_only_once(people: People, target: ComputeTarget) -> None:
    job = parse.parse_text("command: python x.py")
    run = submit.submit_run(actor=people.ben, workspace=people.workspace, job=job, queue=False)
    assert (run.state, job_of(run).state) == ("created", "created")
    assert not Activity.objects.exists()
    started = lifecycle.queue_run(actor=people.ada, run=run)
    assert started.state == "queued"
    with pytest.raises(Conflict):
        lifecycle.queue_run(actor=people.ada, run=started)


def test_only_those_who_may_see_the_run_may_listen_to_it(people: People, run: Run) -> None:
    assert listening.may_listen(people.rita, run.pk)
    assert not listening.may_listen(people.stan, run.pk)
    assert not listening.may_listen(people.ben, "../" + run.pk)


def test_a_finished_run_is_not_stopped_over_rest(api: Callable[..., ApiClient], people: People) -> None:
    run = make_run(people.workspace, state="completed", with_job=True)
    response = api(people.ben).post(f"/api/v1/workspaces/vision/runs/{run.pk}/stop")
    assert response.status_code == 409
    assert response.json()["detail"] == "This run has already finished: it is completed."


def test_every_move_is_in_the_runs_history(api: Callable[..., ApiClient], people: People, run: Run) -> None:
    run_to(run, JobState.PREPARING, JobState.RUNNING, JobState.COMPLETED)
    rows = api(people.rita).get(f"/api/v1/workspaces/vision/runs/{run.pk}/events").json()["results"]
    assert [row["to_state"] for row in rows] == ["queued", "preparing", "running", "completed"]
    assert rows[0]["actor"]["name"] == "Ben Carver"
    assert api(people.rita).get(f"/api/v1/workspaces/vision/runs/{run.pk}/system").json() == []
