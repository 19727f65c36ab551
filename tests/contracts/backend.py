"""What every compute backend must hold. Subclass it and say how to make a backend and see whether a runner lives.

The runner it starts finds no studio at its address, so it lives until it is stopped.
"""

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

import pytest
from django import forms

from compute.backends.base import ComputeBackend, Handover, JobRef

NOWHERE = "http://127.0.0.1:9"
SECRET = "atj_0_the-token-of-the-contract-test"
_numbers = count(900_000)


class BackendContract:
    @pytest.fixture
    def backend(self) -> ComputeBackend:
        raise NotImplementedError

    @pytest.fixture
    def submit(self, backend: ComputeBackend) -> "Callable[..., JobRef]":
        """Submits and, at the test's end, stops what was started."""
        started: list[JobRef] = []

        def start(job_id: int = 0, attempt: int = 1) -> JobRef:
            job = job_id or next(_numbers)
            ref = backend.submit(Handover(job, attempt, "vision", NOWHERE, SECRET))
            started.append(ref)
            return ref

        yield start
        for ref in started:
            backend.stop(ref, grace=timedelta(0))

    def test_it_says_what_it_is(self, backend: ComputeBackend) -> None:
        assert backend.label
        assert issubclass(backend.settings_form, forms.Form)

    def test_a_ref_survives_json_and_a_new_backend(
        self, backend: ComputeBackend, submit: Callable[..., JobRef]
    ) -> None:
        ref = json.loads(json.dumps(submit()))
        assert type(backend)().poll(ref).alive

    def test_a_second_submit_of_an_attempt_finds_the_first(self, submit: Callable[..., JobRef]) -> None:
        job = next(_numbers)
        assert submit(job) == submit(job)

    def test_submits_at_once_start_one(self, submit: Callable[..., JobRef]) -> None:
        job = next(_numbers)
        with ThreadPoolExecutor(4) as pool:
            refs = list(pool.map(lambda _: submit(job), range(4)))
        assert all(ref == refs[0] for ref in refs)

    def test_another_attempt_is_another_runner(self, submit: Callable[..., JobRef]) -> None:
        job = next(_numbers)
        assert submit(job, 1) != submit(job, 2)

    def test_stop_leaves_nothing_and_may_be_repeated(
        self, backend: ComputeBackend, submit: Callable[..., JobRef]
    ) -> None:
        ref = submit()
        for _ in range(2):
            backend.stop(ref, grace=timedelta(seconds=0.2))
            assert not backend.poll(ref).alive

    def test_stop_is_not_later_than_its_grace(self, backend: ComputeBackend, submit: Callable[..., JobRef]) -> None:
        ref = submit()
        began = time.monotonic()
        backend.stop(ref, grace=timedelta(seconds=1))
        assert time.monotonic() - began < 10

    def test_a_runner_that_has_ended_is_never_started_again(
        self, backend: ComputeBackend, submit: Callable[..., JobRef]
    ) -> None:
        job = next(_numbers)
        ref = submit(job)
        backend.stop(ref, grace=timedelta(0))
        assert submit(job) == ref
        assert not backend.poll(ref).alive

    def test_what_it_never_heard_of_is_not_alive(self, backend: ComputeBackend) -> None:
        assert not backend.poll({}).alive
        backend.stop({}, grace=timedelta(0))
        backend.nudge({})

    def test_the_token_is_in_no_ref(self, submit: Callable[..., JobRef]) -> None:
        assert SECRET not in json.dumps(submit())
