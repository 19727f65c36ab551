"""The life of a job: only legal moves, one winner, final states for ever."""

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compute.jobs import handlers, state
from compute.jobs.models import FINAL_STATES, Job, JobState
from studio.errors import Conflict
from tests.factories.compute import make_job
from tests.people import People

pytestmark = pytest.mark.django_db


class Recorder(handlers.NoHandler):
    def __init__(self) -> None:
        self.moves: list[tuple[str, str]] = []

    def moved(self, job: Job, from_state: str, to_state: str) -> None:
        assert job.state == to_state
        self.moves.append((from_state, to_state))


class Refuser(handlers.NoHandler):
    def moved(self, job: Job, from_state: str, to_state: str) -> None:
        raise RuntimeError("the owner can't follow")


@given(wanted=st.lists(st.sampled_from(list(JobState)), max_size=12))
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_sequence_of_wishes_leaves_a_legal_history(people: People, wanted: list[str]) -> None:
    recorder = Recorder()
    handlers.register("recorded", recorder)
    job = make_job(people.workspace, kind="recorded")
    for to in wanted:
        before = Job.objects.get(pk=job.pk).state
        try:
            state.move(job, to=to)
        except Conflict:
            assert Job.objects.get(pk=job.pk).state == before
            assert to not in state.ALLOWED[before]
    history = list(job.events.values_list("from_state", "to_state"))
    assert history == recorder.moves
    assert all(to in state.ALLOWED[come_from] for come_from, to in history)
    assert [to for _, to in history[:-1] if to in FINAL_STATES] == []
    assert (job.ended_at is not None) == (job.state in FINAL_STATES)


def test_every_state_can_be_left_for_an_end_except_the_ends() -> None:
    for origin, targets in state.ALLOWED.items():
        if origin in FINAL_STATES:
            assert targets == frozenset()
        else:
            assert JobState.CANCELED in targets
        if origin not in {*FINAL_STATES, JobState.CREATED}:
            assert JobState.FAILED in targets


def test_an_old_attempt_moves_nothing(people: People) -> None:
    job = make_job(people.workspace, state=JobState.RUNNING, attempt=2)
    with pytest.raises(Conflict) as refused:
        state.move(job, to=JobState.COMPLETED, attempt=1)
    assert refused.value.code == "stale_attempt"
    assert Job.objects.get(pk=job.pk).state == JobState.RUNNING


def test_a_handler_that_fails_takes_the_move_back(people: People) -> None:
    handlers.register("refused", Refuser())
    job = make_job(people.workspace, kind="refused", state=JobState.QUEUED)
    with pytest.raises(RuntimeError):
        state.move(job, to=JobState.PREPARING)
    assert Job.objects.get(pk=job.pk).state == JobState.QUEUED
    assert not job.events.exists()


def test_a_kind_nobody_owns_moves_all_the_same(people: People) -> None:
    job = make_job(people.workspace, kind="of-nobody", state=JobState.QUEUED)
    assert state.move(job, to=JobState.PREPARING, is_new_attempt=True).attempt == 1


def test_an_end_clears_lease_and_lost_contact(people: People) -> None:
    job = make_job(people.workspace, state=JobState.RUNNING, lease_until=timezone.now(), lost_contact_at=timezone.now())
    state.move(job, to=JobState.FAILED, reason="runner_lost")
    assert (job.lease_until, job.lost_contact_at, job.reason) == (None, None, "runner_lost")
