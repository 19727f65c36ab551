"""The nodes of one level of a document, in order, with what each waits for. Pure: nothing here knows of rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from runs.pipelines.engine import wires
from runs.pipelines.models import Step

Kind = Step.Kind
CONTROL = {"if_else": Kind.BRANCH, "do_while": Kind.LOOP, "parallel_for": Kind.EACH}


@dataclass(frozen=True, slots=True)
class Planned:
    """One node: what it needs are names of other nodes of the same level."""

    name: str
    node: dict[str, Any]
    kind: str
    needs: frozenset[str]


def kind_of(node: Mapping[str, Any], pinned: Mapping[str, Any]) -> str:
    """What carries a node out."""
    if node.get("type") in CONTROL:
        return CONTROL[node["type"]]
    component = node.get("component")
    known = pinned.get(component, {}) if isinstance(component, str) else component or {}
    is_nested = node.get("type") == "pipeline" or "jobs" in node or known.get("type") == "pipeline" or "jobs" in known
    return Kind.PIPELINE if is_nested else Kind.COMMAND


def plan(jobs: Mapping[str, Any], pinned: Mapping[str, Any]) -> list[Planned]:
    """The steps of a level. The body of a loop is none of them: the loop makes its rounds of it."""
    bodies = body_owners(jobs)
    guards = _guards(jobs)
    found = []
    for name, node in jobs.items():
        if name in bodies:
            continue
        needs = {bodies.get(one, one) for one in _needed(jobs, node)} | guards.get(name, set())
        found.append(
            Planned(name, node, kind_of(node, pinned), frozenset(one for one in needs if one != name and one in jobs))
        )
    return found


def body_owners(jobs: Mapping[str, Any]) -> dict[str, str]:
    """The loop that each body belongs to: who names the body's outputs means the loop's."""
    return {
        wire.name: name
        for name, node in jobs.items()
        if CONTROL.get(node.get("type", "")) in (Kind.LOOP, Kind.EACH) and (wire := wires.read(node.get("body")))
    }


def blocks_of(node: Mapping[str, Any], which: str) -> list[str]:
    """The nodes of a branch: `which` is "true_block" or "false_block"."""
    given = node.get(which)
    several = given if isinstance(given, list) else [given]
    return [wire.name for one in several if (wire := wires.read(one)) is not None]


def order(planned: Iterable[Planned]) -> list[Planned]:
    """So that each comes after what it needs; nodes of a circle come last, as they stand."""
    left = {one.name: one for one in planned}
    missing = {name: {need for need in one.needs if need in left} for name, one in left.items()}
    needed_by: dict[str, list[str]] = {name: [] for name in left}
    for name, needs in missing.items():
        for need in needs:
            needed_by[need].append(name)
    free = [name for name, needs in missing.items() if not needs]
    found = []
    for name in free:
        found.append(left.pop(name))
        for other in needed_by[name]:
            missing[other].discard(name)
            if not missing[other]:
                free.append(other)
    return [*found, *left.values()]


def below(planned: Iterable[Planned], name: str) -> set[str]:
    """The nodes that need this one, directly or not, and itself."""
    found = {name}
    for one in order(planned):
        if one.needs & found:
            found.add(one.name)
    return found


def above(planned: Iterable[Planned], name: str) -> set[str]:
    """The nodes that this one needs, directly or not, and itself."""
    found = {name}
    for one in reversed(order(planned)):
        if one.name in found:
            found |= one.needs
    return found


def _guards(jobs: Mapping[str, Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, node in jobs.items():
        if CONTROL.get(node.get("type", "")) == Kind.BRANCH:
            for block in (*blocks_of(node, "true_block"), *blocks_of(node, "false_block")):
                found.setdefault(block, set()).add(name)
    return found


def _needed(jobs: Mapping[str, Any], node: Mapping[str, Any]) -> set[str]:
    values = [*(node.get("inputs") or {}).values()]
    if node.get("type") in ("if_else", "parallel_for"):
        values += [node.get("condition"), node.get("items")]
    body = wires.read(node.get("body"))
    if body is not None and body.name in jobs:
        values += [*(jobs[body.name].get("inputs") or {}).values()]
    named = {wire.name for value in values if (wire := wires.read(value)) is not None and wire.kind == "output"}
    return named - {body.name if body else ""}
