"""Removing what builds leave in the engine: containers, temporary tags, half-built layers. For workers."""

import logging
import shutil

from docker.errors import DockerException
from requests import RequestException

from compute.backends import local
from compute.building import machine, own_registry, queries
from compute.building.models import Build
from compute.building.plans import Plan
from compute.building.program.marks import Mark, marks_in, remove_leavings
from compute.engines import opening
from compute.jobs import clock
from compute.jobs.models import LIVE_STATES, Job

logger = logging.getLogger(__name__)

# One look takes so many; the next one goes on.
AT_ONCE = 50


def tidy(job_id: int) -> bool:
    """Look after the build of an ended job; whether nothing is left to do. Doing it twice does no harm.

    What was made for a build that did not succeed goes with its final tags; whole stages below it stay for the next one.
    """
    build = Build.objects.select_related("job").filter(job=job_id, tidied_at=None).first()
    if build is None or not build.job.is_finished:
        return True
    try:
        client = opening.client()
        _tidy(client, build)
    except (opening.EngineAway, DockerException, RequestException) as error:
        logger.debug("what build %s left is looked for later: %s", job_id, error)
        return False
    # The files it had fetched and unpacked, when it could not remove them itself.
    for attempt in range(1, build.job.attempt + 1):
        shutil.rmtree(local.folder_of(job_id, attempt) / "code", ignore_errors=True)
    Build.objects.filter(pk=build.pk).update(tidied_at=clock.now())
    return True


def sweep() -> int:
    """Everything that ended builds have left, also those whose jobs are gone; how many things went."""
    for job_id in queries.untidy(AT_ONCE):
        if not tidy(job_id):
            return 0  # the engine is away
    try:
        client = opening.client()
        return _sweep(client)
    except (opening.EngineAway, DockerException, RequestException) as error:
        logger.debug("leavings of builds are looked for later: %s", error)
        return 0


def forget(reference: str) -> None:
    """Take an image's name away from the engine and from the studio's own registry; layers that others use stay.

    Raises EngineAway, so that whoever asked asks again.
    """
    own_registry.forget(reference)
    client = opening.client()
    try:
        client.images.remove(reference)
    except (DockerException, RequestException) as error:
        logger.info("the image %s was not removed: %s", reference, error)


def _tidy(client: object, build: Build) -> None:
    plan = Plan.from_json(build.plan)
    pushed = plan.push.reference if plan.push else ""
    final = [] if build.result is not None else [name for name in (plan.last.tag, pushed) if name]
    gone = 0
    for attempt in range(1, build.job.attempt + 1):
        gone += remove_leavings(client, Mark(machine.studio(), build.job_id, attempt), untag=final)
    if build.result is None and pushed:
        own_registry.forget(pushed)
    if gone:
        logger.info("removed %s things that build %s had left", gone, build.job_id)


def _sweep(client: object) -> int:
    found = marks_in(client, machine.studio())
    live = set(
        Job.objects.filter(pk__in=[mark.job for mark in found], state__in=LIVE_STATES).values_list("pk", flat=True)
    )
    return sum(remove_leavings(client, mark) for mark in found if mark.job not in live)
