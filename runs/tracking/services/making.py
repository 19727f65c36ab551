"""Making a run of parts that are known to be good."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from compute.jobs import services as jobs
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
from studio import rows
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.lineage import services as lineage
from studio.lineage.things import Thing
from studio.live import pacing, topics
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
    run = _run_row(actor, workspace, parts)
    _write_rows([(run, parts)])
    run.job = jobs.create_job(**_job_of(actor, run, parts))
    run.save(update_fields=["job"])
    if queue:
        jobs.enqueue(actor=actor, job=run.job)
        run.refresh_from_db(fields=["state"])
        _record_submission(actor, run)
    publish(topics.workspace(workspace.slug), "runs")
    return run


def make_steps(*, actor: User | None, workspace: Workspace, each: Sequence[Parts]) -> list[Run]:
    """Runs that carry out steps of a pipeline, perhaps a thousand: in their queues from the start, by few statements.

    Nobody is told of each: what carries the steps out tells of them all. The caller holds the transaction.
    """
    runs = [_run_of(actor, workspace, parts) for parts in each]
    for run, parts in zip(runs, each, strict=True):
        run.state = RunState.QUEUED
        run.job = jobs.new_job(**_job_of(actor, run, parts))
    jobs.queue_all(actor=actor, jobs=[run.job for run in runs if run.job is not None])
    rows.insert(runs)
    _write_rows(list(zip(runs, each, strict=True)))
    pacing.publish_paced(topics.workspace(workspace.slug), "runs")
    return runs


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


def _job_of(actor: User | None, run: Run, parts: Parts) -> dict[str, Any]:
    return {
        "actor": actor,
        "workspace": run.workspace,
        "target": parts.target,
        "kind": "run",
        "title": run.name,
        "spec": _spec(run, parts),
        "priority": PRIORITIES[parts.job.priority],
        "slots": int(parts.job.resources.get("slots") or 1),
        "parent": parts.parent.job if parts.parent else None,
    }


def _write_rows(made: Sequence[tuple[Run, Parts]]) -> None:
    """The rows below the runs, by a statement for each kind."""
    inputs = [(run, item) for run, parts in made for item in parts.inputs]
    for run, item in inputs:
        item.run = run
    params = [
        Param(run=run, key=key, value=value)
        for run, parts in made
        for key, value in words.clean_params(parts.job.literals).items()
    ]
    tags = [
        Tag(run=run, key=key, value=value or "")
        for run, parts in made
        for key, value in words.clean_tags(parts.job.tags).items()
    ]
    for some in (params, tags, [item for _, item in inputs]):
        rows.insert(some)
    outputs.write_outputs((run, parts.outputs) for run, parts in made)
    read = [(run, "data_version", item.data_version_id, "read") for run, item in inputs]
    ran_in = [(run, "environment_version", _version_of(parts), "ran_in") for run, parts in made]
    lineage.link_all(
        workspace=made[0][0].workspace,
        edges=[(Thing(kind, str(pk)), Thing("run", run.pk), verb) for run, kind, pk, verb in [*read, *ran_in] if pk],
    )


def _version_of(parts: Parts) -> int | None:
    return parts.environment_version.pk if parts.environment_version is not None else None


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
