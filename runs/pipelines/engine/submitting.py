"""From a document to a run under way: everything is made in one transaction, or nothing is."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from runs.pipelines.deploying import rights
from runs.pipelines.document import checking, reading
from runs.pipelines.document.problems import InvalidPipeline
from runs.pipelines.engine import asking, expanding, pinning, sending, tasks, values
from runs.pipelines.engine.sending import Sent
from runs.pipelines.engine.values import Given
from runs.pipelines.models import Pipeline, PipelineEndpoint, PipelineRun, PipelineVersion
from runs.tracking import owners, state
from runs.tracking.jobfile.command import CommandJob
from runs.tracking.models import Param, Run, RunInput, RunState, Tag
from runs.tracking.names import new_run_name
from runs.tracking.services import attached, experiments, git_facts, secret_names, words
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Invalid
from studio.lineage import services as lineage
from studio.lineage.things import Thing

AT_ONCE = 8
MAX_VALUE = 6000
OWN = ("resolved", "pinned", "sent", "sent_files")  # what the engine keeps beside a document


@dataclass(frozen=True, slots=True)
class Plan:
    """What is going to be run, once it is known to be good."""

    document: dict[str, Any]
    inputs: dict[str, Given]
    asked: asking.Asked
    experiment: str
    name: str


def submit(
    *,
    actor: User,
    workspace: Workspace,
    document: Mapping[str, Any],
    inputs: Mapping[str, Any] | None = None,
    pipeline: Pipeline | None = None,
    version: PipelineVersion | None = None,
    endpoint: PipelineEndpoint | None = None,
    origin: str = "api",
    experiment: str = "",
    name: str = "",
    compute: str = "",
    is_forced: bool | None = None,
    only: Mapping[str, Any] | None = None,
    sent: Sent | None = None,
    open_secrets: frozenset[str] | None = None,
) -> Run:
    """A run of the pipeline, under way. Raises Invalid with every problem of the document; then nothing is made.

    `only`: {"node": "train", "which": "one" | "from" | "upto"}, or {"rerun_of": <run id>}: what completed there is taken.
    `is_forced` reuses nothing; None leaves that to the document. Its steps may name the secrets in `open_secrets` (None: all).
    A caller whose secrets are bounded is a job: it may have no model deployed.
    """
    sent = sent or Sent()
    checked = _checked(actor, workspace, document, sent, open_secrets, compute)
    plan = Plan(
        document=checked,
        inputs=asking.inputs(workspace, checked, inputs or {}, sent.digests),
        asked=asking.part(workspace, checked, only, pipeline),
        experiment=_experiment(experiment or checked.get("experiment_name") or "", pipeline),
        name=_name(name or checked.get("display_name") or (pipeline.name if pipeline else "")),
    )
    of = {"pipeline": pipeline, "version": version, "endpoint": endpoint, "origin": origin}
    return _make(actor, workspace, plan, sent, {**of, **_options(plan.document, is_forced)})


def _make(actor: User, workspace: Workspace, plan: Plan, sent: Sent, columns: Mapping[str, Any]) -> Run:
    """The rows of it all, and the first wake-up."""
    with transaction.atomic():
        run = _run(actor, workspace, plan, sent)
        facts = {"document": plan.document, "inputs": plan.inputs, "rerun_of": plan.asked.rerun_of}
        pipeline_run = PipelineRun.objects.create(run=run, **facts, **columns)
        jobs = plan.document.get("jobs") or {}
        expanding.write_level(pipeline_run, jobs, document=plan.document, ended=plan.asked.ended)
        attached.announce(actor=actor, run=run)
        state.hint(run)
        tasks.advance.delay_on_commit(run.pk)
    return run


def _checked(
    actor: User,
    workspace: Workspace,
    document: Mapping[str, Any],
    sent: Sent,
    open_secrets: frozenset[str] | None,
    compute: str,
) -> dict[str, Any]:
    """The document in normal form with its components pinned. Raises Invalid for all that is wrong with it, Denied."""
    read = reading.read_object({key: value for key, value in document.items() if key not in OWN}, sent.files)
    problems = list(read.problems) or checking.check(workspace, read.document)
    if problems:
        raise InvalidPipeline(problems)
    if not read.document.get("jobs"):
        raise Invalid("pipeline_empty", "The pipeline has no steps yet.", hint="Add a component first.")
    digests = {**(document.get("sent") or {}), **sent.digests}
    files = {**(document.get("sent_files") or {}), **sent.files}
    sending.require(workspace, read.needs, replace(sent, data=digests))
    found = pinning.pin(workspace, read.document)
    _check_secrets(workspace, found, open_secrets)
    rights.check(actor=actor, workspace=workspace, references=found["pinned"], is_job=open_secrets is not None)
    if compute:
        found["settings"] = {**(found.get("settings") or {}), "default_compute": compute}
    return {**found, "sent": digests, "sent_files": files}


def _check_secrets(workspace: Workspace, document: Mapping[str, Any], open_secrets: frozenset[str] | None) -> None:
    """The secrets that its steps name are there, and are the caller's to use."""
    holders = [*(document.get("jobs") or {}).values()]
    holders += [pin["definition"] for pin in document["pinned"].values() if pin.get("definition")]
    while holders:
        holder = holders.pop()
        component = holder.get("component")
        holders += [component] if isinstance(component, dict) else []
        holders += [*(holder.get("jobs") or {}).values()]
        given = holder.get("environment_variables") or {}
        if given:
            variables = {str(key): str(value) for key, value in given.items()}
            job = CommandJob(command="", environment_variables=variables, file_name="pipeline")
            secret_names.check(workspace=workspace, job=job, open_to=open_secrets)


