"""Use cases of builds: starting one, and taking what its program answers. Stopping one is stopping its job."""

import shlex
import sys
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction

from compute.building import handlers, tasks
from compute.building.models import Build
from compute.building.plans import Plan
from compute.building.results import Result
from compute.jobs import clock
from compute.jobs import services as jobs
from compute.jobs.models import LIVE_STATES, Job
from compute.targets.models import ComputeTarget
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict, NotFound

TARGET = "builder"
KIND = "builder"


def ensure_builder_target() -> ComputeTarget:
    """The shared target where builds run; its slots stay as somebody set them."""
    target, _ = ComputeTarget.objects.get_or_create(
        workspace=None, name=TARGET, defaults={"kind": KIND, "slots": settings.BUILD_SLOTS}
    )
    return target


def start(
    *,
    actor: User | None,
    workspace: Workspace,
    kind: str,
    title: str,
    plan: Plan | Mapping[str, Any],
    subject: str,
) -> Job:
    """A queued job that carries out `plan`. `kind` names its owner (`handlers.register`), `subject` what it builds.

    Call it in the transaction that makes the row it is for: the owner's `moved` is called at once, with `queued`.
    """
    whole = (plan if isinstance(plan, Plan) else Plan.from_json(plan)).tagged()
    with transaction.atomic():
        job = jobs.create_job(
            actor=actor,
            workspace=workspace,
            target=ensure_builder_target(),
            kind=kind,
            title=title,
            spec=_spec(),
        )
        Build.objects.create(job=job, subject=subject[:100], plan=whole.to_json())
        return jobs.enqueue(actor=actor, job=job)


def forget_image(*, reference: str) -> None:
    """Take an image's name away from the engine and from the studio's own registry, in a worker, after commit."""
    tasks.forget.delay_on_commit(reference)


def take_result(*, job: Job, attempt: int, result: dict[str, Any]) -> None:
    """Keep what a build has made and tell its owner. The same attempt saying so again changes nothing.

    Raises Conflict for an attempt that no longer counts and for a job that has ended.
    """
    with transaction.atomic():
        if _answer(job, attempt, {"result": result, "problem": ""}):
            handlers.of(job.kind).answered(job, Result.from_json(result))


def take_problem(*, job: Job, attempt: int, problem: str) -> None:
    """Keep why a build can't go on; the job itself fails a moment later. Raises Conflict as `take_result` does."""
    with transaction.atomic():
        _answer(job, attempt, {"problem": problem[:1000]})


def _spec() -> dict[str, Any]:
    """The program, with the interpreter that runs the studio, and the checkout that it is a part of."""
    return {
        "command": f"exec {shlex.quote(sys.executable)} -m compute.building.program",
        "environment": {"kind": "current"},
        "environment_variables": {"PYTHONPATH": str(settings.BASE_DIR)},
        "timeout_seconds": settings.BUILD_MINUTES * 60,
    }


def _answer(job: Job, attempt: int, values: dict[str, Any]) -> bool:
    """Compare and set; whether this call was the one that counted."""
    current = Build.objects.filter(job=job, job__attempt=attempt, job__state__in=LIVE_STATES)
    if current.exclude(answered_attempt=attempt).update(answered_attempt=attempt, answered_at=clock.now(), **values):
        return True
    build = Build.objects.filter(job=job).first()
    if build is None:
        raise NotFound("no_build", "This job builds nothing.")
    job.refresh_from_db()
    if job.attempt != attempt:
        raise Conflict("stale_attempt", f"Attempt {attempt} of this job is over; attempt {job.attempt} counts.")
    if build.answered_attempt == attempt:
        return False
    raise Conflict("job_finished", f"This job is {job.state}: it takes no more reports.")
