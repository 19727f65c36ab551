"""Whether a step has been done before: the key that says so, the step to take over, and the sentence that says why or why not."""

import re
from collections.abc import Mapping
from typing import Any

from registry.data.datastores import opening
from registry.environments.models import Environment
from runs.pipelines.engine import pinning, values
from runs.pipelines.engine.commands import Order
from runs.pipelines.engine.values import Given
from runs.pipelines.engine.work import Work
from runs.pipelines.models import Step, StepState
from runs.tracking.data import storing
from runs.tracking.data.models import RunOutput
from studio import prepared
from studio.errors import StudioError

KEPT = (RunOutput.State.STORED, RunOutput.State.REGISTERED)
CANDIDATES = 3
_KNOWN = f"""SELECT DISTINCT "reuse_key" FROM "runs_step" WHERE "state" = '{StepState.COMPLETED}'"""
_VERSION = re.compile(r"(?P<name>.+):(?P<version>[^:]+)\Z")


def key_of(order: Order, environment: Environment) -> str:
    """What equal steps have in common; empty where an input has no hash, so that nobody can say."""
    if any(not given.get("hash") for given in order.data.values()):
        return ""
    outputs = {name: [spec.type, spec.name] for name, spec in order.job.outputs.items()}
    hashes = {name: given["hash"] for name, given in order.data.items()}
    return pinning.digest_of([order.identity, dict(order.parameters), hashes, environment.digest, outputs])


def why_never(work: Work, order: Order, key: str) -> str:
    """The sentence about a step that must not be taken over; empty where it may."""
    if work.pipeline_run.is_forced or work.settings.get("force_rerun"):
        return "Not reused: this run was asked to do every step again."
    if not order.is_deterministic:
        return "Not reused: the component is not deterministic, so it may give another result each time."
    if key:
        return ""
    name = next(name for name, given in order.data.items() if not given.get("hash"))
    return f"Not reused: the input {name} lies outside of the studio's keeping, so nobody can say whether it changed."


def known(keys: set[str]) -> set[str]:
    """Those of the keys under which some step has completed, anywhere: only these are worth a closer look."""
    wanted = sorted(keys - {""})
    if not wanted:
        return set()
    marks = ", ".join(["%s"] * len(wanted))
    return {key for (key,) in prepared.all_rows(f'{_KNOWN} AND "reuse_key" IN ({marks})', wanted)}


def find(work: Work, key: str) -> Step | None:
    """The latest completed step of the workspace with this key whose outputs still lie there."""
    rows = Step.objects.filter(reuse_key=key, state=StepState.COMPLETED, pipeline_run__run__workspace=work.workspace)
    rows = rows.filter(pipeline_run__run__deleted_at=None).select_related("run", "reused_from__run")
    rows = rows.defer("node", "inputs", "run__definition", "reused_from__node", "reused_from__run__definition")
    for step in rows.order_by("-ended_at")[:CANDIDATES]:
        if lies_there(step):
            return step
    return None


def origin_of(step: Step) -> Step:
    """The step whose run made the outputs, through however many that took them over."""
    return step.reused_from if step.reused_from is not None else step


def note_of(found: Step) -> str:
    return f"Reused from step {found.path} of run {found.pipeline_run_id}: the same component, inputs and parameters."


def why_not(work: Work, step: Step, order: Order, given: Mapping[str, Given], environment: Environment) -> str:
    """What differs from the step that did this last."""
    before = _last(work, step)
    if before is None:
        return "Not reused: nothing like it was done before."
    if difference := _difference(before, step, given, environment):
        return f"Not reused: {difference}."
    if before.state != StepState.COMPLETED:
        return f"Not reused: the step {before.path} of run {before.pipeline_run_id} did not complete."
    return f"Not reused: what the step {before.path} of run {before.pipeline_run_id} left is no longer there."


