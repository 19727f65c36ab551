"""The whole lineage of a thing: everything it came from and everything that came of it, whatever made it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from studio.access.models import Workspace
from studio.lineage.models import LineageEdge
from studio.lineage.things import Thing

MOST_THINGS = 300
MOST_STEPS = 20
# Left to right: what comes before what on the way from data to an endpoint.
ORDER = (
    "connection", "datastore", "dataflow_version", "data_version", "environment_version", "run", "logged_model",
    "model_version", "image_version", "deployment", "endpoint",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Edge:
    """One thing came from another."""

    source: Thing
    verb: str
    target: Thing


@dataclass(frozen=True, slots=True)
class Graph:
    """A thing with all that leads to it and all it led to; `distance` is negative before it, positive after it."""

    thing: Thing
    distance: dict[Thing, int]
    edges: list[Edge]
    is_cut: bool

    def in_order(self) -> list[Thing]:
        """From the data to the endpoints."""
        place = {kind: at for at, kind in enumerate(ORDER)}
        return sorted(self.distance, key=lambda thing: (place.get(thing.kind, len(ORDER)), self.distance[thing]))


def graph_of(workspace: Workspace, thing: Thing, *, most: int = MOST_THINGS) -> Graph:
    """Up from the thing, then down from it: never down again from what it came from, which would be its siblings."""
    distance = {thing: 0}
    edges: dict[Edge, None] = {}
    is_cut = False
    for step, ask in ((-1, _into), (1, _out_of)):
        level = [thing]
        for number in range(1, MOST_STEPS + 1):
            found = ask(workspace, level)
            level = []
            for edge in found:
                new = edge.source if step < 0 else edge.target
                if new not in distance and len(distance) >= most:
                    is_cut = True
                    continue
                edges[edge] = None
                if new not in distance:
                    distance[new] = step * number
                    level.append(new)
            if not level:
                break
    return Graph(thing, distance, list(edges), is_cut)


def _into(workspace: Workspace, things: Iterable[Thing]) -> list[Edge]:
    return _edges(workspace, things, "target")


def _out_of(workspace: Workspace, things: Iterable[Thing]) -> list[Edge]:
    return _edges(workspace, things, "source")


def _edges(workspace: Workspace, things: Iterable[Thing], side: str) -> list[Edge]:
    """The edges that end (or begin) in these things, by one statement for each kind."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for thing in things:
        by_kind[thing.kind].append(thing.id)
    found = []
    for kind, ids in by_kind.items():
        rows = LineageEdge.objects.filter(workspace=workspace, **{f"{side}_kind": kind, f"{side}_id__in": ids})
        found += [
            Edge(Thing(row.source_kind, row.source_id), row.verb, Thing(row.target_kind, row.target_id))
            for row in rows[: MOST_THINGS * 2]
        ]
    return found
