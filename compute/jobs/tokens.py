"""The job's own token: a principal that may do less than the person who submitted the job.

It reads inside the job's workspace, writes only its own job's rows, and dies with the attempt or the job's end.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.db import models

from compute.jobs import clock
from compute.jobs.models import Job
from studio.access.judge import Place
from studio.access.models import Workspace
from studio.access.permissions import JOB_TOKEN, VIEWS, Permission
from studio.accounts.models import User

PREFIX = "atj_"
_SHAPE = re.compile(r"atj_([0-9]{1,18})_([0-9a-f]{64})")
# So long a runner may repeat a report whose answer it never saw.
AFTERLIFE = timedelta(hours=24)


@dataclass(frozen=True)
class JobToken:
    """What a request with a job's token may do; satisfies `studio.access.judge.Narrowing`."""

    job_id: int
    workspace_id: int
    is_over: bool
    places: Mapping[str, Place | None] = field(default_factory=dict, compare=False)

    def permits(self, permission: Permission) -> bool:
        if self.is_over:
            return permission in {Permission.RUN_VIEW, Permission.WORKSPACE_VIEW}
        return permission in JOB_TOKEN

    def narrow(self, rows: "models.QuerySet[Any]", permission: Permission) -> "models.QuerySet[Any]":
        if rows.model is Workspace:
            return rows.filter(pk=self.workspace_id)
        if permission in VIEWS and not self.is_over:
            return rows.filter(**{getattr(rows.model, "workspace_path", "workspace"): self.workspace_id})
        return self._own(rows)

    def speaks_for(self, job: Job) -> bool:
        """Whether the holder may report for `job`: its own one, or one that its script attached below it."""
        return job.pk == self.job_id or (job.is_attached and job.parent_id == self.job_id)

    def _own(self, rows: "models.QuerySet[Any]") -> "models.QuerySet[Any]":
        """The rows of this job and of the jobs its script attached below it."""
        if rows.model is Job:
            return rows.filter(models.Q(pk=self.job_id) | models.Q(parent=self.job_id))
        path = getattr(rows.model, "job_path", "")
        if not path:
            return rows.none()
        own = models.Q(**{path: self.job_id}) | models.Q(**{f"{path}__parent": self.job_id})
        for below in _paths_below(cast(Any, rows.model), path):
            own |= models.Q(**{below: self.job_id})
        return rows.filter(own)


def issue(job: Job) -> str:
    """The token of the job's current attempt; asking again gives the same one.

    It is derived, not drawn: when a worker dies between starting the runner and noting so, the second launch of the
    same attempt must not turn the first one's token invalid.
    """
    message = f"job {job.pk} attempt {job.attempt}".encode()
    secret = hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).hexdigest()
    Job.objects.filter(pk=job.pk, attempt=job.attempt).update(token_hash=_digest(secret))
    return f"{PREFIX}{job.pk}_{secret}"


def authenticate(token: str, slug: str = "") -> tuple[User, JobToken] | None:
    """The person a job acts for and what it may do, or None. A job that has ended may only repeat its last report."""
    match = _SHAPE.fullmatch(token)
    if match is None:
        return None
    job = Job.objects.filter(pk=int(match[1])).select_related("created_by").defer("spec").first()
    if job is None or not hmac.compare_digest(job.token_hash, _digest(match[2])):
        return None
    person = job.created_by
    if person is None or not person.is_active:
        return None
    if job.ended_at is not None and job.ended_at < clock.now() - AFTERLIFE:
        return None
    return person, JobToken(job_id=job.pk, workspace_id=job.workspace_id, is_over=job.is_finished)


@cache
def _paths_below(model: type[models.Model], path: str) -> list[str]:
    """Further ways from a row to the job: those that the model which carries the job declares as `paths_below_jobs`."""
    steps = path.split("__")[:-1]
    carrier: Any = model
    for step in steps:
        carrier = carrier._meta.get_field(step).related_model
    return ["__".join([*steps, below]) for below in getattr(carrier, "paths_below_jobs", ())]


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
