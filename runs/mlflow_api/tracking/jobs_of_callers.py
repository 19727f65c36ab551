"""Runs that the script of a job opens: they hang below the job's own run, so that its token may write to them."""

from rest_framework.request import Request

from compute.jobs.tokens import JobToken
from runs.tracking.models import Run
from runs.tracking.services import reported
from studio.access.models import Workspace


def parent_for(request: Request, workspace: Workspace, wanted: str) -> Run | None:
    """The run a new one belongs below: the one that the client names, else that of the job which is calling."""
    parent = reported.possible_parent(None, wanted, workspace) if wanted else None
    if parent is None and isinstance(request.auth, JobToken):
        return reported.run_of_job(request.auth.job_id)
    return parent
