"""The lineage of a thing as columns of names, from the data to the endpoints."""

from dataclasses import dataclass, field

from studio.access.models import Workspace
from studio.lineage import graph, labels, references
from studio.lineage.labels import Label
from studio.lineage.things import Thing

TITLES = {
    "connection": ("Connection", "plug"),
    "datastore": ("Datastore", "hard-drive"),
    "dataflow_version": ("Dataflow", "workflow"),
    "data_version": ("Data", "database"),
    "environment_version": ("Environment", "package"),
    "run": ("Run", "flask-conical"),
    "logged_model": ("Logged model", "box"),
    "model_version": ("Model", "box"),
    "image_version": ("Image", "layers"),
    "deployment": ("Deployment", "rocket"),
    "endpoint": ("Endpoint", "radio"),
}
SHOWN = 6


@dataclass(frozen=True, slots=True)
class Node:
    """A thing in words; `is_self` is the one that was asked for."""

    label: Label
    is_self: bool


@dataclass(slots=True)
class Column:
    """The things of one kind: the nearest first, the others counted."""

    title: str
    icon: str
    nodes: list[Node] = field(default_factory=list)
    more: int = 0


@dataclass(frozen=True, slots=True)
class Strip:
    """What a page shows: nothing where the thing stands alone."""

    columns: list[Column]
    command: str  # the command line that says the same, with every edge

    @property
    def is_alone(self) -> bool:
        return sum(len(column.nodes) for column in self.columns) < 2


def strip(workspace: Workspace, thing: Thing) -> Strip:
    """The columns that have something in them."""
    found = graph.graph_of(workspace, thing)
    things = found.in_order()
    known = labels.labels(workspace, things)
    columns: dict[str, Column] = {}
    for one in sorted(things, key=lambda each: abs(found.distance[each])):
        if one.kind not in columns:
            columns[one.kind] = Column(*TITLES.get(one.kind, (one.kind.replace("_", " ").capitalize(), "box")))
        column = columns[one.kind]
        if len(column.nodes) < SHOWN:
            column.nodes.append(Node(known[one], one == thing))
        else:
            column.more += 1
    kinds = dict.fromkeys(one.kind for one in things)
    name = known[thing].text if thing.kind != "run" else thing.id
    return Strip([columns[kind] for kind in kinds], f"atelier lineage {references.word_of(thing.kind)} {name}")
