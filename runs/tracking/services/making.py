"""Making a run of parts that are known to be good."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from compute.jobs import services as jobs
from compute.jobs.models import Job
from compute.targets.models import ComputeTarget
from registry.environments import definitions
from registry.environments.models import Environment, EnvironmentVersion
from runs.tracking.data import outputs, sources
from runs.tracking.data.outputs import KeptOutput
from runs.tracking.jobfile import bindings
from runs.tracking.jobfile.command import CommandJob, InputSpec, OutputSpec
from runs.tracking.models import Experiment, Param, Run, RunInput, RunState, Snapshot, Tag
from runs.tracking.names import new_run_name
from runs.tracking.services import experiments, words
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.lineage import services as lineage
from studio.lineage.things import Thing
from studio.live import topics
from studio.live.publish import publish

DEFAULT_EXPERIMENT = experiments.DEFAULT_PATH
PRIORITIES = {"low": -10, "medium": 0, "high": 10}
MAX_NOTE = 500
STEP = "step"  # the source of a run that carries out a step of a pipeline
# A table's plan is carried out by whoever loads it; a job may write into no data that others read.
MODES = {"eval_mount": "ro_mount", "eval_download": "download", "rw_mount": "download"}


@dataclass(frozen=True, slots=True)
class Parts:
    """What a run is made of."""

    job: CommandJob
    target: ComputeTarget
    environment: Environment
    notes: tuple[str, ...]
    source: str
    environment_version: EnvironmentVersion | None = None  # where a registered one was named
    snapshot: Snapshot | None = None
    inputs: tuple[RunInput, ...] = ()
    outputs: Mapping[str, KeptOutput] = field(default_factory=dict)
    git: Mapping[str, Any] = field(default_factory=dict)
    parent: Run | None = None
    cloned_from: Run | None = None
    experiment: Experiment | None = None  # where the caller has found it already
    run_id: str = ""  # where the caller has chosen it already


def make_run(*, actor: User | None, workspace: Workspace, parts: Parts, queue: bool) -> Run:
    """The run with its rows and its job, in the queue if wanted. The caller holds the transaction."""
    if parts.source == STEP:
        return _make_step(actor, workspace, parts)
    run = _run_row(actor, workspace, parts)
    _write_rows(run, parts)
    run.job = _job(actor, run, parts)
    run.save(update_fields=["job"])
    if queue:
        jobs.enqueue(actor=actor, job=run.job)
        run.refresh_from_db(fields=["state"])
        _record_submission(actor, run)
    publish(topics.workspace(workspace.slug), "runs")
    return run


def _make_step(actor: User | None, workspace: Workspace, parts: Parts) -> Run:
    """One of perhaps a thousand: in its queue from the start, by as few statements as can be, and told of by nobody.

    What carries the steps out tells of them all at once.
    """
    run = _run_of(actor, workspace, parts)
    run.state = RunState.QUEUED
    run.job = _job(actor, run, parts, is_queued=True)
    run.save(force_insert=True)
    _write_rows(run, parts)
    publish(topics.workspace(workspace.slug), "runs")
    return run


def _run_row(actor: User | None, workspace: Workspace, parts: Parts) -> Run:
    run = _run_of(actor, workspace, parts)
    run.save(force_insert=True)
    return run


def _run_of(actor: User | None, workspace: Workspace, parts: Parts) -> Run:
    job = parts.job
    return Run(
        **({"id": parts.run_id} if parts.run_id else {}),
        workspace=workspace,
        experiment=parts.experiment
        or experiments.ensure_experiment(
            actor=actor, workspace=workspace, path=job.experiment_name or DEFAULT_EXPERIMENT
        ),
        parent=parts.parent,
        cloned_from=parts.cloned_from,
        name=job.shown_name[:255].strip() or new_run_name(),
        description=job.description,
        state=RunState.CREATED,
        created_by=actor,
        source=parts.source,
        definition=job.to_json(),
        command=bindings.resolve(job.command, job),
        snapshot=parts.snapshot,
        environment=parts.environment,
        git=dict(parts.git),
        note=" ".join(note for note in parts.notes if note)[:MAX_NOTE],
    )


def _job(actor: User | None, run: Run, parts: Parts, *, is_queued: bool = False) -> Job:
    return jobs.create_job(
        actor=actor,
        workspace=run.workspace,
        target=parts.target,
        kind="run",
        title=run.name,
        spec=_spec(run, parts),
        priority=PRIORITIES[parts.job.priority],
        slots=int(parts.job.resources.get("slots") or 1),
        parent=parts.parent.job if parts.parent else None,
        is_queued=is_queued,
    )


def _write_rows(run: Run, parts: Parts) -> None:
    Param.objects.bulk_create(
        Param(run=run, key=key, value=value) for key, value in words.clean_params(parts.job.literals).items()
    )
    Tag.objects.bulk_create(
        Tag(run=run, key=key, value=value or "") for key, value in words.clean_tags(parts.job.tags).items()
    )
    for item in parts.inputs:
        item.run = run
    RunInput.objects.bulk_create(parts.inputs)
    outputs.write_outputs(run=run, kept=parts.outputs)
    for item in parts.inputs:
        if item.data_version_id is not None:
            source = Thing("data_version", str(item.data_version_id))
            lineage.link(workspace=run.workspace, source=source, target=Thing("run", run.pk), verb="read")
    if parts.environment_version is not None:
        source = Thing("environment_version", str(parts.environment_version.pk))
        lineage.link(workspace=run.workspace, source=source, target=Thing("run", run.pk), verb="ran_in")


def _spec(run: Run, parts: Parts) -> dict[str, Any]:
    """What the runner must know and only this part knows, as `JobSpec` names it."""
    job = parts.job
    given = {item.name: item for item in parts.inputs}
    definition = definitions.Definition.from_json(parts.environment.definition)
    return {
        "name": run.name,
        "command": job.command,  # the runner puts the inputs in, quoted for its shell
        "snapshot": parts.snapshot.digest if parts.snapshot else "",
        "inputs": {name: _input_spec(spec, given[name]) for name, spec in job.inputs.items() if name in given},
        "outputs": {name: _output_spec(spec) for name, spec in job.outputs.items()},
        # Environments that differ in an image or a variable share the folder of their packages.
        "environment": {**definition.to_json(), "digest": definition.venv_digest},
        "environment_variables": {**definition.variables, **job.environment_variables},
        "resources": dict(job.resources),
        "timeout_seconds": job.timeout_seconds,
    }


def _input_spec(spec: InputSpec, given: RunInput) -> dict[str, Any]:
    if not spec.is_data:
        value = str(spec.value) if isinstance(spec.value, bool) else spec.value
        return {"type": spec.type, "mode": "direct", "value": value}
    mode = MODES.get(spec.mode, spec.mode) or "ro_mount"
    if given.uri:
        return {"type": spec.type, "mode": mode, **sources.spec_of(given)}
    digest = given.snapshot.digest if given.snapshot else given.blob.sha256 if given.blob else ""
    name = PurePosixPath(spec.path.replace("\\", "/")).name or given.name
    return {"type": spec.type, "mode": mode, "path": name, "digest": digest}


def _output_spec(spec: OutputSpec) -> dict[str, Any]:
    return {"type": spec.type, "mode": spec.mode, **({"data": True} if spec.is_data else {})}


def _record_submission(actor: User | None, run: Run) -> None:
    activity.record(
        actor=actor,
        workspace=run.workspace,
        verb="run.submitted",
        subject=run.subject,
        label=run.name,
        url=run.get_absolute_url(),
    )
