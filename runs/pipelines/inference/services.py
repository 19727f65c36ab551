"""Inference pipelines: made of what a training run learned."""

from collections.abc import Mapping
from typing import Any

from atelier.components.inference import deriving
from atelier.components.inference.training_graph import TrainingGraph, Unturnable

from runs.components import declared
from runs.pipelines.drafts import services as drafts
from runs.pipelines.models import Pipeline, PipelineRun, StepState
from runs.tracking.models import RunState
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict, Invalid, NotFound

KINDS = {Pipeline.Purpose.REALTIME.value: deriving.REAL_TIME, Pipeline.Purpose.BATCH.value: deriving.BATCH}
KEPT_BY_ENGINE = ("resolved", "pinned", "sent", "sent_files")


def create_inference(*, actor: User, pipeline_run: PipelineRun, kind: str, node: str = "", name: str = "") -> Pipeline:
    """A pipeline of the purpose `kind` ("realtime" or "batch"), with what the run learned as its inputs.

    `node` names the step that scores, where there are several. Raises Conflict for a run that has not completed, Invalid
    `not_turnable` with one sentence for a pipeline that can't be turned; then nothing is made.
    """
    if kind not in KINDS:
        raise Invalid("bad_kind", f"{kind[:40]!r} is no kind of inference pipeline: realtime and batch are.")
    run = pipeline_run.run
    if run.state != RunState.COMPLETED:
        raise Conflict("run_not_completed", f"This run is {run.state}: what it learned is known once it has completed.")
    document = {key: value for key, value in pipeline_run.document.items() if key not in KEPT_BY_ENGINE}
    try:
        derived = deriving.derive(
            document, _declarations(run.workspace, document), _learned(pipeline_run), kind=KINDS[kind], node=node
        )
    except Unturnable as error:
        raise Invalid(
            "not_turnable", error.sentence, fields={"node": error.sentence} if error.node else None
        ) from error
    return drafts.create(
        actor=actor,
        workspace=run.workspace,
        name=name,
        document=derived,
        purpose=kind,
        made_of=pipeline_run.pipeline,
    )


def scoring_steps(*, pipeline_run: PipelineRun) -> list[tuple[str, str]]:
    """The name and the label of every step an inference pipeline can be made to answer with."""
    jobs = pipeline_run.document.get("jobs") or {}
    found = TrainingGraph(pipeline_run.document, {}).scorers()
    return [(name, str(jobs[name].get("display_name") or name)) for name in found]


def _declarations(workspace: Workspace, document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """What the document's components declare, by the reference it names them with."""
    found = {}
    for job in (document.get("jobs") or {}).values():
        reference = job.get("component")
        if isinstance(reference, str) and reference not in found:
            try:
                found[reference] = declared.find(workspace, reference).declaration
            except NotFound:
                continue  # deleted since: the derivation says where it is missed
    return found


def _learned(pipeline_run: PipelineRun) -> dict[str, dict[str, dict[str, str]]]:
    """Where the outputs of the run lie, by node and port, as data inputs of a pipeline."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for step in pipeline_run.steps.filter(parent=None, state=StepState.COMPLETED):
        for port, made in step.outputs.items():
            if isinstance(made, dict) and made.get("uri"):
                found.setdefault(step.name, {})[port] = {"type": _data_type(made), "path": str(made["uri"])}
    return found


def _data_type(made: Mapping[str, Any]) -> str:
    """An input's type in a pipeline file: a stored value of the studio's components is a folder."""
    said = str(made.get("type") or "")
    return said if said.startswith(("uri_", "mltable", "mlflow_", "custom_", "triton_")) else "uri_folder"
