"""The nodes of a level as rows: a step each, with what it waits for."""

from collections.abc import Iterable, Mapping
from typing import Any

from runs.pipelines.engine import planning, wires
from runs.pipelines.engine.planning import Planned
from runs.pipelines.models import PipelineRun, Step, StepNeed, StepState

AT_ONCE = 200
LABEL = 255


def write_level(
    pipeline_run: PipelineRun,
    jobs: Mapping[str, Any],
    *,
    document: Mapping[str, Any],
    parent: Step | None = None,
    ended: Mapping[str, Mapping[str, Any]] | None = None,
) -> dict[str, Step]:
    """The steps of a level by name, in the transaction of the caller.

    `ended` holds the columns of those that have their end from the start: what was taken from an earlier run, and what was
    not asked for.
    """
    pinned = document.get("pinned") or {}
    planned = planning.plan(jobs, pinned)
    rows = [
        _row(pipeline_run, one, number, parent, pinned, document, jobs, (ended or {}).get(one.name, {}))
        for number, one in enumerate(planned)
    ]
    _count_missing(planned, rows)
    made = Step.objects.bulk_create(rows, batch_size=AT_ONCE)
    steps = {step.name: step for step in made}
    needs = (
        StepNeed(step=steps[one.name], needed=steps[need])
        for one in planned
        for need in sorted(one.needs)
        if need in steps
    )
    StepNeed.objects.bulk_create(needs, batch_size=AT_ONCE)
    return steps


def round_step(
    loop: Step, *, number: int, inputs: Mapping[str, Any], document: Mapping[str, Any], name: str = ""
) -> Step:
    """The row of one round of a loop, not yet saved: the loop's body with inputs of its own. `name`: what it is of."""
    pinned = document.get("pinned") or {}
    body = wires.read(loop.node.get("body"))
    inside = body.name if body is not None else "body"
    node = loop.node.get("body_node") or {}
    one = Planned(inside, node, planning.kind_of(node, pinned), frozenset())
    item = {"index": number, "name": name, "inputs": dict(inputs)}
    row = _row(loop.pipeline_run, one, number, loop, pinned, document, {}, {"item": item})
    row.path = f"{loop.path}[{number}].{inside}"[:500]
    if name:
        row.label = f"{name}: {row.label or inside}"[:LABEL]
    return row


def _row(
    pipeline_run: PipelineRun,
    one: Planned,
    number: int,
    parent: Step | None,
    pinned: Mapping[str, Any],
    document: Mapping[str, Any],
    jobs: Mapping[str, Any],
    fields: Mapping[str, Any],
) -> Step:
    component = one.node.get("component")
    return Step(
        pipeline_run=pipeline_run,
        parent=parent,
        path=(f"{parent.path}.{one.name}" if parent is not None else one.name)[:500],
        name=one.name,
        label=_label(one.node, document.get("resolved") or {})[:LABEL],
        kind=one.kind,
        component=(component if isinstance(component, str) else "")[:400],
        node=_node(one, pinned, document, jobs),
        position=number,
        **fields,
    )


def _label(node: Mapping[str, Any], resolved: Mapping[str, Any]) -> str:
    """What pages call the step: as its node says, else as its component is called."""
    component = node.get("component")
    declared = resolved.get(component) if isinstance(component, str) else component
    said = declared.get("label") or declared.get("display_name") if isinstance(declared, Mapping) else ""
    return str(node.get("display_name") or said or "")


def _node(
    one: Planned, pinned: Mapping[str, Any], document: Mapping[str, Any], jobs: Mapping[str, Any]
) -> dict[str, Any]:
    """The node, and beside it what its row must know by itself: its loop's body, and the types of its outputs."""
    node = dict(one.node)
    body = wires.read(node.get("body"))
    if body is not None:
        node["body_node"] = jobs.get(body.name) or {}
    found = port_types(node, pinned, document.get("resolved") or {})
    return {**node, "port_types": found} if found else node


def port_types(node: Mapping[str, Any], pinned: Mapping[str, Any], resolved: Mapping[str, Any]) -> dict[str, str]:
    """The types of a node's outputs as its component declares them."""
    component = node.get("component")
    if isinstance(component, str):
        definition = (pinned.get(component) or {}).get("definition") or resolved.get(component) or {}
    else:
        definition = component if isinstance(component, Mapping) else node
    declared = definition.get("outputs") or {}
    return {
        name: str(spec["type"]) for name, spec in declared.items() if isinstance(spec, Mapping) and spec.get("type")
    }


def _count_missing(planned: Iterable[Planned], rows: Iterable[Step]) -> None:
    by_name = {row.name: row for row in rows}
    for one in planned:
        needed = (by_name[need] for need in one.needs if need in by_name)
        row = by_name[one.name]
        row.missing = sum(1 for need in needed if need.state != StepState.COMPLETED)
