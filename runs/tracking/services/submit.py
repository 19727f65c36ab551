"""From a job file to a run in its queue: everything is made in one transaction, or nothing is."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any

from django.db import transaction

from compute.jobs import services as jobs
from compute.targets.models import ComputeTarget
from registry.environments import definitions
from registry.environments import services as environments
from registry.environments.models import Environment
from runs.tracking.jobfile import bindings, parse
from runs.tracking.jobfile.command import FILE_TYPES, CommandJob, InputSpec
from runs.tracking.models import Param, Run, RunInput, RunState, Snapshot, Tag
from runs.tracking.names import new_run_name
from runs.tracking.services import experiments, git_facts, placing, words
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Invalid
from studio.live import topics
from studio.live.publish import publish
from studio.storage import blobs
from studio.storage.models import Blob

DEFAULT_EXPERIMENT = "default"
PRIORITIES = {"low": -10, "medium": 0, "high": 10}
MAX_NOTE = 500


@dataclass(frozen=True, slots=True)
class Need:
    """A local path the caller has to send: as a snapshot, a stored file, or a text under `files`."""

    role: str  # "code", "input" or "text" (sent under `files`)
    path: str
    kind: str  # "folder" or "file"
    name: str = ""  # the input's name


@dataclass(frozen=True, slots=True)
class CheckedJob:
    job: CommandJob
    needs: tuple[Need, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a run is made of, all of it known to be good."""

    job: CommandJob
    target: ComputeTarget
    environment: Environment
    notes: tuple[str, ...]
    snapshot: Snapshot | None = None
    inputs: "tuple[RunInput, ...]" = ()
    git: Mapping[str, Any] = field(default_factory=dict)


def check_job_file(
    *, actor: User | None, workspace: Workspace, file_name: str, text: str, overrides: Mapping[str, Any] | None = None
) -> CheckedJob:
    """What a job file means here and which local paths it needs. Raises Invalid with every mistake's place."""
    job = _named(parse.parse_text(text, _plain_name(file_name), overrides), file_name)
    placed = placing.place(workspace=workspace, job=job)
    return CheckedJob(job, needs_of(job), (*job.notes, *placed.notes))


def needs_of(job: CommandJob) -> tuple[Need, ...]:
    """The local paths of a job, relative to its file."""
    found = [Need("code", job.code, "folder")] if job.code else []
    for name, spec in job.inputs.items():
        if spec.is_data and spec.path and not spec.is_url:
            found.append(Need("input", spec.path, "file" if spec.type in FILE_TYPES else "folder", name))
    found += [Need("text", path, "file") for path in definitions.needs(job.environment)]
    return tuple(found)


def submit_file(
    *,
    actor: User,
    workspace: Workspace,
    file_name: str,
    text: str,
    overrides: Mapping[str, Any] | None = None,
    **sent: Any,
) -> Run:
    """`submit_run` of a job file's text."""
    job = _named(parse.parse_text(text, _plain_name(file_name), overrides), file_name)
    return submit_run(actor=actor, workspace=workspace, job=job, **sent)


def submit_run(
    *,
    actor: User,
    workspace: Workspace,
    job: CommandJob,
    files: Mapping[str, str] | None = None,
    snapshot: str = "",
    inputs: Mapping[str, str] | None = None,
    git: Mapping[str, Any] | None = None,
    parent: Run | None = None,
    source: str = "job",
    queue: bool = True,
) -> Run:
    """A run of `job`, in its queue (or `created`, with `queue=False`).

    `files` holds the texts the environment names, `snapshot` the digest of the code folder, `inputs` the digest of each
    uploaded input. Raises Invalid when one is missing or unknown; then nothing is made.
    """
    definition = definitions.parse(job.environment, files or {})
    placed = placing.place(workspace=workspace, job=job)
    words.clean_params(job.literals)
    words.clean_tags(job.tags)
    if job.shown_name:
        words.clean_name(job.shown_name, field="display_name")
    parts = {
        "job": job,
        "target": placed.target,
        "notes": (*job.notes, *placed.notes, definition.note),
        "snapshot": _snapshot(workspace, job, snapshot),
        "inputs": _inputs(workspace, job, inputs or {}),
        "git": git_facts.clean(git or {}),
    }
    with transaction.atomic():
        environment = environments.resolve(workspace=workspace, definition=definition)
        return _create(
            actor, workspace, _Parts(environment=environment, **parts), parent=parent, source=source, queue=queue
        )


