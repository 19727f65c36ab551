"""Steps that hold steps: nested pipelines, branches and loops begin what is below them, and end when it has ended."""

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from runs.pipelines.engine import ending, expanding, planning, resolving, rounds, state, values, wires
from runs.pipelines.engine.resolving import Scope
from runs.pipelines.engine.values import Given
from runs.pipelines.engine.work import Work
from runs.pipelines.models import Step, StepState
from studio.errors import Invalid, StudioError

S, Kind = StepState, Step.Kind
HOLDERS = (Kind.PIPELINE, Kind.LOOP, Kind.EACH)
MOST_ROUNDS = 1000


def begin(work: Work, step: Step) -> bool:
    """Begin a ready step that has no run of its own. What can't be begun fails, and says why."""
    try:
        return _BEGIN[Kind(step.kind)](work, step)
    except StudioError as error:
        said = " ".join(part for part in (error.message, error.hint) if part)
        return state.move(step, to=S.FAILED, problem=said[:1000])


def look_after(work: Work) -> bool:
    """End, or lead to the next round, the holders below which nothing is left to do. Answers whether one moved."""
    moved = False
    for step in _idle(work):
        try:
            moved |= _end(work, step)
        except StudioError as error:
            moved |= state.move(step, to=S.FAILED, problem=error.message[:1000])
    return moved


def _idle(work: Work) -> "QuerySet[Step]":
    below = Step.objects.filter(parent=OuterRef("pk"), state__in=state.OPEN)
    rows = Step.objects.filter(pipeline_run=work.pipeline_run, state=S.RUNNING, kind__in=HOLDERS)
    return rows.filter(~Exists(below)).select_related("parent")


def _begin_branch(work: Work, step: Step) -> bool:
    node = step.node
    scope = Scope(work, step, {"condition": node.get("condition")})
    is_true = _truth(work, scope, node.get("condition"))
    left = planning.blocks_of(node, "false_block" if is_true else "true_block")
    taken = set(planning.blocks_of(node, "true_block" if is_true else "false_block"))
    beside = Step.objects.filter(pipeline_run=work.pipeline_run, parent=step.parent_id, name__in=set(left) - taken)
    with transaction.atomic():
        if not ending.complete(step, {"branch": values.literal(is_true)}):
            return False
        problem = f"The branch was not taken: the condition of {step.path} was {str(is_true).lower()}."
        ids = list(beside.values_list("pk", flat=True))
        state.move_all(ids, run_id=step.pipeline_run_id, to=S.SKIPPED, problem=problem[:1000])
    return True


def _begin_pipeline(work: Work, step: Step) -> bool:
    definition = work.definition_of(step.node)
    inputs = {**defaults_of(definition), **resolving.inputs_of(work, step)}
    with transaction.atomic():
        if not state.move(step, to=S.RUNNING, inputs=inputs, attempt=step.attempt + 1):
            return False
        jobs = definition.get("jobs") or {}
        expanding.write_level(work.pipeline_run, jobs, document=work.document, parent=step)
    return True


def defaults_of(definition: dict[str, Any]) -> dict[str, Given]:
    """The values of the inputs that a pipeline gives itself."""
    found = {}
    for name, spec in (definition.get("inputs") or {}).items():
        plain = values.plain(spec)
        if plain is not None and not isinstance(plain, dict):
            found[name] = values.literal(plain, str(spec.get("type", "")) if isinstance(spec, dict) else "")
    return found


def _begin_loop(work: Work, step: Step) -> bool:
    with transaction.atomic():
        if not state.move(step, to=S.RUNNING, attempt=step.attempt + 1):
            return False
        expanding.round_step(step, number=0, inputs={}, document=work.document).save(force_insert=True)
    return True


