"""The queue: who is next, and what a waiting job is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from compute.jobs import dispatching, queries
from compute.jobs.models import Job, JobState
from compute.targets.models import ComputeTarget
from studio.accounts.models import User
from tests.factories.compute import make_job, make_target
from tests.people import People

pytestmark = pytest.mark.django_db


@pytest.fixture
def target() -> ComputeTarget:
    return make_target(name="local", slots=2)


@pytest.fixture
def queue(people: People, target: ComputeTarget) -> Any:
    began = timezone.now()

    def add(user: User | None, *, minute: int, **fields: Any) -> Job:
        defaults = {"state": JobState.QUEUED, "queued_at": began + timedelta(minutes=minute)}
        return make_job(people.workspace, target=target, created_by=user, **{**defaults, **fields})

    return add


def test_the_longest_wait_goes_first(people: People, target: ComputeTarget, queue: Any) -> None:
    later, first = queue(people.ben, minute=5), queue(people.ben, minute=1)
    assert list(queries.queue_of(target)) == [first, later]


def test_a_higher_priority_goes_before_a_longer_wait(people: People, target: ComputeTarget, queue: Any) -> None:
    old, urgent = queue(people.ben, minute=1), queue(people.ben, minute=9, priority=10)
    assert list(queries.queue_of(target)) == [urgent, old]


def test_who_runs_fewer_jobs_goes_first(people: People, target: ComputeTarget, queue: Any) -> None:
    queue(people.ben, minute=0, state=JobState.RUNNING)
    bens, adas = queue(people.ben, minute=1), queue(people.ada, minute=2)
    assert list(queries.queue_of(target)) == [adas, bens]


def test_a_burst_of_one_person_does_not_hold_up_another(people: People, target: ComputeTarget, queue: Any) -> None:
    bens = [queue(people.ben, minute=minute) for minute in range(4)]
    adas = queue(people.ada, minute=30)
    assert list(queries.queue_of(target)) == [bens[0], adas, *bens[1:]]


def test_a_paused_target_claims_nothing_and_says_so(people: People, target: ComputeTarget, queue: Any) -> None:
    job = queue(people.ben, minute=1)
    ComputeTarget.objects.filter(pk=target.pk).update(is_paused=True)
    assert dispatching.claim(target.pk) == []
    job.refresh_from_db()
    assert queries.why_waiting(job) == "local is paused: nothing starts there until it is resumed."


def test_a_waiting_job_is_told_what_is_busy_and_who_is_ahead(people: People, target: ComputeTarget, queue: Any) -> None:
    for minute in range(2):
        queue(people.ben, minute=minute, state=JobState.RUNNING)
    waiting = [queue(people.ben, minute=10 + minute) for minute in range(4)]
    assert queries.why_waiting(waiting[3]) == "Waiting for a free slot on local: 2 of 2 busy, 3 ahead of it."
    assert queries.why_waiting(waiting[0]) == "Waiting for a free slot on local: 2 of 2 busy."


def test_a_job_that_does_not_fit_is_told_so_and_holds_up_nobody(
    people: People, target: ComputeTarget, queue: Any
) -> None:
    large, small = queue(people.ben, minute=1, slots=4), queue(people.ben, minute=2)
    assert queries.why_waiting(large) == "It needs 4 slots and local has 2: it cannot start there."
    assert dispatching.claim(target.pk) == [small.pk]


def test_a_job_of_two_slots_is_not_starved_by_small_ones(people: People, target: ComputeTarget, queue: Any) -> None:
    queue(people.ben, minute=0, state=JobState.RUNNING)
    queue(people.ada, minute=1, slots=2)
    queue(people.rita, minute=2)
    assert dispatching.claim(target.pk) == []


def test_the_load_of_many_targets_is_one_query(
    people: People, target: ComputeTarget, queue: Any, django_assert_num_queries: Any
) -> None:
    queue(people.ben, minute=0, state=JobState.RUNNING, slots=2)
    queue(people.ben, minute=1)
    idle = make_target(name="idle")
    with django_assert_num_queries(1):
        load = queries.load_of([target, idle])
    assert (load[target.pk].busy, load[target.pk].queued) == (2, 1)
    assert (load[idle.pk].busy, load[idle.pk].queued) == (0, 0)


def test_claiming_raises_the_fencing_number(people: People, target: ComputeTarget, queue: Any) -> None:
    job = queue(people.ben, minute=1, attempt=3)
    dispatching.claim(target.pk)
    job.refresh_from_db()
    assert (job.state, job.attempt, job.heartbeat_at) == (JobState.PREPARING, 4, None)