def repeat_run(
    *,
    actor: User,
    original: Run,
    job: CommandJob,
    name: str = "",
    files: Mapping[str, str] | None = None,
    snapshot: str = "",
    queue: bool = True,
) -> Run:
    """A run of `job` with the code, the environment and the uploaded inputs of `original`.

    An environment that differs from the original's is read with `files`; `snapshot` is other code than the original's.
    """
    workspace = original.workspace
    placed = placing.place(workspace=workspace, job=job)
    words.clean_params(job.literals)
    if name:
        job = replace(job, display_name=words.clean_name(name))
    with transaction.atomic():
        environment, note = _environment_again(workspace, original, job, files or {})
        parts = _Parts(
            job=job,
            target=placed.target,
            environment=environment,
            notes=(*job.notes, *placed.notes, note),
            snapshot=_snapshot(workspace, job, snapshot) if snapshot else original.snapshot,
            inputs=_inputs_again(original, job),
            git=original.git,
        )
        source = "job" if original.source == "sdk" else original.source
        return _create(actor, workspace, parts, source=source, queue=queue, cloned_from=original)


def _create(
    actor: User,
    workspace: Workspace,
    parts: _Parts,
    *,
    parent: Run | None = None,
    source: str,
    queue: bool,
    cloned_from: Run | None = None,
) -> Run:
    job = parts.job
    experiment = experiments.ensure_experiment(
        actor=actor, workspace=workspace, path=job.experiment_name or DEFAULT_EXPERIMENT
    )
    run = Run.objects.create(
        workspace=workspace,
        experiment=experiment,
        parent=parent,
        cloned_from=cloned_from,
        name=job.shown_name[:255].strip() or new_run_name(),
        description=job.description,
        state=RunState.CREATED,
        created_by=actor,
        source=source,
        definition=job.to_json(),
        command=bindings.resolve(job.command, job),
        snapshot=parts.snapshot,
        environment=parts.environment,
        git=dict(parts.git),
        note=" ".join(note for note in parts.notes if note)[:MAX_NOTE],
    )
    _write_rows(run, parts)
    run.job = jobs.create_job(
        actor=actor,
        workspace=workspace,
        target=parts.target,
        kind="run",
        title=run.name,
        spec=_spec(run, parts),
        priority=PRIORITIES[job.priority],
        slots=int(job.resources.get("slots") or 1),
        parent=parent.job if parent else None,
    )
    run.save(update_fields=["job"])
    if queue:
        jobs.enqueue(actor=actor, job=run.job)
        run.refresh_from_db(fields=["state"])
        _record(actor, run, "run.submitted")
    publish(topics.workspace(workspace.slug), "runs")
    return run


def _write_rows(run: Run, parts: _Parts) -> None:
    Param.objects.bulk_create(
        Param(run=run, key=key, value=value) for key, value in words.clean_params(parts.job.literals).items()
    )
    Tag.objects.bulk_create(
        Tag(run=run, key=key, value=value or "") for key, value in words.clean_tags(parts.job.tags).items()
    )
    for item in parts.inputs:
        item.run = run
    RunInput.objects.bulk_create(parts.inputs)


def _spec(run: Run, parts: _Parts) -> dict[str, Any]:
    """What the runner must know and only this part knows, as `JobSpec` names it."""
    job = parts.job
    given = {item.name: item for item in parts.inputs}
    definition = definitions.Definition.from_json(parts.environment.definition)
    return {
        "name": run.name,
        "command": job.command,  # the runner puts the inputs in, quoted for its shell
        "snapshot": parts.snapshot.digest if parts.snapshot else "",
        "inputs": {name: _input_spec(spec, given[name]) for name, spec in job.inputs.items() if name in given},
        "outputs": {name: {"type": spec.type, "mode": spec.mode} for name, spec in job.outputs.items()},
        "environment": {**definition.to_json(), "digest": parts.environment.digest},
        "environment_variables": dict(job.environment_variables),
        "resources": dict(job.resources),
        "timeout_seconds": job.timeout_seconds,
    }


