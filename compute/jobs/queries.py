"""Reads about jobs: the queue of a target, how busy it is, and why a job waits."""

from dataclasses import dataclass

from django.db import models
from django.db.models import Count, F, OuterRef, Q, Subquery, Sum, Window
from django.db.models.functions import Coalesce, RowNumber

from compute.backends.registry import why_not_ready
from compute.jobs import starting
from compute.jobs.models import LIVE_STATES, Job, JobState
from compute.targets.models import ComputeTarget


@dataclass(frozen=True, slots=True)
class Load:
    """How full a target is."""

    busy: int
    queued: int


def queue_of(target: ComputeTarget) -> "models.QuerySet[Job]":
    """The waiting jobs in the order in which they start.

    Higher priority first; then fair share: whoever has fewer jobs running or further ahead in the queue goes first;
    then the longest wait.
    """
    running = (
        Job.objects.filter(target=OuterRef("target"), created_by=OuterRef("created_by"), state__in=LIVE_STATES)
        .order_by()
        .values("created_by")
        .annotate(jobs=Count("pk"))
        .values("jobs")
    )
    own_place = Window(
        RowNumber(), partition_by=[F("created_by"), F("priority")], order_by=[F("queued_at").asc(), F("pk").asc()]
    )
    return (
        Job.objects.filter(target=target, state=JobState.QUEUED)
        .annotate(
            running=Coalesce(Subquery(running, output_field=models.IntegerField()), 0),
            own_place=own_place,
        )
        .annotate(share=F("running") + F("own_place"))
        .order_by("-priority", "share", "queued_at", "pk")
    )


def live_jobs(target: ComputeTarget) -> "models.QuerySet[Job]":
    """The jobs that hold slots, longest first."""
    return Job.objects.filter(target=target, state__in=LIVE_STATES).order_by("started_at", "pk")


def busy_slots(target: ComputeTarget) -> int:
    """The slots held by live jobs."""
    return live_jobs(target).order_by().aggregate(slots=Coalesce(Sum("slots"), 0))["slots"]


def load_of(targets: "list[ComputeTarget]") -> dict[int, Load]:
    """The load of several targets in one query, by target id."""
    rows = (
        Job.objects.filter(target__in=targets)
        .filter(Q(state__in=LIVE_STATES) | Q(state=JobState.QUEUED))
        .order_by()
        .values("target")
        .annotate(
            busy=Coalesce(Sum("slots", filter=Q(state__in=LIVE_STATES)), 0),
            queued=Count("pk", filter=Q(state=JobState.QUEUED)),
        )
    )
    found = {row["target"]: Load(busy=row["busy"], queued=row["queued"]) for row in rows}
    return {target.pk: found.get(target.pk, Load(0, 0)) for target in targets}


def why_waiting(job: Job) -> str:
    """Why a queued job does not run yet, in plain words; empty for a job that does not wait."""
    if job.state != JobState.QUEUED or job.target is None:
        return ""
    ahead = list(queue_of(job.target).values_list("pk", flat=True))
    place = ahead.index(job.pk) if job.pk in ahead else 0
    return reason_for(job=job, target=job.target, busy=busy_slots(job.target), ahead=place)


def reason_for(*, job: Job, target: ComputeTarget, busy: int, ahead: int) -> str:
    """The sentence of `why_waiting` for a place in the queue that is already known."""
    if target.is_paused:
        return f"{target.name} is paused: nothing starts there until it is resumed."
    away = why_not_ready(target.kind, target.settings)
    if away:
        return f"{away} What waits for {target.name} starts when that is over."
    if job.slots > target.slots:
        return f"It needs {job.slots} slots and {target.name} has {target.slots}: it cannot start there."
    before = "" if ahead == 0 else f", {ahead} ahead of it"
    free = target.slots - busy
    if free >= job.slots and ahead == 0:
        return starting.why_held(job, target) or f"It is about to start on {target.name}."
    if job.slots > 1:
        return f"Waiting for {job.slots} free slots on {target.name}: {busy} of {target.slots} busy{before}."
    return f"Waiting for a free slot on {target.name}: {busy} of {target.slots} busy{before}."