def _last(work: Work, step: Step) -> Step | None:
    if work.previous is None:
        return None
    rows = Step.objects.filter(pipeline_run=work.previous).exclude(reuse_key="").select_related("run")
    same = rows.filter(path=step.path).first()
    if same is not None or not step.component:
        return same
    name = _name_and_version(step.component)[0]
    return rows.filter(component__startswith=f"{name}:").order_by("-ended_at").first()


def _difference(before: Step, step: Step, given: Mapping[str, Given], environment: Environment) -> str:
    if before.component != step.component:
        return _component_difference(before.component, step.component)
    for name in sorted({*before.inputs, *given}):
        if sentence := _input_difference(name, before.inputs.get(name), given.get(name)):
            return sentence
    ran = before.run or (before.reused_from.run if before.reused_from else None)
    if ran is not None and ran.environment_id != environment.pk:
        return "its environment is another one"
    inline = ("command", "code", "outputs", "environment_variables")
    if not step.component and any(before.node.get(word) != step.node.get(word) for word in inline):
        return "its command, its code or its outputs changed"
    return ""


def _component_difference(before: str, now: str) -> str:
    (name, version), (other, latest) = _name_and_version(before), _name_and_version(now)
    if name == other:
        return f"the component was version {version}, now {latest}"
    return f"the component was {before or 'an inline command'}, now {now or 'an inline command'}"


def _name_and_version(reference: str) -> tuple[str, str]:
    found = _VERSION.fullmatch(reference)
    return (found["name"], found["version"]) if found else (reference, "")


def _input_difference(name: str, before: Given | None, now: Given | None) -> str:
    kind = "input" if values.is_data(now or before or {}) else "parameter"
    if before is None or now is None:
        return f"the {kind} {name} was {'not given' if before is None else 'given'} before, {'and' if before is None else 'now it'} is {'now' if before is None else 'not'}"
    if kind == "input":
        return "" if before.get("hash") == now.get("hash") else f"the input {name} holds other data"
    old, new = before.get("value"), now.get("value")
    if old == new:
        return ""
    short = max(len(str(old)), len(str(new))) <= 80
    return f"the parameter {name} was {old}, now {new}" if short else f"the parameter {name} was changed"


def lies_there(step: Step) -> bool:
    """Whether everything that the step left is still where it was put."""
    origin = origin_of(step)
    if origin.kind == Step.Kind.BRANCH:
        return True
    if origin.kind in (Step.Kind.PIPELINE, Step.Kind.LOOP):
        return _makers_lie_there(origin)
    run, before = (origin.run, "") if origin.kind == Step.Kind.COMMAND else (origin.pipeline_run.run, f"{origin.path}.")
    if run is None or run.deleted_at is not None:
        return False
    # What rounds left as values is in the step itself; a run's values are in its files.
    data = {
        f"{before}{name}"[:250]
        for name, one in origin.outputs.items()
        if "uri" in one or (not before and "value" in one)
    }
    rows = {row.name: row for row in run.outputs.filter(name__in=data, state__in=KEPT).select_related("datastore")}
    return all(name in rows and _is_there(rows[name]) for name in data)


def _makers_lie_there(holder: Step) -> bool:
    """Of a nested pipeline or a loop: the steps below it whose outputs are its own."""
    if holder.pipeline_run.run.deleted_at is not None:
        return False
    below = Step.objects.filter(pipeline_run=holder.pipeline_run_id, state=StepState.COMPLETED)
    below = below.select_related("run", "reused_from__run", "pipeline_run__run")
    if holder.kind == Step.Kind.LOOP:
        last = below.filter(parent=holder).order_by("-position").first()
        return last is not None and lies_there(last)
    paths = {one.get("from", {}).get("step", "") for one in holder.outputs.values()}
    found = list(below.filter(path__in=paths))
    return len(found) == len(paths) and all(map(lies_there, found))


def _is_there(output: RunOutput) -> bool:
    first = output.files.order_by("path").first()
    if output.datastore is None or first is None:
        return False
    try:
        entry: Any = opening.file_store(output.datastore).stat(storing.place_of(output, first.path))
    except (StudioError, OSError):
        return False
    return entry is not None and not entry.is_dir
