"""The jobs that score: what happens to parts when one moves, and the images they run in."""

from collections.abc import Sequence
from typing import Any

from compute.jobs.handlers import Image
from compute.jobs.models import FINAL_STATES, Job, JobState
from registry.batch import queries, tasks
from registry.batch.models import BatchWorker
from registry.batch.services import parts
from registry.environments import services as environments
from registry.environments.models import Environment, EnvironmentBuild
from studio.live import pacing

State = EnvironmentBuild.State


class WorkerHandler:
    """Satisfies `compute.jobs.handlers.Handler`. Every call is inside the transaction of the job's change."""

    def moved(self, job: Job, from_state: str, to_state: str) -> None:
        if to_state not in FINAL_STATES:
            return
        worker = queries.worker_of(job.pk)
        if worker is None:
            return
        said = f"Its worker ended: {job.message}" if job.state == JobState.FAILED else "Its worker ended."
        parts.release_all(worker=worker, problem=said)
        tasks.advance.delay_on_commit(worker.batch_id)

    def contact(self, job: Job) -> None:
        """Lost contact is shown by the job alone."""

    def logged(self, job: Job) -> None:
        worker = queries.worker_of(job.pk)
        if worker is not None:
            pacing.publish_paced(f"batch-job:{worker.batch_id}", "log", size=job.log_size)

    def spec(self, job: Job) -> dict[str, Any]:
        """Nothing beyond what was put down when the worker was sent."""
        return {}

    def pages(self, jobs: Sequence[Job]) -> dict[int, str]:
        rows = BatchWorker.objects.filter(job__in=jobs).select_related("batch__workspace")
        return {row.job_id: row.batch.get_absolute_url() for row in rows}


class WorkerImages:
    """Satisfies `compute.jobs.handlers.Images`: the deployment's environment, built once."""

    def image(self, job: Job) -> Image:
        content = _environment_of(job)
        if content is None or content.kind == Environment.Kind.CURRENT:
            return Image()
        build = EnvironmentBuild.objects.filter(content=content, form=EnvironmentBuild.Form.IMAGE).first()
        if build is not None and build.state == State.READY:
            return Image(reference=build.reference)
        if build is not None and build.state in EnvironmentBuild.FINAL:
            return Image(problem=f"The image of its environment could not be built: {build.problem or build.state}")
        again = " again: it was no longer on the engine" if build is not None and build.attempt > 1 else ""
        return Image(waits=f"The image of its environment is being built{again}.")

    def want_image(self, job: Job) -> None:
        content = _environment_of(job)
        if content is not None:
            environments.image_for(actor=job.created_by, content=content)

    def image_is_gone(self, job: Job) -> None:
        content = _environment_of(job)
        if content is not None:
            environments.image_is_gone(actor=job.created_by, content=content)


def _environment_of(job: Job) -> Environment | None:
    rows = BatchWorker.objects.filter(job=job).select_related("batch__deployment__environment__workspace")
    worker = rows.first()
    deployment = worker.batch.deployment if worker else None
    return deployment.environment if deployment else None
