"""What differs between two documents, with what nodes, ports and parameters are called on the canvas."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from runs.components import declared
from runs.pipelines.document import bindings
from runs.pipelines.drafts.comparing import SEPARATOR, Difference, compare
from studio.access.models import Workspace
from studio.errors import NotFound

CONTROLS = {"if_else": "If / else", "do_while": "Repeat while", "parallel_for": "For each"}


def compared(workspace: Workspace, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """From one document of a workspace to another, as people read it: a node is called what it is called last."""
    old, new = Labels(workspace, before), Labels(workspace, after)
    return [_labelled(each, old, new) for each in compare(before, after)]


def _labelled(one: Difference, old: "Labels", new: "Labels") -> Difference:
    last = new if new.has(one.node) else old
    return replace(
        one,
        node_label=last.node(one.node),
        name_label=last.given(one.node, one.name) if one.kind in ("wire", "parameter") else "",
        was=old.source(one.node, one.before),
        now=new.source(one.node, one.after),
    )


class Labels:
    """The words of one document. A node is asked for by its path: `each/split` stands inside `each`."""

    def __init__(self, workspace: Workspace, document: Mapping[str, Any]) -> None:
        self.workspace = workspace
        self.document = document
        self._known: dict[str, dict[str, Any]] = {}

    def has(self, path: str) -> bool:
        return self._at(path) is not None

    def node(self, path: str) -> str:
        """The label of a node, after those of the nodes it stands in; "" for what is the pipeline's own."""
        names = path.split(SEPARATOR) if path else []
        every = [SEPARATOR.join(names[: count + 1]) for count in range(len(names))]
        return " / ".join(self._label(each) for each in every)

    def given(self, path: str, name: str) -> str:
        """The label of an input or a parameter of a node."""
        declaration = self._declared(self._at(path) or {})
        one = {**(declaration.get("inputs") or {}), **(declaration.get("parameters") or {})}.get(name) or {}
        return str(one.get("label") or _in_words(name))

    def source(self, path: str, value: Any) -> str:
        """Where a wire into a node comes from, in words; "" for any other value."""
        bound = bindings.parse(value)
        if bound is None or bound.kind not in ("output", "parent_input"):
            return ""
        if bound.kind == "parent_input":
            return f"the pipeline's input {bound.name}"
        beside = SEPARATOR.join([*path.split(SEPARATOR)[:-1], bound.node])
        node = self._at(beside)
        if node is None:
            return ""
        port = (self._declared(node).get("outputs") or {}).get(bound.name) or {}
        return f"{port.get('label') or _in_words(bound.name)} of {self._label(beside)}"

    def _label(self, path: str) -> str:
        node = self._at(path)
        if node is None:
            return path.rpartition(SEPARATOR)[2]
        said = node.get("display_name") or CONTROLS.get(str(node.get("type"))) or self._declared(node).get("label")
        return str(said or path.rpartition(SEPARATOR)[2])

    def _at(self, path: str) -> Mapping[str, Any] | None:
        found: Any = self.document
        for name in path.split(SEPARATOR):
            inside = found.get("component") if isinstance(found.get("component"), Mapping) else found
            jobs = inside.get("jobs")
            found = jobs.get(name) if isinstance(jobs, Mapping) else None
            if not isinstance(found, Mapping):
                return None
        return found

    def _declared(self, node: Mapping[str, Any]) -> dict[str, Any]:
        component = node.get("component")
        if isinstance(component, Mapping):
            return {**_inline(node), "label": component.get("display_name") or component.get("name")}
        if not isinstance(component, str):
            return {}
        if component not in self._known:
            self._known[component] = _declaration(self.workspace, component)
        return self._known[component]


def _declaration(workspace: Workspace, reference: str) -> dict[str, Any]:
    """Nothing is known of a component that is not there any more: its nodes keep their names."""
    try:
        return declared.find(workspace, reference).declaration
    except NotFound:
        return {}


def _inline(node: Mapping[str, Any]) -> dict[str, Any]:
    ports = declared.ports_of_inline(node)
    return {"inputs": ports.inputs, "outputs": ports.outputs, "parameters": ports.parameters}


def _in_words(name: str) -> str:
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]