def _begin_each(work: Work, step: Step) -> bool:
    items = rounds.items_of(work, step)
    with transaction.atomic():
        if not state.move(step, to=S.RUNNING, attempt=step.attempt + 1):
            return False
        rows = [
            expanding.round_step(step, number=number, inputs=one.inputs, name=one.name, document=work.document)
            for number, one in enumerate(items)
        ]
        Step.objects.bulk_create(rows, batch_size=expanding.AT_ONCE)
    return True


_BEGIN = {
    Kind.BRANCH: _begin_branch,
    Kind.PIPELINE: _begin_pipeline,
    Kind.LOOP: _begin_loop,
    Kind.EACH: _begin_each,
}


def _end(work: Work, step: Step) -> bool:
    below = list(Step.objects.filter(parent=step).order_by("position"))
    bad = [one for one in below if one.state in ending.BAD]
    if bad:
        is_stop = work.is_stopped and all(one.state == S.CANCELED for one in bad)
        problem = f"{len(bad):,} of {len(below):,} steps below it did not complete, the first of them {bad[0].path}."
        return state.move(step, to=S.CANCELED if is_stop else S.FAILED, problem=problem[:1000])
    held = next((one for one in below if one.state == S.SKIPPED and one.problem.startswith(ending.NOT_BEGUN)), None)
    if held is not None:
        return state.move(step, to=S.CANCELED, problem=held.problem)
    if step.kind == Kind.PIPELINE:
        return ending.complete(step, ending.collected(work, step))
    if step.kind == Kind.EACH:
        return ending.complete(step, rounds.gathered(work, step, below))
    return _next_round(work, step, below)


def _next_round(work: Work, step: Step, below: list[Step]) -> bool:
    """Once more while the condition holds, or as often as it may; the last round's outputs are the loop's."""
    last = below[-1]
    most = int((step.node.get("limits") or {}).get("max_iteration_count") or MOST_ROUNDS)
    if len(below) >= min(most, MOST_ROUNDS) or not _goes_on(work, step, last):
        return ending.complete(step, last.outputs)
    row = expanding.round_step(step, number=len(below), inputs=_mapped(step, last), document=work.document)
    # Two at once would make the same path, which the table holds once.
    made = Step.objects.bulk_create([row], ignore_conflicts=True)
    return bool(made)


def _goes_on(work: Work, step: Step, last: Step) -> bool:
    """The condition, read from the round that has ended; a loop without one goes on."""
    condition = step.node.get("condition")
    if condition in (None, ""):
        return True
    wire = wires.read(condition)
    body = wires.read(step.node.get("body"))
    port = wire.port if wire is not None and body is not None and wire.name == body.name else condition
    if isinstance(port, str) and port in last.outputs:
        return values.truth(_value(work, last.outputs[port], f"the condition of {step.path}"))
    return _truth(work, Scope(work, step, {"condition": condition}), condition)


def _mapped(step: Step, last: Step) -> dict[str, Given]:
    """What the next round is given of the last one's outputs; what an earlier round was given so stays."""
    found: dict[str, Given] = dict((last.item or {}).get("inputs") or {})
    for port, targets in (step.node.get("mapping") or {}).items():
        for target in targets if isinstance(targets, list) else [targets]:
            wire = wires.read(target)
            name = wire.port if wire is not None else str(target)
            if port in last.outputs:
                found[name] = {**last.outputs[port], "from": {"step": last.path, "port": port, "run": last.run_id}}
    return found


def _truth(work: Work, scope: Scope, condition: Any) -> bool:
    wire = wires.read(condition)
    if wire is None:
        return values.truth(condition)
    given = scope.follow(wire)
    if given is None:
        raise Invalid("missing_input", "The condition is bound to an input that was not given.")
    return values.truth(_value(work, given, "the condition"))


def _value(work: Work, given: Given, what: str) -> Any:
    if "value" in given:
        return given["value"]
    text = rounds.text_at(work, given)
    if text is None:
        raise Invalid("bad_control", f"What {what} is bound to is no value and no small file of text.")
    return text.strip()
