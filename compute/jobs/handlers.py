"""Who owns the jobs of a kind. Apps above register themselves, so that compute never imports them."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from compute.jobs.models import Job

logger = logging.getLogger(__name__)


class Handler(Protocol):
    """What the owner of a kind of jobs answers to. All calls come inside the transaction of the change."""

    def moved(self, job: Job, from_state: str, to_state: str) -> None:
        """The job has moved; `job` holds its new values."""

    def contact(self, job: Job) -> None:
        """Contact was lost (`job.is_lost`) or has come back."""

    def logged(self, job: Job) -> None:
        """The job's log has grown to `job.log_size` bytes."""

    def spec(self, job: Job) -> dict[str, Any]:
        """The parts of the `JobSpec` that only the owner knows, such as `run_id` and `experiment`."""

    def pages(self, jobs: Sequence[Job]) -> dict[int, str]:
        """The address of the page that shows each job, by job id."""


class NoHandler:
    """Jobs of a kind nobody registered still run: they only have no owner to tell."""

    def moved(self, job: Job, from_state: str, to_state: str) -> None:
        logger.debug("job %s of the unowned kind %s: %s to %s", job.pk, job.kind, from_state, to_state)

    def contact(self, job: Job) -> None:
        logger.debug("job %s of the unowned kind %s: contact", job.pk, job.kind)

    def logged(self, job: Job) -> None:
        logger.debug("job %s of the unowned kind %s: log at %s", job.pk, job.kind, job.log_size)

    def spec(self, job: Job) -> dict[str, Any]:
        return {}

    def pages(self, jobs: Sequence[Job]) -> dict[int, str]:
        return {}


@dataclass(frozen=True, slots=True)
class Image:
    """What a job runs in on a target that runs images. `waits` says what is still being made, `problem` why it can't be."""

    reference: str = ""  # "" is the base image
    waits: str = ""
    problem: str = ""


class Images(Protocol):
    """Who knows the images of a kind of jobs. A kind without one runs in the base image."""

    def image(self, job: Job) -> Image:
        """What there is of the job's image now. It only reads: pages ask it too."""

    def want_image(self, job: Job) -> None:
        """Have the job's image made, when nobody has begun to. Comes again and again while the job waits."""

    def image_is_gone(self, job: Job) -> None:
        """The image that was ready is no longer on the engine: have it made again."""


_IMAGES: dict[str, Images] = {}
_HANDLERS: dict[str, Handler] = {}


def register(kind: str, handler: Handler) -> None:
    """Make `handler` the owner of `kind`; the last one registered counts."""
    _HANDLERS[kind] = handler


def register_images(kind: str, images: Images) -> None:
    """Make `images` the one who knows the images of jobs of this kind."""
    _IMAGES[kind] = images


def images_of(kind: str) -> Images | None:
    """Who knows the images of this kind, if anybody does."""
    return _IMAGES.get(kind)


def of(kind: str) -> Handler:
    """The owner of `kind`, or one that does nothing."""
    return _HANDLERS.get(kind) or NoHandler()
