"""What a client has sent for a job: its code and its inputs, found by their digests."""

from collections.abc import Mapping

from runs.tracking.data.finding import Found
from runs.tracking.jobfile.command import FILE_TYPES, CommandJob, InputSpec
from runs.tracking.models import Run, RunInput, Snapshot
from studio.access.models import Workspace
from studio.errors import Invalid
from studio.storage import blobs

MAX_VALUE = 6000


def snapshot_of(workspace: Workspace, job: CommandJob, digest: str) -> Snapshot | None:
    """The code folder of this digest. Raises Invalid when it is not stored here, or is needed and not named."""
    if not digest:
        if job.code:
            raise _missing("snapshot", f"The code folder {job.code!r} was not sent: no snapshot is named.")
        return None
    found = Snapshot.objects.filter(workspace=workspace, digest=digest).first()
    if found is None:
        raise _missing("snapshot", "The snapshot named is not stored here.")
    return found


def inputs_of(
    workspace: Workspace, job: CommandJob, digests: Mapping[str, str], found: Mapping[str, Found]
) -> tuple[RunInput, ...]:
    """The inputs as rows that belong to no run yet; `found` is what their references mean.

    Raises Invalid for one that was not sent or is not declared.
    """
    unknown = [name for name in digests if name not in job.inputs]
    if unknown:
        raise _missing(f"inputs.{unknown[0][:60]}", f"The job has no input {unknown[0][:60]!r}.")
    return tuple(
        _referred(name, spec, found[name])
        if name in found
        else _one_input(workspace, name, spec, digests.get(name, ""))
        for name, spec in job.inputs.items()
    )


def _referred(name: str, spec: InputSpec, found: Found) -> RunInput:
    row = _row(name, spec)
    row.type, row.uri, row.data_version = found.type, found.uri, found.version
    return row


def _one_input(workspace: Workspace, name: str, spec: InputSpec, digest: str) -> RunInput:
    row = _row(name, spec)
    if not spec.is_data:
        return row
    if digest and spec.type in FILE_TYPES:
        row.blob = blobs.find(workspace=workspace, sha256=digest)
    elif digest:
        row.snapshot = Snapshot.objects.filter(workspace=workspace, digest=digest).first()
    if row.snapshot is None and row.blob is None:
        raise _missing(f"inputs.{name}", f"The input {name!r} ({spec.path[:100]}) was not sent.")
    return row


def known_versions(original: Run, job: CommandJob) -> dict[str, Found]:
    """The versions that a repeated run reads again, whatever `latest` means by now."""
    rows = original.inputs.exclude(data_version=None).select_related("data_version__asset__workspace")
    return {
        row.name: Found(row.type, row.uri, row.data_version)
        for row in rows
        if row.name in job.inputs and job.inputs[row.name].path == row.value
    }


def inputs_again(original: Run, job: CommandJob, found: Mapping[str, Found]) -> tuple[RunInput, ...]:
    """The inputs of a repeated run: what was uploaded for the first one is used again."""
    before = {row.name: row for row in original.inputs.select_related("blob", "snapshot")}
    return tuple(
        _referred(name, spec, found[name]) if name in found else _again(name, spec, before.get(name))
        for name, spec in job.inputs.items()
    )


def _again(name: str, spec: InputSpec, known: RunInput | None) -> RunInput:
    row = _row(name, spec)
    if not spec.is_data:
        return row
    if known is None or known.value != row.value:
        raise _missing(f"inputs.{name}", f"The input {name!r} was not sent: a clone can only change values.")
    row.snapshot, row.blob = known.snapshot, known.blob
    return row


def _row(name: str, spec: InputSpec) -> RunInput:
    value = spec.path if spec.is_data else "" if spec.value is None else str(spec.value)
    return RunInput(name=name, type=spec.type, value=value[:MAX_VALUE])


def _missing(field_name: str, sentence: str) -> Invalid:
    return Invalid("not_sent", sentence, hint="Send it first, then submit again.", fields={field_name: sentence})
