"""The images that runs need on targets which run containers: each run's environment, built once."""

from compute.jobs.handlers import Image
from compute.jobs.models import Job
from registry.environments import services as environments
from registry.environments.models import Environment, EnvironmentBuild
from runs.tracking.models import Run

State = EnvironmentBuild.State


class RunImages:
    """Satisfies `compute.jobs.handlers.Images`."""

    def image(self, job: Job) -> Image:
        run = _run_of(job)
        if run is None or run.environment is None or run.environment.kind == Environment.Kind.CURRENT:
            return Image()
        build = EnvironmentBuild.objects.filter(content=run.environment, form=EnvironmentBuild.Form.IMAGE).first()
        if build is not None and build.state == State.READY:
            return Image(reference=build.reference)
        if build is not None and build.state in EnvironmentBuild.FINAL:
            return Image(problem=f"The image of its environment could not be built: {build.problem or build.state}")
        again = " again: it was no longer on the engine" if build is not None and build.attempt > 1 else ""
        return Image(waits=f"The image of its environment is being built{again}.")

    def want_image(self, job: Job) -> None:
        run = _run_of(job)
        if run is not None and run.environment is not None:
            environments.image_for(actor=run.created_by, content=run.environment)

    def image_is_gone(self, job: Job) -> None:
        run = _run_of(job)
        if run is not None and run.environment is not None:
            environments.image_is_gone(actor=run.created_by, content=run.environment)


def _run_of(job: Job) -> Run | None:
    return Run.objects.filter(job=job).select_related("environment__workspace", "created_by").first()
