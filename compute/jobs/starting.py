"""What a job needs before it may start, on targets that run images: the image of its environment."""

import logging

from compute.backends.registry import BACKENDS
from compute.jobs import handlers, state
from compute.jobs.models import Job, JobState, Reason
from compute.targets.models import ComputeTarget
from studio.errors import Conflict, StudioError

logger = logging.getLogger(__name__)


def has_image(job: Job, target: ComputeTarget) -> bool:
    """Whether the job can start as far as its image goes. When not, it has been asked for, or the job has failed."""
    images = handlers.images_of(job.kind)
    if images is None or not _runs_images(target):
        return True
    try:
        found = images.image(job)
        if found.waits:
            images.want_image(job)
        elif found.reference and not _is_there(target, found.reference):
            logger.info("the image %s of job %s is gone from the engine: it is made again", found.reference, job.pk)
            images.image_is_gone(job)
            return False
    except StudioError as error:
        found = handlers.Image(problem=" ".join(part for part in (error.message, error.hint) if part))
    if found.problem:
        _fail(job, found.problem)
    return not found.waits and not found.problem


def image_of(job: Job, target: ComputeTarget) -> str:
    """The image to start the job in; empty for the base image and for targets that run none."""
    images = handlers.images_of(job.kind)
    return images.image(job).reference if images is not None and _runs_images(target) else ""


def why_held(job: Job, target: ComputeTarget) -> str:
    """What is still being made for a waiting job, in a sentence; empty when it only waits for its turn."""
    images = handlers.images_of(job.kind)
    return images.image(job).waits if images is not None and _runs_images(target) else ""


def _runs_images(target: ComputeTarget) -> bool:
    plugin = BACKENDS.find(target.kind)
    return plugin.is_available and bool(getattr(plugin.implementation, "runs_images", False))


def _is_there(target: ComputeTarget, reference: str) -> bool:
    """Whether the target's engine has the image or can be given it; an engine that does not answer is asked again later."""
    has_image = getattr(BACKENDS.get(target.kind)(), "has_image", None)
    return has_image is None or bool(has_image(target.settings or {}, reference))


def _fail(job: Job, problem: str) -> None:
    try:
        state.move(
            job,
            to=JobState.FAILED,
            only_from={JobState.QUEUED},
            reason=Reason.ENVIRONMENT,
            detail=problem,
            message=problem,
        )
    except Conflict as error:
        logger.info("job %s was not failed for its image: %s", job.pk, error)
