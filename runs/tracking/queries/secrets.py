"""Runs and the vault: which runs wait for a secret, and how the jobs that used one are called."""

from compute.jobs import secret_values
from compute.jobs.models import JobState
from runs.tracking.models import Run
from studio.access.models import Workspace
from studio.lineage.labels import Label
from studio.secrets.models import Secret

# What has not fetched its secrets yet.
WAITING = (JobState.QUEUED, JobState.PREPARING)


def waiting_for(secret: Secret) -> list[str]:
    """The runs that need this secret to start, in words."""
    if secret.held_by:
        return []
    rows = Run.objects.filter(workspace=secret.workspace_id, job__state__in=WAITING).order_by("created_at")
    found = rows.values_list("name", "job__spec__environment_variables")
    return [
        f"the run {name}, which waits to start"
        for name, variables in found
        if secret.name.casefold() in secret_values.names_of({"environment_variables": variables})
    ]


def label_jobs(workspace: Workspace, ids: list[str]) -> dict[str, Label]:
    """Jobs are called by their runs."""
    rows = Run.objects.filter(workspace=workspace, job__in=[int(each) for each in ids if each.isdigit()])
    return {str(run.job_id): Label("run", run.name, run.get_absolute_url()) for run in rows.select_related("workspace")}
