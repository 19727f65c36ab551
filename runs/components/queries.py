"""Reads about registered components."""

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from runs.components.models import Component, ComponentVersion
from runs.components.references import LATEST
from studio.access.models import Workspace
from studio.errors import NotFound

MOST_WORDS = 20


def components_in(workspace: Workspace, *, words: str = "", is_archived: bool = False) -> "QuerySet[Component]":
    """The names of a workspace, each with `kept` (how many versions there are)."""
    rows = Component.objects.filter(workspace=workspace, is_archived=is_archived)
    for word in words.replace("\0", "").split()[:MOST_WORDS]:
        rows = rows.filter(Q(name__icontains=word) | Q(description__icontains=word))
    return rows.select_related("workspace", "created_by").annotate(kept=Count("versions")).order_by("name")


def component_named(workspace: Workspace, name: str) -> Component | None:
    return Component.objects.filter(workspace=workspace, name=name).select_related("workspace").first()


def versions_of(component: Component) -> "QuerySet[ComponentVersion]":
    """The versions of a name, newest first."""
    rows = ComponentVersion.objects.filter(component=component).order_by("-number")
    return rows.select_related("component__workspace", "snapshot", "created_by")


def version_at(component: Component, ref: str) -> ComponentVersion:
    """The version of this name, or the newest that is not archived for `latest`. Raises NotFound."""
    is_latest = ref.lower() == LATEST
    rows = versions_of(component)
    found = (rows.filter(is_archived=False) if is_latest else rows.filter(version=ref)).first()
    if found is None:
        missing = "no version that is not archived" if is_latest else f"no version {ref[:60]!r}"
        raise NotFound("not_found", f"The component {component.name} has {missing}.")
    return found


def newest(components: Iterable[Component]) -> dict[int, ComponentVersion]:
    """The newest version of each that is not archived."""
    rows = ComponentVersion.objects.filter(component__in=list(components), is_archived=False)
    return {row.component_id: row for row in rows.select_related("component__workspace").order_by("number")}


def newest_version_id(workspace: Workspace) -> int:
    """What a version made from now on is above."""
    newest = (
        ComponentVersion.objects.filter(component__workspace=workspace).order_by("-pk").values_list("pk", flat=True)
    )
    return newest.first() or 0
