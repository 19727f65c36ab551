"""Secrets for jobs: each gets the values that its own definition names, and no other."""

from typing import Any

from atelier import _secrets

from compute.jobs.models import Job
from compute.jobs.tokens import JobToken
from studio.errors import NotFound
from studio.lineage.things import Thing
from studio.secrets import vault


def names_of(spec: dict[str, Any]) -> frozenset[str]:
    """The secrets a job's definition names, as they are compared."""
    return frozenset(name.casefold() for name in _secrets.names((spec.get("environment_variables") or {}).values()))


def open_to(credential: object) -> frozenset[str] | None:
    """The secrets that whoever holds this credential may name in a new job; None for every one.

    A job names no more than it was given: otherwise it could read the rest through a job of its own making.
    """
    if not isinstance(credential, JobToken):
        return None
    spec = Job.objects.filter(pk=credential.job_id).values_list("spec", flat=True).first()
    return names_of(spec or {})


def value_for(*, job: Job, name: str) -> str:
    """The value of a secret the job names; its use is recorded. Raises NotFound when it names none of it or it is gone."""
    found = vault.find(workspace=job.workspace, name=name) if name.casefold() in names_of(job.spec) else None
    if found is None:
        raise NotFound(
            "secret_missing",
            f"There is no secret {name[:120]!r} in this workspace that the job names.",
            hint="Set it under Secrets, or name another one in the job file.",
        )
    return vault.reveal(found, user=Thing("job", str(job.pk)))
