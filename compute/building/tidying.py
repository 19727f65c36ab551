"""Removing what builds leave in the engine: containers, temporary tags, half-built layers. In a worker."""

import logging

from compute.building.models import Build
from compute.jobs import clock
from compute.jobs.models import FINAL_STATES

logger = logging.getLogger(__name__)


def tidy(job_id: int) -> None:
    """Look after the build of an ended job, once."""
    Build.objects.filter(job=job_id, job__state__in=FINAL_STATES, tidied_at=None).update(tidied_at=clock.now())
