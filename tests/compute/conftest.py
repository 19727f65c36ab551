"""Jobs that really run: a live server, short leases, and a way to let the studio's tasks do their work."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from compute.backends import local
from compute.jobs import logs, reconciling, services, tasks
from compute.jobs.models import FINAL_STATES, LIVE_STATES, Job
from compute.targets.models import ComputeTarget
from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories.compute import make_target


class Bench:
    """Submits jobs as Ben and steps the studio's side by hand, as the worker and the beat would."""

    def __init__(self, actor: User, workspace: Workspace, target: ComputeTarget) -> None:
        self.actor, self.workspace, self.target = actor, workspace, target

    def submit(self, command: str, **spec: Any) -> Job:
        """A job that is running, or about to."""
        job = self.queue(command, **spec)
        tasks.dispatch(self.target.pk)
        job.refresh_from_db()
        return job

    def queue(self, command: str, **spec: Any) -> Job:
        job = services.create_job(
            actor=self.actor,
            workspace=self.workspace,
            target=self.target,
            kind="probe",
            title="probe",
            spec={"command": command, **spec},
        )
        return services.enqueue(actor=self.actor, job=job)

    def wait(self, job: Job, until: Callable[[Job], bool] | None = None, *, seconds: float = 20) -> Job:
        """The job once `until` is true of it (its end, when not named), reconciling meanwhile."""
        reached = until or (lambda job: job.state in FINAL_STATES)
        deadline = time.monotonic() + seconds
        while True:
            job.refresh_from_db()
            if reached(job):
                return job
            if time.monotonic() > deadline:
                raise AssertionError(f"{job} did not get there in {seconds} s: {self.log(job)!r} {self.said(job)}")
            self.step()
            time.sleep(0.05)

    def step(self) -> None:
        """One beat: the reconciliation and the tasks it finds due, done here instead of by a worker."""
        due = reconciling.reconcile()
        for job_id in due.launches:
            tasks.launch(job_id)
        for target_id in due.dispatches:
            tasks.dispatch(target_id)

    def said(self, job: Job) -> str:
        """What the runner itself printed: nothing, when all is well."""
        path = local.folder_of(job.pk, job.attempt) / "runner.out"
        return path.read_text() if path.exists() else ""

    def log(self, job: Job) -> str:
        return logs.read(job, 0, 10_000_000).text


@pytest.fixture
def bench(live_server: Any, settings: Any, transactional_db: None) -> Iterator[Bench]:
    """A studio whose jobs really run on this machine."""
    from tests.people import make_people

    settings.RUNNER_URL = live_server.url
    settings.HEARTBEAT_SECONDS = 0.3
    settings.LEASE_SECONDS = 1.5
    settings.LOST_GRACE_SECONDS = 0.2
    settings.CANCEL_GRACE_SECONDS = 1
    people = make_people()
    yield Bench(people.ben, people.workspace, make_target(name="local", slots=2))
    _end_all()


def _end_all() -> None:
    """No test leaves a process behind, whatever became of it."""
    from datetime import timedelta

    for job in Job.objects.filter(state__in=LIVE_STATES).exclude(backend_ref__isnull=True):
        local.LocalBackend().stop(job.backend_ref, grace=timedelta(0))
