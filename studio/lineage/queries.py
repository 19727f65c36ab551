"""Reads of the lineage, one step at a time."""

from dataclasses import dataclass

from studio.access.models import Workspace
from studio.lineage.models import LineageEdge
from studio.lineage.things import Thing


@dataclass(frozen=True, slots=True)
class Step:
    """A neighbour and how it is joined."""

    thing: Thing
    verb: str


def up(workspace: Workspace, thing: Thing) -> list[Step]:
    """What this thing came from, oldest edge first."""
    rows = LineageEdge.objects.filter(workspace=workspace, target_kind=thing.kind, target_id=thing.id)
    return [Step(Thing(row.source_kind, row.source_id), row.verb) for row in rows]


def down(workspace: Workspace, thing: Thing) -> list[Step]:
    """What came from this thing, oldest edge first."""
    rows = LineageEdge.objects.filter(workspace=workspace, source_kind=thing.kind, source_id=thing.id)
    return [Step(Thing(row.target_kind, row.target_id), row.verb) for row in rows]
