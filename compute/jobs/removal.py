"""Forgetting jobs: their logs in small pieces, then their rows and what they left on this machine."""

from collections.abc import Sequence

from django.db.models import Sum

from compute.backends import local
from compute.jobs.models import FINAL_STATES, Job, JobState, LogChunk


def log_bytes(jobs: Sequence[int]) -> int:
    """The size of these jobs' logs as people download them."""
    return Job.objects.filter(pk__in=jobs).aggregate(total=Sum("log_size"))["total"] or 0


def remove_log(jobs: Sequence[int], *, limit: int) -> int:
    """Remove up to `limit` pieces of these jobs' logs; answers how many went, 0 when none is left."""
    some = list(LogChunk.objects.filter(job__in=jobs).order_by().values_list("pk", flat=True)[:limit])
    return LogChunk.objects.filter(pk__in=some).delete()[0] if some else 0


def remove_folders(jobs: Sequence[int]) -> None:
    """Remove what these jobs left on this machine. Doing it twice changes nothing."""
    for job in jobs:
        local.remove(job)


def remove_jobs(jobs: Sequence[int]) -> dict[str, int]:
    """Remove the rows of jobs that have ended or never began, and answers how many of each kind went.

    The caller holds the transaction. A job that is at work stays.
    """
    idle = Job.objects.filter(pk__in=jobs, state__in=[*FINAL_STATES, JobState.CREATED])
    return dict(idle.delete()[1])
