"""What differs between two documents, piece by piece: for the page, REST and a person who decides whether to restore."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# A reference to another node's output or to an input of the pipeline.
WIRE = re.compile(r"^\s*\$\{\{\s*parent\.(jobs|inputs)\.[^}]+\}\}\s*$")
MISSING = object()
ABOUT_NODE = {"inputs", "jobs", "component"}
SKIPPED = {"jobs", "layout", "inputs", "outputs", "settings", "type", "$schema"}
LONGEST = 200
SEPARATOR = "/"  # between a nested pipeline's node and those inside it


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference. `kind`: node, parameter, wire, field (of a node), input, output, setting, fact (of the pipeline).

    `change`: added, removed or changed. `node` is empty for what is the pipeline's own. `node_label`, `name_label`, `was` and `now`
    are words for the node, for what `name` names and for the two ends of a wire, where somebody looked them up.
    """

    kind: str
    change: str
    node: str
    name: str
    before: Any
    after: Any
    node_label: str = ""
    name_label: str = ""
    was: str = ""
    now: str = ""

    @property
    def sentence(self) -> str:
        node = f"{self.node_label} ({self.node})" if self.node_label not in ("", self.node) else self.node
        if self.kind == "node":
            return f"{node} was {self.change}."
        what = f"The {self.kind} {self.name_label or self.name}" + (f" of {node}" if node else "")
        before, after = self.was or _short(self.before), self.now or _short(self.after)
        if self.change == "added":
            return f"{what} was added: {after}."
        if self.change == "removed":
            return f"{what} was removed: it was {before}."
        return f"{what} was {before} and is {after}."

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind, "change": self.change, "node": self.node, "node_label": self.node_label, "name": self.name,
            "name_label": self.name_label, "before": self.before, "after": self.after, "sentence": self.sentence,
        }  # fmt: skip


def compare(before: Mapping[str, Any], after: Mapping[str, Any], *, inside: str = "") -> list[Difference]:
    """From one document to another: nodes first, then what is the pipeline's own. Where things stand does not count."""
    found = [*_nodes(_table(before, "jobs"), _table(after, "jobs"), inside)]
    for kind in ("input", "output", "setting"):
        found += _entries(kind, inside, _table(before, f"{kind}s"), _table(after, f"{kind}s"))
    found += _entries("fact", inside, _without(before, SKIPPED), _without(after, SKIPPED))
    return found


def _nodes(before: Mapping[str, Any], after: Mapping[str, Any], inside: str) -> Iterator[Difference]:
    for name in [*before, *(each for each in after if each not in before)]:
        path = f"{inside}{SEPARATOR}{name}" if inside else name
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            change = "added" if old is None else "removed"
            yield Difference("node", change, path, "", _summary(old), _summary(new))
        elif old != new:
            yield from _node(path, old, new)


def _node(path: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for name, (was, now) in _changes(_table(old, "inputs"), _table(new, "inputs")):
        kind = "wire" if is_wire(was) or is_wire(now) else "parameter"
        yield _difference(kind, path, name, was, now)
    was, now = old.get("component", MISSING), new.get("component", MISSING)
    if _is_pipeline(was) and _is_pipeline(now):
        yield from compare(was, now, inside=path)
    elif was != now:
        yield _difference("field", path, "component", was, now)
    if "jobs" in old or "jobs" in new:
        yield from _nodes(_table(old, "jobs"), _table(new, "jobs"), path)
    yield from _entries("field", path, _without(old, ABOUT_NODE), _without(new, ABOUT_NODE))


def is_wire(value: Any) -> bool:
    """Whether a node's input comes from elsewhere in the pipeline."""
    return isinstance(value, str) and bool(WIRE.match(value))


def _entries(kind: str, node: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for name, (was, now) in _changes(before, after):
        yield _difference(kind, node, name, was, now)


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, tuple[Any, Any]]]:
    for name in [*before, *(each for each in after if each not in before)]:
        was, now = before.get(name, MISSING), after.get(name, MISSING)
        if _told(was) != _told(now):
            yield name, (was, now)


def _difference(kind: str, node: str, name: str, was: Any, now: Any) -> Difference:
    was, now = _told(was), _told(now)
    change = "added" if was is None else "removed" if now is None else "changed"
    return Difference(kind, change, node, name, was, now)


def _told(value: Any) -> Any:
    """Nothing given and an empty value say the same."""
    return None if value is MISSING or value == "" or value == {} or value == [] else value


def _summary(node: Any) -> Any:
    return None if node is None else node.get("component") or node.get("type") or "command"


def _is_pipeline(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("jobs"), Mapping)


def _table(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, Mapping) else {}


def _without(value: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    return {key: each for key, each in value.items() if key not in names}


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
