"""What a body or a form names, found: the version, the published pipeline or the job that a schedule is to run."""

from collections.abc import Mapping
from typing import Any

from runs.pipelines.drafts import queries as drafts
from runs.pipelines.drafts import services as draft_services
from runs.pipelines.publishing import parameters
from runs.pipelines.publishing import queries as publishing
from runs.pipelines.publishing.parameters import Parameter
from runs.schedules import azure, queries
from runs.schedules.models import Schedule
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Invalid, NotFound


def chosen(*, actor: User | None, workspace: Workspace, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with rows in the place of `pipeline`, `version` and `endpoint`. Raises NotFound.

    Without a version, the draft is kept as one: a schedule runs what it was made for, whatever is drawn later.
    """
    found = {key: value for key, value in values.items() if key not in ("pipeline", "version", "endpoint")}
    pk, number, name = values.get("pipeline"), values.get("version"), values.get("endpoint")
    if number is not None and pk is None:
        message = "Say of which pipeline this is the version."
        raise Invalid("bad_schedule", message, fields={"pipeline": message})
    if pk is not None:
        pipeline = drafts.pipeline_at(workspace, pk)
        if pipeline is None:
            raise NotFound("not_found", f"There is no pipeline {pk} in this workspace.")
        kept = drafts.version_at(pipeline, number) if number else None
        found["version"] = kept or draft_services.keep_version(actor=actor, pipeline=pipeline)
    if name:
        found["endpoint"] = publishing.endpoint_named(workspace, name)
        if found["endpoint"] is None:
            raise NotFound("not_found", f"There is no published pipeline {name[:80]!r} in this workspace.")
    return found


def parameters_of(workspace: Workspace, runs: str, schedule: Schedule | None = None) -> list[Parameter]:
    """The inputs of what a form has chosen: `pipeline:3`, `endpoint:cars`, or nothing, which leaves what the schedule runs."""
    kind, _, which = runs.partition(":")
    document: Mapping[str, Any] = {}
    if kind == "pipeline" and which.isascii() and which.isdigit() and len(which) < 10:
        pipeline = drafts.pipeline_at(workspace, int(which))
        document = pipeline.document if pipeline else {}
    elif kind == "endpoint":
        document = publishing.answering(publishing.endpoint_named(workspace, which))
    elif schedule is not None:
        document = queries.document_of(schedule)
    return parameters.of(document)


def of_file(*, workspace: Workspace, text: str, files: Mapping[str, str]) -> dict[str, Any]:
    """The values of Azure ML's schedule file. Raises Invalid `bad_schedule_file`, naming a file that is missing."""
    read = azure.read(text, files)
    if read.needs:
        raise Invalid(
            "schedule_file_missing",
            f"The schedule names the file {read.needs[0]}, and it was not sent.",
            hint="Send its text under files.",
            fields={f"files.{path}": "Send its text." for path in read.needs},
        )
    values = {**read.values, "document": read.document}
    return {**values, "endpoint": read.endpoint} if read.endpoint else values
