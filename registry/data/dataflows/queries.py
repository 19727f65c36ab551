"""Reads about dataflows and their versions."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet

from registry.data.assets.models import DataVersion
from registry.data.dataflows.models import Dataflow, DataflowVersion
from studio.access.models import Workspace
from studio.errors import NotFound
from studio.lineage import labels


def flows_in(workspace: Workspace, *, words: str = "", is_archived: bool = False) -> "QuerySet[Dataflow]":
    """Those whose name or description has every word."""
    rows = Dataflow.objects.filter(workspace=workspace, is_archived=is_archived).with_words(words)
    return rows.select_related("workspace", "created_by").order_by("name")


def versions_of(flow: Dataflow) -> "QuerySet[DataflowVersion]":
    """Newest first."""
    rows = DataflowVersion.objects.filter(flow=flow).select_related("flow__workspace", "created_by", "source__asset")
    return rows.order_by("-number")


def version_at(flow: Dataflow, ref: str) -> DataflowVersion:
    """The version of this number, or the newest for `latest`. Raises NotFound."""
    rows = versions_of(flow)
    is_number = ref.isascii() and ref.isdigit() and len(ref) < 10
    found = rows.first() if ref.lower() == "latest" else rows.filter(number=int(ref)).first() if is_number else None
    if found is None:
        words = "no saved version" if ref.lower() == "latest" else f"no version {ref[:20]!r}"
        raise NotFound("not_found", f"The dataflow {flow.name} has {words}.", hint="Save the draft as a version first.")
    return found


def current(flow: Dataflow) -> Dataflow:
    """The flow as it stands now."""
    return Dataflow.objects.select_related("workspace", "created_by").get(pk=flow.pk)


def readers(versions: Sequence[DataVersion]) -> Iterator[tuple[str, int, str]]:
    """Flow, number and data of the saved versions that begin with these data versions or bring them in."""
    if not versions:
        return
    known = {version.reference: str(version) for version in versions}
    workspace = versions[0].asset.workspace_id
    # In Python: the two databases look into JSON differently, and few recipes are saved.
    rows = DataflowVersion.objects.filter(flow__workspace=workspace).values_list("flow__name", "number", "recipe")
    for name, number, recipe in rows.order_by("flow__name", "-number"):
        for reference in _references(recipe):
            if reference in known:
                yield name, number, known[reference]


def _references(recipe: dict[str, Any]) -> list[str]:
    from atelier.dataflow import Recipe

    found = Recipe.from_dict(recipe)
    return list(dict.fromkeys([found.source, *found.others]))


def label_versions(workspace: Workspace, ids: list[str]) -> dict[str, labels.Label]:
    """Versions by name, for the lineage."""
    keys = [int(key) for key in ids if key.isascii() and key.isdigit()]
    rows = DataflowVersion.objects.filter(flow__workspace=workspace, pk__in=keys).select_related("flow__workspace")
    return {str(row.pk): labels.Label("dataflow", str(row), row.flow.get_absolute_url()) for row in rows}