def _input_spec(spec: InputSpec, given: RunInput) -> dict[str, Any]:
    if not spec.is_data:
        value = str(spec.value) if isinstance(spec.value, bool) else spec.value
        return {"type": spec.type, "mode": "direct", "value": value}
    mode = spec.mode or "ro_mount"
    if spec.is_url:
        return {"type": spec.type, "mode": mode, "url": spec.path}
    digest = given.snapshot.digest if given.snapshot else given.blob.sha256 if given.blob else ""
    name = PurePosixPath(spec.path.replace("\\", "/")).name or given.name
    return {"type": spec.type, "mode": mode, "path": name, "digest": digest}


def _snapshot(workspace: Workspace, job: CommandJob, digest: str) -> Snapshot | None:
    if not digest:
        if job.code:
            raise _missing("snapshot", f"The code folder {job.code!r} was not sent: no snapshot is named.")
        return None
    found = Snapshot.objects.filter(workspace=workspace, digest=digest).first()
    if found is None:
        raise _missing("snapshot", "The snapshot named is not stored here.")
    return found


def _inputs(workspace: Workspace, job: CommandJob, digests: Mapping[str, str]) -> tuple[RunInput, ...]:
    unknown = [name for name in digests if name not in job.inputs]
    if unknown:
        raise _missing(f"inputs.{unknown[0][:60]}", f"The job has no input {unknown[0][:60]!r}.")
    return tuple(_one_input(workspace, name, spec, digests.get(name, "")) for name, spec in job.inputs.items())


def _one_input(workspace: Workspace, name: str, spec: InputSpec, digest: str) -> RunInput:
    value = spec.path if spec.is_data else "" if spec.value is None else str(spec.value)
    row = RunInput(name=name, type=spec.type, value=value[:6000])
    if not spec.is_data or spec.is_url:
        return row
    if digest and spec.type in FILE_TYPES:
        row.blob = blobs.find(workspace=workspace, sha256=digest)
    elif digest:
        row.snapshot = Snapshot.objects.filter(workspace=workspace, digest=digest).first()
    if row.snapshot is None and row.blob is None:
        raise _missing(f"inputs.{name}", f"The input {name!r} ({spec.path[:100]}) was not sent.")
    return row


def _inputs_again(original: Run, job: CommandJob) -> tuple[RunInput, ...]:
    """The inputs of the new run; what was uploaded for the first one is used again."""
    before = {row.name: row for row in original.inputs.select_related("blob", "snapshot")}
    rows = []
    for name, spec in job.inputs.items():
        kept: Blob | Snapshot | None = None
        if spec.is_data and not spec.is_url:
            known = before.get(name)
            kept = (known.snapshot or known.blob) if known and known.value == spec.path else None
            if kept is None:
                raise _missing(f"inputs.{name}", f"The input {name!r} was not sent: a clone can only change values.")
        value = spec.path if spec.is_data else "" if spec.value is None else str(spec.value)
        rows.append(
            RunInput(
                name=name,
                type=spec.type,
                value=value[:6000],
                snapshot=kept if isinstance(kept, Snapshot) else None,
                blob=kept if isinstance(kept, Blob) else None,
            )
        )
    return tuple(rows)


def _environment_again(
    workspace: Workspace, original: Run, job: CommandJob, files: Mapping[str, str]
) -> tuple[Environment, str]:
    before = (original.definition or {}).get("environment")
    if original.environment is not None and job.environment == before:
        return original.environment, str(original.environment.definition.get("note", ""))
    definition = definitions.parse(job.environment, files)
    return environments.resolve(workspace=workspace, definition=definition), definition.note


def _named(job: CommandJob, file_name: str) -> CommandJob:
    """The experiment of a file that names none is the folder the file lies in."""
    if job.experiment_name:
        return replace(job, experiment_name=experiments.clean_path(job.experiment_name))
    folder = PurePosixPath(file_name.replace("\\", "/")).parent.name
    try:
        return replace(job, experiment_name=experiments.clean_path(folder))
    except Invalid:
        return replace(job, experiment_name=DEFAULT_EXPERIMENT)


def _plain_name(file_name: str) -> str:
    """The file's name as problems show it."""
    return ascii(PurePosixPath(file_name.replace("\\", "/")).name[:100] or "job.yml")[1:-1]


def _record(actor: User, run: Run, verb: str) -> None:
    activity.record(
        actor=actor,
        workspace=run.workspace,
        verb=verb,
        subject=run.subject,
        label=run.name,
        url=run.get_absolute_url(),
    )


def _missing(field_name: str, sentence: str) -> Invalid:
    return Invalid(
        "not_sent", sentence, hint="Send it first, then submit again.", fields={field_name: sentence}
    )
