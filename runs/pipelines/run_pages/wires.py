"""Which wires a run's steps are connected by, read from their nodes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from runs.pipelines.document import bindings
from runs.pipelines.models import Step

DECIDED = ("condition", "items")  # fields of control nodes that may name an output
BLOCKS = ("true_block", "false_block")


@dataclass(frozen=True, slots=True)
class Wire:
    """From a node's output, or a pipeline's data input (`inputs.cars`), to a node's input. Without ports: only an order."""

    source: str
    source_port: str
    target: str
    target_port: str


def wires_of(steps: Sequence[Step], data_inputs: Sequence[str] = ()) -> list[Wire]:
    """The wires among these steps, in the order of the steps and of their inputs."""
    known = {step.name for step in steps} | {f"inputs.{name}" for name in data_inputs}
    # The body of a loop is no step beside it: who names the body's outputs means the loop's.
    loops = {body: step.name for step in steps for body in bindings.nodes_of(step.node.get("body"))}
    found = []
    for wire in (wire for step in steps for wire in _of(step)):
        source = loops.get(wire.source, wire.source)
        if {source, wire.target} <= known and source != wire.target:
            found.append(replace(wire, source=source))
    return list(dict.fromkeys(found))


def needs_of(wires: Sequence[Wire]) -> dict[str, list[str]]:
    """What each node waits for."""
    found: dict[str, list[str]] = {}
    for wire in wires:
        found.setdefault(wire.target, []).append(wire.source)
    return found


def _of(step: Step) -> Iterator[Wire]:
    node: Mapping[str, Any] = step.node
    given = {**(node.get("inputs") or {}), **{field: node[field] for field in DECIDED if field in node}}
    for port, value in given.items():
        bound = bindings.of_given(value)
        if bound is not None and bound.kind == "output":
            yield Wire(bound.node, bound.name, step.name, port)
        elif bound is not None and bound.kind == "parent_input":
            yield Wire(f"inputs.{bound.name}", "", step.name, port)
    for field in BLOCKS:
        for block in bindings.nodes_of(node.get(field)):
            yield Wire(step.name, "", block, "")  # a block comes after what decides on it
