"""From a job file to a run in its queue: everything is made in one transaction, or nothing is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from django.db import transaction

from registry.environments import definitions
from runs.tracking.data import outputs
from runs.tracking.jobfile import parse
from runs.tracking.jobfile.command import FILE_TYPES, CommandJob
from runs.tracking.jobfile.needs import Need
from runs.tracking.models import Run
from runs.tracking.services import experiments, git_facts, given, interpreting, making, placing, secret_names, words
from runs.tracking.services.making import DEFAULT_EXPERIMENT
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Invalid


@dataclass(frozen=True, slots=True)
class CheckedJob:
    job: CommandJob
    needs: tuple[Need, ...]
    notes: tuple[str, ...]


def check_job_file(
    *,
    actor: User | None,
    workspace: Workspace,
    file_name: str,
    text: str,
    overrides: Mapping[str, Any] | None = None,
    open_secrets: frozenset[str] | None = None,
) -> CheckedJob:
    """What a job file means here and which local paths it needs. Raises Invalid with every mistake's place."""
    job = _named(parse.parse_text(text, _plain_name(file_name), overrides), file_name)
    secret_names.check(workspace=workspace, job=job, open_to=open_secrets)
    placed = placing.place(workspace=workspace, job=job)
    job = outputs.find_data(workspace=workspace, job=job).job
    return CheckedJob(job, needs_of(job), (*job.notes, *placed.notes))


def needs_of(job: CommandJob) -> tuple[Need, ...]:
    """The local paths of a job, relative to its file."""
    found = [Need("code", job.code, "folder")] if job.code else []
    for name, spec in job.inputs.items():
        if spec.is_data and spec.path and not spec.is_reference:
            found.append(Need("input", spec.path, "file" if spec.type in FILE_TYPES else "folder", name))
    found += [Need("text", path, "file") for path in definitions.needs(job.environment)]
    folder = definitions.needed_folder(job.environment)
    found += [Need("build", folder, "folder")] if folder else []
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
    open_secrets: frozenset[str] | None = None,
    context: str = "",
) -> Run:
    """A run of `job`, in its queue (or `created`, with `queue=False`). Raises Invalid for what is missing; then nothing is made.

    It may name the secrets in `open_secrets` (None: all). `files`: texts the environment names; `context`: a Dockerfile's folder.
    """
    placed = _placed(workspace, job, open_secrets)
    data = outputs.find_data(workspace=workspace, job=job)
    with transaction.atomic():
        found = interpreting.environment_of(
            workspace=workspace, job=job, target=placed.target, files=files or {}, context=context
        )
        parts = making.Parts(
            job=data.job,
            target=placed.target,
            environment=found.content,
            environment_version=found.version,
            notes=(*job.notes, *placed.notes, found.note),
            source=source,
            snapshot=given.snapshot_of(workspace, data.job, snapshot),
            inputs=given.inputs_of(workspace, data.job, inputs or {}, data.inputs),
            outputs=data.outputs,
            git=git_facts.clean(git or {}),
            parent=parent,
        )
        return making.make_run(actor=actor, workspace=workspace, parts=parts, queue=queue)


def _placed(workspace: Workspace, job: CommandJob, open_secrets: frozenset[str] | None) -> placing.Placed:
    """Where the job goes, once its words and the secrets it names are in order."""
    secret_names.check(workspace=workspace, job=job, open_to=open_secrets)
    placed = placing.place(workspace=workspace, job=job)
    _check_words(job)
    return placed


def repeat_run(
    *,
    actor: User,
    original: Run,
    job: CommandJob,
    name: str = "",
    files: Mapping[str, str] | None = None,
    snapshot: str = "",
    queue: bool = True,
    open_secrets: frozenset[str] | None = None,
) -> Run:
    """A run of `job` with the code, the environment and the uploaded inputs of `original`, and the versions that it read.

    An environment that differs from the original's is read with `files`; `snapshot` is other code than the original's.
    """
    workspace = original.workspace
    secret_names.check(workspace=workspace, job=job, open_to=open_secrets)
    placed = placing.place(workspace=workspace, job=job)
    if name:
        job = replace(job, display_name=name)
    _check_words(job)
    data = outputs.find_data(workspace=workspace, job=job, known=given.known_versions(original, job))
    with transaction.atomic():
        found = interpreting.environment_again(original=original, job=job, target=placed.target, files=files or {})
        parts = making.Parts(
            job=data.job,
            target=placed.target,
            environment=found.content,
            environment_version=found.version,
            notes=(*job.notes, *placed.notes, found.note),
            source=original.source,
            snapshot=given.snapshot_of(workspace, job, snapshot) if snapshot else original.snapshot,
            inputs=given.inputs_again(original, data.job, data.inputs),
            outputs=data.outputs,
            git={} if snapshot else original.git,
            cloned_from=original,
        )
        return making.make_run(actor=actor, workspace=workspace, parts=parts, queue=queue)


def _check_words(job: CommandJob) -> None:
    """What becomes a row can be stored: told before anything is written."""
    words.clean_params(job.literals)
    words.clean_tags(job.tags)
    if job.shown_name:
        words.clean_name(job.shown_name, field="display_name")


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
