"""Job files over REST: check one, submit one."""

from dataclasses import asdict
from pathlib import PurePosixPath
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from compute.jobs import secret_values
from runs.tracking import job_types, serializers
from runs.tracking.jobfile import parse
from runs.tracking.models import Run
from runs.tracking.services import submit
from studio.access import Permission
from studio.access.models import Workspace
from studio.api import fields
from studio.api.views import WorkspaceAPIView
from studio.errors import Invalid


class CheckJobFile(WorkspaceAPIView):
    """What a job file means here, and which local paths it needs. Nothing is created."""

    policy: ClassVar = {"POST": Permission.RUN_SUBMIT}
    max_body: ClassVar[int] = 9 * 1024 * 1024

    @extend_schema(request=serializers.JobFileCheck, responses={200: serializers.CheckAnswer})
    def post(self, request: Request, workspace: str) -> Response:
        values = fields.clean(serializers.JobFileCheck, request.data)
        other = _job_file(values)
        if (job_type := job_types.of(other)) is not None:
            meant = job_type.check(actor=request.user, workspace=self.workspace, job_file=other)
            needs = [asdict(need) for need in meant.needs]
            return Response({"job": meant.job, "needs": needs, "notes": list(meant.notes)})
        checked = submit.check_job_file(
            actor=request.user,
            workspace=self.workspace,
            file_name=values["file_name"],
            text=values["text"],
            overrides=values["set"],
            open_secrets=secret_values.open_to(request.auth),
        )
        return Response(
            {
                "job": checked.job.to_json(),
                "needs": [asdict(need) for need in checked.needs],
                "notes": list(checked.notes),
            }
        )


def submit_run(request: Request, workspace: Workspace, values: dict[str, Any], parent: Run | None) -> Run:
    """The run of a checked `RunSubmit` body."""
    actor = request.user
    sent = {
        "files": values["files"],
        "context": values["build_context"],
        "snapshot": values["snapshot"],
        "inputs": values["inputs"],
        "git": values["git"],
        "parent": parent,
        "queue": values["submit"],
        "open_secrets": secret_values.open_to(request.auth),
    }
    if ("text" in values) == ("job" in values):
        raise Invalid("invalid_job", "Send either the text of a job file or the job as an object.")
    other = _job_file(values)
    if (job_type := job_types.of(other)) is not None:
        _refuse_command_parts(values, parent)
        return job_type.submit(
            actor=actor, workspace=workspace, job_file=other, open_secrets=secret_values.open_to(request.auth)
        )
    if "text" in values:
        return submit.submit_file(
            actor=actor,
            workspace=workspace,
            file_name=values["file_name"],
            text=values["text"],
            overrides=values["set"],
            **sent,
        )
    job = parse.parse_object(values["job"], values["set"])
    return submit.submit_run(actor=actor, workspace=workspace, job=job, **sent)


def _job_file(values: dict[str, Any]) -> job_types.JobFile:
    return job_types.JobFile(
        text=values.get("text"),
        job=values.get("job"),
        file_name=PurePosixPath(values["file_name"].replace("\\", "/")).name[:100] or "job.yml",
        overrides=values["set"],
        files=values.get("files", {}),
        snapshots=values.get("snapshots", {}),
        blobs=values.get("blobs", {}),
        git=values.get("git", {}),
    )


def _refuse_command_parts(values: dict[str, Any], parent: Run | None) -> None:
    """What a command job can have and a pipeline not."""
    if parent is not None or not values["submit"]:
        raise Invalid(
            "invalid_job",
            "A pipeline is started at once, as a run of its own: it has no parent, and can't be only prepared.",
            hint="Leave parent out, and submit too.",
        )
