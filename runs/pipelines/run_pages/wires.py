"""Which wires a run's steps are connected by, read from their nodes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from runs.pipelines.models import Step

BOUND = re.compile(r"\$\{\{\s*parent\.(?:jobs\.([^.\s}]+)(?:\.outputs\.([^.\s}]+))?|inputs\.([^.\s}]+))\s*\}\}\Z")
BLOCKS = ("body", "true_block", "false_block")


@dataclass(frozen=True, slots=True)
class Wire:
    """From a node's output, or a pipeline's data input (`inputs.cars`), to a node's input. Without ports: only an order."""

    source: str
    source_port: str
    target: str
    target_port: str


def wires_of(steps: Sequence[Step], data_inputs: Sequence[str] = ()) -> list[Wire]:
    """The wires among these steps, in the order of the steps and of their inputs."""
    names = {step.name for step in steps}
    found = []
    for step in steps:
        for wire in _into(step):
            is_data = wire.source.startswith("inputs.")
            known = wire.source.removeprefix("inputs.") in data_inputs if is_data else wire.source in names
            if known and wire.source != wire.target:
                found.append(wire)
    return list(dict.fromkeys(found))


def needs_of(wires: Sequence[Wire]) -> dict[str, list[str]]:
    """What each node waits for."""
    found: dict[str, list[str]] = {}
    for wire in wires:
        found.setdefault(wire.target, []).append(wire.source)
    return found


def _into(step: Step) -> Iterator[Wire]:
    node: Mapping[str, Any] = step.node
    for port, value in (node.get("inputs") or {}).items():
        text = value.get("path") if isinstance(value, Mapping) else value
        yield from _bound(str(text), step.name, port)
    for field in ("condition", "items"):
        if isinstance(node.get(field), str):
            yield from _bound(node[field], step.name, field)
    for field in BLOCKS:
        for text in _listed(node.get(field)):
            if match := BOUND.match(text):
                yield Wire(step.name, "", match[1] or "", "")  # a block comes after what decides on it


def _bound(text: str, target: str, port: str) -> Iterator[Wire]:
    match = BOUND.match(text.strip())
    if match and match[1]:
        yield Wire(match[1], match[2] or "", target, port)
    elif match and match[3]:
        yield Wire(f"inputs.{match[3]}", "", target, port)


def _listed(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value.strip()]
    return [one.strip() for one in value if isinstance(one, str)] if isinstance(value, list) else []
