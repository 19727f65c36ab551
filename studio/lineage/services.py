"""Writing down what came from what, in the transaction of the change itself."""

from studio.access.models import Workspace
from studio.lineage.models import LineageEdge
from studio.lineage.things import Thing


def link(*, workspace: Workspace, source: Thing, target: Thing, verb: str) -> LineageEdge:
    """The edge from `source` to `target`, made when it is new."""
    edge, _ = LineageEdge.objects.get_or_create(
        workspace=workspace,
        source_kind=source.kind,
        source_id=source.id,
        target_kind=target.kind,
        target_id=target.id,
        verb=verb,
    )
    return edge


def forget(*, workspace: Workspace, thing: Thing) -> int:
    """Drop the edges that end in a thing which is deleted; what it led to keeps its origin. Answers how many went."""
    rows = LineageEdge.objects.filter(workspace=workspace, target_kind=thing.kind, target_id=thing.id)
    return rows.delete()[0]
