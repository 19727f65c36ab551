"""Reads about builds."""

from compute.building.models import Build
from compute.building.plans import Plan
from compute.building.results import Result
from compute.jobs.models import FINAL_STATES, Job


def build_of(job: Job) -> Build | None:
    return Build.objects.filter(job=job.pk).first()


def plan_of(job: Job) -> Plan | None:
    """The plan of a build's job, with a tag for every stage."""
    build = build_of(job)
    return Plan.from_json(build.plan) if build else None


def result_of(job: Job) -> Result | None:
    """What came of a build, once it has ended well."""
    build = build_of(job)
    return Result.from_json(build.result) if build and build.result else None


def untidy(limit: int) -> list[int]:
    """Jobs of builds that have ended and whose leavings were not looked for yet, oldest first."""
    rows = Build.objects.filter(tidied_at=None, job__state__in=FINAL_STATES).order_by("job")
    return list(rows.values_list("job", flat=True)[:limit])
