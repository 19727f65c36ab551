"""A pipeline's document read as a graph, with what deriving asks of its nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from atelier.components.errors import ComponentError
from atelier.components.inference import wires
from atelier.components.inference.wires import Wire

TABLES = frozenset({"Dataset", "uri_file", "uri_folder", "mltable"})
MODELS = frozenset({"TrainedModel", "TrainedCluster", "Recommender"})
LITERALS = frozenset({"number", "integer", "string", "boolean"})
# What gives scores for the rows it is given. Others take a trained model too, to judge or to explain it.
SCORERS = frozenset({"score_model", "assign_data_to_clusters", "score_svd_recommender"})
# What chooses, adds or leaves out rows, or chooses columns by the label: rows to score go past it.
PASSED = frozenset(
    {
        "split_data",
        "partition_and_sample",
        "smote",
        "remove_duplicate_rows",
        "filter_based_feature_selection",
        "add_rows",
    }
)


class Unturnable(ComponentError):
    """Why a pipeline can't be made one that answers requests; `node` is where."""

    def __init__(self, sentence: str, *, node: str = "") -> None:
        super().__init__(sentence)
        self.node = node


class TrainingGraph:
    """The document's nodes by name. A declaration is found by the node's component as the document says it."""

    def __init__(self, document: Mapping[str, Any], declarations: Mapping[str, Mapping[str, Any]]) -> None:
        self.document = document
        self.jobs: Mapping[str, Mapping[str, Any]] = document.get("jobs") or {}
        self._declarations = declarations

    def declaration(self, node: str) -> Mapping[str, Any]:
        """What the node's component declares: a registered one as its list has it, an inline one as it says itself."""
        component = self.jobs[node].get("component")
        if isinstance(component, str):
            return self._declarations.get(component, {})
        return _of_inline(component if isinstance(component, Mapping) else self.jobs[node])

    def component(self, node: str) -> str:
        """The name of the studio's component that a node is; empty for any other."""
        reference = self.jobs[node].get("component")
        if not isinstance(reference, str) or not reference.startswith("atelier:"):
            return ""
        return reference.split(":")[1]

    def label(self, node: str) -> str:
        """What a person calls the node."""
        said = self.jobs[node].get("display_name") or self.declaration(node).get("label") or node
        return str(said) if said == node else f"{said} ({node})"

    def wire(self, node: str, port: str) -> Wire | None:
        """What is connected to an input."""
        found = wires.read((self.jobs[node].get("inputs") or {}).get(port))
        if found is not None and not found.is_input and found.name not in self.jobs:
            raise Unturnable(f"{self.label(node)} is connected to {found.name!r}, which is not there.", node=node)
        return found

    def ports(self, node: str, types: frozenset[str]) -> list[str]:
        """The connected inputs of these types, in order."""
        declared = self.declaration(node).get("inputs") or {}
        return [port for port, one in declared.items() if one["type"] in types and self.wire(node, port)]

    def output_of(self, node: str, types: frozenset[str]) -> str:
        """The first output of these types; empty when there is none."""
        declared = self.declaration(node).get("outputs") or {}
        return next((port for port, one in declared.items() if one["type"] in types), "")

    def scorers(self) -> list[str]:
        """The nodes that score rows."""
        return [node for node in self.jobs if self.component(node) in SCORERS]

    def root(self, wire: Wire) -> Wire:
        """Where the rows come from: the first table input of each node is followed."""
        for _ in range(len(self.jobs) + 1):
            ports = [] if wire.is_input else self.ports(wire.name, TABLES)
            if not ports:
                return wire
            followed = self.wire(wire.name, ports[0])
            assert followed is not None
            wire = followed
        raise Unturnable("The pipeline has a cycle.")

    def stems_from(self, wire: Wire, root: Wire) -> bool:
        """Whether what goes through a wire is made of the rows of the root."""
        return any(one == root for one in self._behind(wire))

    def _behind(self, wire: Wire) -> Iterator[Wire]:
        """The wire, and all wires of tables that it hangs on."""
        waiting, seen = [wire], {wire}
        while waiting:
            one = waiting.pop()
            yield one
            for port in [] if one.is_input else self.ports(one.name, TABLES):
                further = self.wire(one.name, port)
                if further is not None and further not in seen:
                    seen.add(further)
                    waiting.append(further)

    def literal(self, node: str, parameter: str) -> Any:
        """The value of a parameter: the node's own, that of the pipeline's input it is bound to, or the default."""
        declared = (self.declaration(node).get("parameters") or {}).get(parameter, {})
        value = (self.jobs[node].get("inputs") or {}).get(parameter, declared.get("default"))
        bound = wires.read(value)
        if bound is None or not bound.is_input:
            return value
        return ((self.document.get("inputs") or {}).get(bound.name) or {}).get("default")


def _of_inline(said: Mapping[str, Any]) -> dict[str, Any]:
    """The ports of a component that stands in the document, or of a command without one: whatever is bound or typed."""
    found: dict[str, Any] = {"label": said.get("display_name") or ""}
    for side in ("inputs", "outputs"):
        ports = {name: _port(one) for name, one in (said.get(side) or {}).items()}
        found[side] = {name: {"type": kind} for name, kind in ports.items() if kind}
    return found


def _port(said: Any) -> str:
    """The type of a port; empty for a parameter."""
    if wires.read(said) is not None:
        return "uri_folder"
    kind = str(said.get("type") or "uri_folder") if isinstance(said, Mapping) else ""
    return "" if kind in LITERALS else kind
