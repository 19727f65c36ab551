"""An inference pipeline in memory: loaded once from its folder, carried out for every request."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from atelier.components import catalogue, checking, values, views
from atelier.components.context import Context
from atelier.components.declaring import Component
from atelier.components.errors import ComponentError
from atelier.components.inference.columns import Wanted, table_of
from atelier.components.tables import Table

MANIFEST = "pipeline.json"
FORMAT = 1


@dataclass(frozen=True)
class Place:
    """An output of a node."""

    node: str
    port: str

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Place:
        return cls(str(said["node"]), str(said["port"]))


@dataclass(frozen=True)
class Node:
    """A component with its parameters, what its inputs are connected to, and those that hold what was learned.

    `given` are the parameters as they stand in the file; one may be bound to a parameter of the pipeline.
    """

    name: str
    component: Component
    given: Mapping[str, Any]
    wires: Mapping[str, Place]
    stored: Mapping[str, Any]
    bound: Mapping[str, str] = field(default_factory=dict)

    def parameters(self, chosen: Mapping[str, Any]) -> dict[str, Any]:
        """Every parameter that counts. Raises ComponentError when a chosen one does not fit."""
        own = {name: chosen[parameter] for name, parameter in self.bound.items() if parameter in chosen}
        return checking.fill(self.component, {**self.given, **own})


class InferenceGraph:
    """Nodes in their order. Scoring changes nothing in it: several threads may score at a time."""

    def __init__(self, manifest: Mapping[str, Any], nodes: Sequence[Node]) -> None:
        self.title = str(manifest.get("title") or "Pipeline")
        self.nodes = tuple(nodes)
        self.wanted = [Wanted(**one) for one in manifest["columns"]]
        self.label: Mapping[str, Any] = manifest.get("label") or {}
        self.defaults: Mapping[str, Any] = manifest.get("parameters") or {}
        self.entry = Place.of(manifest["input"])
        self.exit = Place.of(manifest["output"])
        self.output_name = str(manifest["output"].get("name") or "WebServiceOutput0")
        # Settings that no request changes are read and checked once.
        self._settings = {node.name: node.parameters(self.defaults) for node in self.nodes}

    def score(self, columns: Mapping[str, Sequence[Any]], parameters: Mapping[str, Any] | None = None) -> Any:
        """The answer to rows given as columns, as a data frame. Raises ComponentError, and Unfit for columns."""
        known = set(columns)
        table = table_of(columns, self.wanted)
        filled = [one.name for one in self.wanted if not one.is_read and one.name not in known]
        if self.label and self.label["column"] not in known:
            filled.append(self.label["column"])
            table = self._with_label(table)
        elif self.label:
            table = self._with_own_label(table, columns)
        frame = self.carry_out(table, parameters or {}).frame
        return frame.drop(columns=filled, errors="ignore") if filled else frame

    def carry_out(self, table: Table, parameters: Mapping[str, Any]) -> Table:
        """The table that comes out for the one that goes in."""
        strange = [name for name in parameters if name not in self.defaults]
        if strange:
            raise ComponentError(f"The pipeline has no parameter {strange[0]!r}.", parameter=strange[0])
        made: dict[Place, Any] = {self.entry: table}
        for node in self.nodes:
            inputs = {port.name: None for port in node.component.inputs}
            inputs.update(node.stored)
            inputs.update({port: made[place] for port, place in node.wires.items()})
            chosen = {**self.defaults, **parameters}
            settings = node.parameters(chosen) if parameters else self._settings[node.name]
            found = _carried(node.component, inputs, settings)
            made.update({Place(node.name, port): value for port, value in found.items()})
        answer: Table = made[self.exit]
        return answer

    def records(self, frame: Any) -> list[dict[str, Any]]:
        """A frame as JSON can carry it, a record for each row."""
        names = list(frame.columns)
        return [dict(zip(names, views.plain(list(row)))) for row in frame.itertuples(index=False, name=None)]

    def _with_label(self, table: Table) -> Table:
        """The label column with a usual value, so that components which name it find it; the answer leaves it out."""
        frame = table.frame.assign(**{self.label["column"]: self.label["value"]})
        return Table(frame[_ordered(frame.columns, self.label.get("before"))], table.columns)

    def _with_own_label(self, table: Table, columns: Mapping[str, Sequence[Any]]) -> Table:
        import pandas as pd

        name = self.label["column"]
        frame = table.frame.assign(**{name: pd.Series(list(columns[name]))})
        return Table(frame[_ordered(frame.columns, self.label.get("before"))], table.columns)


def load(folder: Path) -> InferenceGraph:
    """The pipeline of a folder, with all that was learned. Raises ComponentError for a folder that is none."""
    path = folder / MANIFEST
    if not path.is_file():
        raise ComponentError(f"{folder.name} holds no inference pipeline: the file {MANIFEST} is missing.")
    manifest = json.loads(path.read_text(encoding="utf-8"))
    if manifest.get("format") != FORMAT:
        raise ComponentError(f"{MANIFEST} has the format {manifest.get('format')!r}; {FORMAT} is read here.")
    return InferenceGraph(manifest, [_node(one, folder) for one in manifest["nodes"]])


def _node(said: Mapping[str, Any], folder: Path) -> Node:
    name, version = said["component"].split(":")[1:3]
    try:
        component = catalogue.named(name)
    except KeyError as error:
        raise ComponentError(f"There is no component {name!r} in this version of the studio's package.") from error
    if component.version != version:
        raise ComponentError(f"{component.label} has the version {component.version} here; {version} is wanted.")
    types = {port.name: port.type for port in component.inputs}
    inputs = said.get("inputs") or {}
    return Node(
        name=said["name"],
        component=component,
        given=said.get("parameters") or {},
        wires={port: Place.of(one) for port, one in inputs.items() if "node" in one},
        stored={
            port: values.load(types[port], folder / one["artifact"])
            for port, one in inputs.items()
            if "artifact" in one
        },
        bound=said.get("bound") or {},
    )


def _carried(component: Component, inputs: Mapping[str, Any], settings: Mapping[str, Any]) -> Mapping[str, Any]:
    own = Context()
    try:
        return component.run(inputs, settings, own)
    finally:
        own.close()


def _ordered(names: Sequence[str], before: str | None) -> list[str]:
    """The label, which stands last, in its old place: columns may be picked by their numbers."""
    listed = list(names)
    if before is None or before not in listed:
        return listed
    label = listed.pop()
    listed.insert(listed.index(before), label)
    return listed
