"""The inputs a pipeline is run with, and which of its steps: judged before anything is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from runs.components.files import interface
from runs.pipelines.document import taken
from runs.pipelines.engine import planning, queries, reuse, values
from runs.pipelines.engine.values import Given
from runs.pipelines.models import Pipeline, PipelineRun, Step, StepState
from runs.tracking.jobfile.problems import did_you_mean
from studio.access.models import Workspace
from studio.errors import Conflict, Invalid, NotFound

ONE, FROM, UPTO = "one", "from", "upto"
WHICH = (ONE, FROM, UPTO)


def inputs(
    workspace: Workspace, document: Mapping[str, Any], given: Mapping[str, Any], sent: Mapping[str, str]
) -> dict[str, Given]:
    """Every input of the pipeline as its steps will be given it. Raises Invalid naming each that is wrong."""
    declared = document.get("inputs") or {}
    wrong = {
        name: f"The pipeline has no input {name[:60]!r}.{did_you_mean(name, declared)}"
        for name in given
        if name not in declared
    }
    found: dict[str, Given] = {}
    for name, spec in declared.items():
        try:
            one = _input(workspace, name, taken.as_taken(document, name, spec, given.get(name)), given.get(name), sent)
        except (Invalid, NotFound, Conflict) as error:
            wrong[name] = error.message
            continue
        if one is not None:
            found[name] = one
    if wrong:
        raise Invalid(
            "invalid_inputs", next(iter(wrong.values())), hint="Nothing was started.",
            fields={f"inputs.{name[:60]}": sentence for name, sentence in wrong.items()},
        )  # fmt: skip
    return found


def _input(workspace: Workspace, name: str, spec: Any, value: Any, sent: Mapping[str, str]) -> Given | None:
    if not isinstance(spec, Mapping):
        spec = {"type": values.type_of(spec), "default": spec}
    kind = str(spec.get("type") or "")
    if kind in values.LITERALS:
        return _literal(name, spec, kind, value)
    if isinstance(value, Mapping) and ("uri" in value or "digest" in value):
        return dict(value)  # found for an earlier run
    named = value if value not in (None, "") else {key: spec[key] for key in ("type", "path", "mode") if spec.get(key)}
    if isinstance(named, Mapping) and not named.get("path"):
        _require_optional(name, spec)
        return None
    if not isinstance(named, str | Mapping):
        raise Invalid("bad_value", f"The input {name} is data: give its path, such as azureml:cars@latest.")
    if isinstance(named, str) and not values.means_data(named):
        raise Invalid("bad_value", f"The input {name} is data, and {named[:80]!r} names none: give azureml:NAME@latest, a place of a datastore or an https address.")  # fmt: skip
    if isinstance(named, str) and kind:
        named = {"type": kind, "path": named}
    return values.data(workspace, named, kind, sent, name)


def _literal(name: str, spec: Mapping[str, Any], kind: str, value: Any) -> Given | None:
    plain = values.plain(value) if value is not None else spec.get("default", spec.get("value"))
    if plain is None:
        _require_optional(name, spec)
        return None
    if isinstance(plain, list | Mapping):
        raise Invalid("bad_value", f"The input {name} is one {kind}, not a list or a mapping.")
    if sentence := interface.misfit(plain, dict(spec), f"The input {name}"):
        raise Invalid("out_of_range", sentence)
    return values.literal(interface.as_type(plain, kind), kind)


def _require_optional(name: str, spec: Mapping[str, Any]) -> None:
    if not spec.get("optional"):
        raise Invalid("missing_input", f"The input {name} is not given.")


@dataclass(frozen=True, slots=True)
class Asked:
    """A part of a pipeline: the columns of the steps that have their end from the start, and the run that is gone on with."""

    ended: dict[str, dict[str, Any]]
    rerun_of: PipelineRun | None = None


def part(
    workspace: Workspace, document: Mapping[str, Any], only: Mapping[str, Any] | None, pipeline: Pipeline | None
) -> Asked:
    """What `only` means here. Raises Invalid for what is not there, Conflict where a step that is left out never ran."""
    if not only:
        return Asked({})
    planned = planning.plan(document.get("jobs") or {}, document.get("pinned") or {})
    if only.get("rerun_of"):
        return _again(workspace, str(only["rerun_of"]), planned)
    name, which = str(only.get("node") or ""), str(only.get("which") or ONE)
    name = planning.body_owners(document.get("jobs") or {}).get(name, name)
    known = {one.name: one for one in planned}
    if name not in known:
        raise Invalid("unknown_node", f"The pipeline has no node {name[:80]!r}.{did_you_mean(name, known)}")
    if which not in WHICH:
        raise Invalid("bad_value", f"Only {', '.join(WHICH)} can be asked for, not {which[:40]!r}.")
    wanted = {
        ONE: lambda: {name},
        FROM: lambda: planning.below(planned, name),
        UPTO: lambda: planning.above(planned, name),
    }[which]()
    needed = {need for one in planned if one.name in wanted for need in one.needs} - wanted
    ended = {
        other: _taken(workspace, known[other], pipeline, name) if other in needed else _left_out(name)
        for other in known
        if other not in wanted
    }
    return Asked(ended)


def _taken(workspace: Workspace, one: planning.Planned, pipeline: Pipeline | None, name: str) -> dict[str, Any]:
    """What a step left when it ran last."""
    found = queries.latest_step(workspace, one.name, one.node, pipeline)
    if found is None:
        raise Conflict(
            "step_never_ran", f"{one.name} has not run yet, so there is nothing to give to {name}.",
            hint="Run the pipeline up to here first.",
        )  # fmt: skip
    return _over(
        found, f"Taken from run {found.pipeline_run_id}, where it ran last: only a part of the pipeline was asked for."
    )


def _left_out(name: str) -> dict[str, Any]:
    problem = f"It was not asked for: only a part of the pipeline, at {name}, was."
    return {"state": StepState.SKIPPED, "problem": problem[:1000], "ended_at": timezone.now()}


def _again(workspace: Workspace, run_id: str, planned: list[planning.Planned]) -> Asked:
    """What completed in an earlier run is taken from it; a branch decides again."""
    before = PipelineRun.objects.filter(pk=run_id[:12], run__workspace=workspace).select_related("run").first()
    if before is None:
        raise NotFound("not_found", f"There is no pipeline run {run_id[:40]!r} in this workspace.")
    rows = Step.objects.filter(pipeline_run=before, parent=None, state=StepState.COMPLETED).exclude(
        kind=Step.Kind.BRANCH
    )
    done = {step.name: step for step in rows.select_related("run", "reused_from__run")}
    ended: dict[str, dict[str, Any]] = {}
    for one in planning.order(planned):
        found = done.get(one.name)
        guards = {need for need in one.needs if need not in ended and need in done}
        if found is not None and not guards and _is_same(found, one) and reuse.lies_there(found):
            ended[one.name] = _over(found, f"Taken from run {run_id}, where it had completed.")
    return Asked(ended, before)


def _is_same(step: Step, one: planning.Planned) -> bool:
    return {**step.node, "port_types": None, "body_node": None} == {
        **one.node,
        "port_types": None,
        "body_node": None,
    }


def _over(found: Step, note: str) -> dict[str, Any]:
    now = timezone.now()
    return {
        "state": StepState.COMPLETED,
        "outputs": found.outputs,
        "inputs": found.inputs,
        "reused_from": reuse.origin_of(found),
        "reuse_note": note[:1000],
        "ended_at": now,
    }
