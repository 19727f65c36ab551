"""Writing down what came from what, in the transaction of the change itself."""

from collections.abc import Iterable, Sequence

from studio import rows
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


def link_all(*, workspace: Workspace, edges: Iterable[tuple[Thing, Thing, str]]) -> None:
    """`link` for many (source, target, verb), by one statement."""
    found = [
        LineageEdge(
            workspace=workspace,
            source_kind=source.kind,
            source_id=source.id,
            target_kind=target.kind,
            target_id=target.id,
            verb=verb,
        )
        for source, target, verb in edges
    ]
    rows.insert(found, where_new=True)


def forget(*, workspace: Workspace, thing: Thing) -> int:
    """Drop the edges that end in a thing which is deleted; what it led to keeps its origin. Answers how many went."""
    return forget_all(workspace=workspace, kind=thing.kind, ids=[thing.id])


def forget_all(*, workspace: Workspace, kind: str, ids: Sequence[str]) -> int:
    """`forget` for many things of one kind, by one statement."""
    rows = LineageEdge.objects.filter(workspace=workspace, target_kind=kind, target_id__in=ids)
    return rows.delete()[0]
