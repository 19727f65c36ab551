"""A job's token: what it reads, what it writes, and when it dies."""

from datetime import timedelta

import pytest
from django.utils import timezone

from compute.jobs import tokens
from compute.jobs.models import Job, JobState
from compute.jobs.tokens import JobToken
from compute.targets.models import ComputeTarget
from runs.tracking.models import Experiment, Run
from studio.access.models import Workspace
from studio.access.permissions import Permission
from tests.factories.compute import make_job
from tests.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(people: People) -> Job:
    return make_job(people.workspace, state=JobState.RUNNING, attempt=1, created_by=people.ben)


def narrowed(job: Job) -> JobToken:
    found = tokens.authenticate(tokens.issue(job))
    assert found is not None
    return found[1]


def make_run(job: Job, path: str) -> Run:
    experiment, _ = Experiment.objects.get_or_create(workspace=job.workspace, path=path)
    return Run.objects.create(workspace=job.workspace, experiment=experiment, job=job, name=path)


def test_it_acts_for_who_submitted_the_job(people: People, job: Job) -> None:
    found = tokens.authenticate(tokens.issue(job))
    assert found is not None
    assert found[0] == people.ben


def test_asking_again_gives_the_same_token_of_an_attempt(job: Job) -> None:
    assert tokens.issue(job) == tokens.issue(job)


def test_only_its_hash_is_stored(job: Job) -> None:
    secret = tokens.issue(job).rsplit("_", 1)[1]
    job.refresh_from_db()
    assert secret not in job.token_hash
    assert len(job.token_hash) == 64


def test_the_next_attempt_ends_it(job: Job) -> None:
    old = tokens.issue(job)
    Job.objects.filter(pk=job.pk).update(attempt=2)
    job.refresh_from_db()
    new = tokens.issue(job)
    assert tokens.authenticate(old) is None
    assert tokens.authenticate(new) is not None


@pytest.mark.parametrize(
    "text", ["", "atj_", "atj_1_", "atj_x_" + "0" * 64, "atj_1_" + "g" * 64, "atj_" + "9" * 30 + "_" + "0" * 64]
)
def test_what_is_no_token_is_nobody(job: Job, text: str) -> None:
    assert tokens.authenticate(text) is None


def test_a_token_of_another_job_does_not_fit(people: People, job: Job) -> None:
    other = make_job(people.workspace, state=JobState.RUNNING, attempt=1, created_by=people.ben)
    tokens.issue(other)
    secret = tokens.issue(job).rsplit("_", 1)[1]
    assert tokens.authenticate(f"atj_{other.pk}_{secret}") is None


def test_who_is_no_longer_there_has_no_tokens(people: People, job: Job) -> None:
    token = tokens.issue(job)
    people.ben.is_active = False
    people.ben.save(update_fields=["is_active"])
    assert tokens.authenticate(token) is None


def test_it_permits_reading_and_recording_and_nothing_else(job: Job) -> None:
    token = narrowed(job)
    permitted = {permission for permission in Permission if token.permits(permission)}
    assert permitted == {
        Permission.RUN_VIEW,
        Permission.RUN_LOG,
        Permission.RUN_SUBMIT,
        Permission.MODEL_VIEW,
        Permission.MODEL_EDIT,
        Permission.EXPERIMENT_VIEW,
        Permission.DATA_VIEW,
        Permission.DATASTORE_VIEW,
        Permission.WORKSPACE_VIEW,
    }


def test_it_reads_its_workspace_only(people: People, job: Job) -> None:
    mine = make_run(make_job(people.workspace), "mine")
    make_run(make_job(people.elsewhere), "theirs")
    token = narrowed(job)
    assert list(token.narrow(Run.objects.all(), Permission.RUN_VIEW)) == [mine]
    assert list(token.narrow(Workspace.objects.all(), Permission.WORKSPACE_VIEW)) == [people.workspace]


def test_it_writes_its_own_run_and_the_children_its_script_attached(people: People, job: Job) -> None:
    own = make_run(job, "own")
    child = make_run(make_job(people.workspace, parent=job, state=JobState.RUNNING), "child")
    make_run(make_job(people.workspace), "foreign")
    token = narrowed(job)
    assert set(token.narrow(Run.objects.all(), Permission.RUN_LOG)) == {own, child}
    assert not token.narrow(ComputeTarget.objects.all(), Permission.RUN_LOG).exists()


def test_after_the_end_it_sees_its_own_job_and_does_nothing(people: People, job: Job) -> None:
    make_run(make_job(people.workspace), "other")
    own = make_run(job, "own")
    secret = tokens.issue(job)
    Job.objects.filter(pk=job.pk).update(state=JobState.COMPLETED, ended_at=timezone.now())
    found = tokens.authenticate(secret)
    assert found is not None
    assert not found[1].permits(Permission.RUN_LOG)
    assert list(found[1].narrow(Run.objects.all(), Permission.RUN_VIEW)) == [own]


def test_a_day_after_the_end_it_is_nobody(job: Job) -> None:
    secret = tokens.issue(job)
    Job.objects.filter(pk=job.pk).update(state=JobState.FAILED, ended_at=timezone.now() - timedelta(hours=25))
    assert tokens.authenticate(secret) is None
