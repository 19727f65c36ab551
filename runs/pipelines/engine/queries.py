"""Reads about pipeline runs and their steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runs.pipelines.engine import pinning, reuse
from runs.pipelines.models import Pipeline, PipelineRun, Step, StepState
from runs.tracking.data.models import RunOutput
from runs.tracking.models import Run
from studio.access.models import Workspace
from studio.errors import NotFound

CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class Place:
    """What a step left at a port: data that lies at `uri` (and the row that knows its files), or a `value`."""

    step: Step
    port: str
    type: str
    uri: str = ""
    value: Any = None
    output: RunOutput | None = None


def pipeline_run_of(run: Run) -> PipelineRun:
    """What a parent run carries out. Raises NotFound for a run that is none of a pipeline."""
    rows = PipelineRun.objects.filter(pk=run.pk)
    found = rows.select_related("run__workspace", "run__experiment", "run__created_by", "pipeline", "version").first()
    if found is None:
        raise NotFound("not_found", f"The run {run.name} is no run of a pipeline.")
    return found


def steps_of(run: Run) -> list[Step]:
    """All steps of a pipeline's run, as tables show them: what stands below a step follows it."""
    rows = Step.objects.filter(pipeline_run=run.pk).select_related("run__job", "reused_from")
    below: dict[int | None, list[Step]] = {}
    for step in rows.order_by("position", "id"):
        below.setdefault(step.parent_id, []).append(step)
    found: list[Step] = []
    waiting = below.get(None, [])[::-1]
    while waiting:
        step = waiting.pop()
        found.append(step)
        waiting += below.get(step.pk, [])[::-1]
    return found


def needs_of(run: Run) -> dict[int, list[str]]:
    """The paths of what each step waits for, by the step's id."""
    found: dict[int, list[str]] = {}
    rows = Step.objects.filter(pipeline_run=run.pk, needs__isnull=False)
    for pk, path in rows.order_by("needs__needed__position", "pk").values_list("pk", "needs__needed__path"):
        found.setdefault(pk, []).append(path)
    return found


def step_at(run: Run, path: str) -> Step:
    """The step of this path. Raises NotFound."""
    rows = Step.objects.filter(pipeline_run=run.pk, path=path)
    found = rows.select_related("run__job", "reused_from__run", "pipeline_run__run").first()
    if found is None:
        raise NotFound("not_found", f"The pipeline run has no step {path[:100]!r}.")
    return found


def output_of(step: Step, port: str) -> Place:
    """What went out of a port. Raises NotFound where nothing did, or not yet."""
    found = (step.outputs or {}).get(port)
    if found is None:
        state = "has left" if step.is_finished else "has not left"
        raise NotFound("not_found", f"The step {step.path} {state} nothing at {port[:100]!r}." if step.is_finished else f"The step {step.path} {state} anything at {port[:100]!r} yet.")  # fmt: skip
    rows = RunOutput.objects.filter(uri=found["uri"]) if found.get("uri") else RunOutput.objects.none()
    workspace = step.pipeline_run.run.workspace_id
    output = rows.filter(run__workspace=workspace).select_related("datastore__workspace", "run").order_by("-pk").first()
    return Place(step, port, str(found.get("type", "")), str(found.get("uri", "")), found.get("value"), output)


def latest_output(
    workspace: Workspace, document: Mapping[str, Any], node: str, port: str, pipeline: Pipeline | None = None
) -> Place | None:
    """What went through a wire last: out of the node's port when a step that does the same completed; None where none did."""
    wanted = (document.get("jobs") or {}).get(node)
    if wanted is None:
        return None
    step = latest_step(workspace, node, wanted, pipeline)
    return output_of(step, port) if step is not None and port in step.outputs else None


def latest_step(workspace: Workspace, name: str, node: Mapping[str, Any], pipeline: Pipeline | None) -> Step | None:
    """The latest completed step of this name that its pipeline made, or else one of the same node, whose outputs lie there."""
    rows = Step.objects.filter(
        pipeline_run__run__workspace=workspace,
        pipeline_run__run__deleted_at=None,
        parent=None,
        path=name,
        state=StepState.COMPLETED,
    )
    rows = rows.select_related("run", "reused_from__run", "pipeline_run__run").order_by("-ended_at")
    if pipeline is not None:
        rows = rows.filter(pipeline_run__pipeline=pipeline)
    wanted = _told(node)
    found = [step for step in rows[:CANDIDATES] if pipeline is not None or _told(step.node) == wanted]
    return next((step for step in found if reuse.lies_there(step)), None)


def _told(node: Mapping[str, Any]) -> str:
    """What decides about a node, its version left out: a draft names the newest, a run the one it had."""
    kept = {key: node.get(key) for key in ("type", "inputs", "command")}
    component = node.get("component")
    name = component.rpartition(":")[0] if isinstance(component, str) and component.count(":") > 1 else component
    return pinning.digest_of([kept, name])