def _options(document: Mapping[str, Any], is_forced: bool | None) -> dict[str, Any]:
    settings = document.get("settings") or {}
    return {
        "at_once": int(settings.get("max_concurrency") or AT_ONCE),
        "goes_on": bool(settings.get("continue_on_step_failure")),
        "is_forced": bool(settings.get("force_rerun")) if is_forced is None else is_forced,
    }


def _experiment(path: str, pipeline: Pipeline | None) -> str:
    """Where it is collected: as asked, else under the pipeline's name where that can be a path."""
    if path:
        return experiments.clean_path(path)
    try:
        return experiments.clean_path(pipeline.name) if pipeline is not None else experiments.DEFAULT_PATH
    except Invalid:
        return experiments.DEFAULT_PATH


def _name(name: str) -> str:
    return words.clean_name(name, field="display_name") if name.strip() else new_run_name()


def _run(actor: User, workspace: Workspace, plan: Plan, sent: Sent) -> Run:
    """The parent run with what people search and show of it."""
    document = plan.document
    literals = {name: one["value"] for name, one in plan.inputs.items() if "value" in one}
    short = {name: value for name, value in literals.items() if len(str(value)) <= MAX_VALUE}
    params = words.clean_params(short)
    tags = words.clean_tags(document.get("tags") or {})
    run = Run.objects.create(
        workspace=workspace,
        experiment=experiments.ensure_experiment(actor=actor, workspace=workspace, path=plan.experiment),
        name=plan.name,
        description=words.clean_text(document.get("description") or "", field="description", limit=20_000),
        state=RunState.RUNNING,
        created_by=actor,
        started_at=timezone.now(),
        source=owners.PIPELINE,
        git=git_facts.clean(dict(sent.git)),
    )
    Param.objects.bulk_create(Param(run=run, key=key, value=value) for key, value in params.items())
    Tag.objects.bulk_create(Tag(run=run, key=key, value=value or "") for key, value in tags.items())
    rows = [_input_row(run, name, one) for name, one in plan.inputs.items()]
    RunInput.objects.bulk_create(rows)
    for row in rows:
        if row.data_version_id is not None:
            source = Thing("data_version", str(row.data_version_id))
            lineage.link(workspace=workspace, source=source, target=Thing("run", run.pk), verb="read")
    return run


def _input_row(run: Run, name: str, given: Given) -> RunInput:
    shown = given["value"] if "value" in given else given.get("path") or given.get("uri") or ""
    row = RunInput(run=run, name=name[:250], type=given["type"], value=str(shown)[:MAX_VALUE])
    if values.is_data(given):
        row.uri, row.data_version_id = str(given.get("uri") or ""), given.get("version")
    return row
