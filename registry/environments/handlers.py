"""What happens to a build when its job moves: the one place where both stay in step."""

from collections.abc import Mapping, Sequence
from typing import Any

from compute.backends.registry import BACKENDS
from compute.building.handlers import Owner
from compute.building.results import Result
from compute.jobs import services as jobs
from compute.jobs.models import Job, JobState
from compute.targets import queries as targets
from registry.environments import state, tasks, telling
from registry.environments.models import EnvironmentBuild
from studio.errors import Conflict
from studio.live import pacing

State = EnvironmentBuild.State
STATES: Mapping[str, str] = {
    JobState.QUEUED: State.QUEUED,
    JobState.PREPARING: State.BUILDING,
    JobState.RUNNING: State.BUILDING,
    JobState.FINALIZING: State.BUILDING,
    JobState.COMPLETED: State.READY,
    JobState.FAILED: State.FAILED,
    JobState.CANCELED: State.CANCELED,
}
MAX_PROBLEM = 1000


class ImageBuilds(Owner):
    """The images of environments. Every call is inside the transaction of the job's change."""

    def answered(self, job: Job, result: Result) -> None:
        build = build_of(job)
        if build is None:
            return
        _move(
            build,
            State.READY,
            reference=result.reference,
            digest=result.digest,
            size=result.size,
            layers=[{"digest": each.digest, "size": each.size, "command": each.command} for each in result.layers],
            packages=[
                {"name": each.name, "version": each.version, "licence": each.licence} for each in result.packages
            ],
            problem="",
        )

    def moved(self, job: Job, to_state: str, problem: str) -> None:
        build = build_of(job)
        if build is not None and to_state != JobState.COMPLETED:  # the answer has made it ready
            _follow(build, to_state, problem)

    def logged(self, job: Job) -> None:
        _logged(job)

    def pages(self, jobs: Sequence[Job]) -> dict[int, str]:
        return _pages(jobs)


class VenvBuilds:
    """The virtual environments of this machine. Satisfies `compute.jobs.handlers.Handler`."""

    def moved(self, job: Job, from_state: str, to_state: str) -> None:
        build = build_of(job)
        if build is None:
            return
        _follow(build, to_state, job.message if to_state == JobState.FAILED else "")
        if to_state == JobState.COMPLETED:
            tasks.measure.delay_on_commit(build.pk)

    def contact(self, job: Job) -> None:
        """Lost contact is shown by the job alone."""

    def logged(self, job: Job) -> None:
        _logged(job)

    def spec(self, job: Job) -> dict[str, Any]:
        return {}

    def pages(self, jobs: Sequence[Job]) -> dict[int, str]:
        return _pages(jobs)


def build_of(job: Job) -> EnvironmentBuild | None:
    """The build this job is the last attempt of."""
    rows = EnvironmentBuild.objects.select_related("content__workspace", "created_by")
    return rows.filter(job=job).first()


def _follow(build: EnvironmentBuild, to_state: str, problem: str) -> None:
    wanted = STATES.get(to_state)
    if wanted is not None and wanted != build.state:
        _move(build, wanted, problem=problem[:MAX_PROBLEM])


def _move(build: EnvironmentBuild, wanted: str, **facts: Any) -> None:
    try:
        state.move(build, to=wanted, **facts)
    except Conflict:
        return  # it has its answer already, or somebody canceled it first
    telling.moved(build)
    if build.form == EnvironmentBuild.Form.IMAGE and build.state in EnvironmentBuild.FINAL:
        _wake_those_who_wait(build)


def _wake_those_who_wait(build: EnvironmentBuild) -> None:
    """Jobs that waited for this image can go on; else they would only be looked at by the clock."""
    for target in targets.targets_in(build.content.workspace):
        plugin = BACKENDS.find(target.kind)
        if plugin.is_available and getattr(plugin.implementation, "runs_images", False):
            jobs.wake(target=target)


def _logged(job: Job) -> None:
    pk = EnvironmentBuild.objects.filter(job=job).values_list("pk", flat=True).first()
    if pk is not None:
        pacing.publish_paced(telling.topic(pk), "log", size=job.log_size)


def _pages(jobs: Sequence[Job]) -> dict[int, str]:
    rows = EnvironmentBuild.objects.filter(job__in=jobs).select_related("content__workspace")
    return {row.job_id: telling.page_of(row) for row in rows if row.job_id is not None}
