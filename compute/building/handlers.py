"""Who owns the builds of a kind: environments and images register themselves, so that compute never imports them."""

from collections.abc import Mapping, Sequence
from typing import Any

from compute.building import own_registry, queries, tasks
from compute.building.plans import Plan
from compute.building.results import Result
from compute.jobs import handlers
from compute.jobs.models import FINAL_STATES, Job, JobState
from studio.storage.models import Blob


class Owner:
    """What the owner of a kind of builds answers to; subclass it. `answered` and `moved` come inside the transaction."""

    def answered(self, job: Job, result: Result) -> None:
        """The image is there. Comes once for a job; the job itself ends a moment later."""

    def moved(self, job: Job, to_state: str, problem: str) -> None:
        """The job has moved. `problem` says why it failed, in a sentence.

        A job whose result was taken is not reported as failed or canceled, whatever became of its last moments.
        """

    def logged(self, job: Job) -> None:
        """The log has grown to `job.log_size` bytes."""

    def pages(self, jobs: Sequence[Job]) -> dict[int, str]:
        """The address of the page that shows each job, by job id."""
        return {}

    def files(self, job: Job, plan: Plan) -> Mapping[str, Blob]:
        """The stored files that the program may fetch: by default all that the plan names, in the job's workspace."""
        rows = Blob.objects.filter(workspace=job.workspace_id, sha256__in=plan.sha256s)
        return {blob.sha256: blob for blob in rows}

    def credentials(self, job: Job, plan: Plan) -> dict[str, str] | None:
        """`{"username", "password"}` for the push: by default those of the studio's own registry, and nothing elsewhere."""
        return own_registry.credentials_for(plan.push.reference) if plan.push else None


_OWNERS: dict[str, Owner] = {}


def register(kind: str, owner: Owner) -> None:
    """Make `owner` the owner of the builds of `kind`."""
    _OWNERS[kind] = owner
    handlers.register(kind, BuildHandler(owner))


def of(kind: str) -> Owner:
    """The owner of `kind`, or one that does nothing."""
    return _OWNERS.get(kind) or Owner()


def kinds() -> frozenset[str]:
    """The kinds of jobs that are builds."""
    return frozenset(_OWNERS)


class BuildHandler:
    """Satisfies `compute.jobs.handlers.Handler` for every kind of build."""

    def __init__(self, owner: Owner) -> None:
        self._owner = owner

    def moved(self, job: Job, from_state: str, to_state: str) -> None:
        build = queries.build_of(job)
        if to_state in FINAL_STATES:
            tasks.tidy.delay_on_commit(job.pk)
        if build is not None and build.result is not None and to_state != JobState.COMPLETED:
            return  # it has what was asked for
        if to_state == JobState.COMPLETED and (build is None or build.result is None):
            to_state = JobState.FAILED  # ended well, and nothing came of it
        self._owner.moved(job, to_state, _problem(job, to_state, build.problem if build else ""))

    def contact(self, job: Job) -> None:
        """Lost contact is shown by the job alone."""

    def logged(self, job: Job) -> None:
        self._owner.logged(job)

    def spec(self, job: Job) -> dict[str, Any]:
        """Nothing beyond what `services.start` has put down."""
        return {}

    def pages(self, jobs: Sequence[Job]) -> dict[int, str]:
        return self._owner.pages(jobs)


def _problem(job: Job, state: str, said: str) -> str:
    if state != JobState.FAILED:
        return ""
    return said or job.message or "The build ended without an image and without saying why."
