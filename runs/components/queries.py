"""Reads about registered components."""

from functools import reduce
from operator import or_

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from runs.components import declaring
from runs.components.models import Component, ComponentVersion
from runs.components.references import LATEST
from studio.access.models import Workspace
from studio.errors import NotFound

MOST_WORDS = 20
SEARCHED = ("display_name", "category", "tags")


def components_in(workspace: Workspace, *, words: str = "", category: str = "") -> "QuerySet[Component]":
    """The names that the palette has: with every word, not archived, with a version of the category that is not."""
    rows = _with_words(Component.objects.filter(workspace=workspace, is_archived=False), words)
    living = _of_outer().filter(_in_category(category), is_archived=False)
    return rows.filter(Exists(living)).order_by("name")


def _in_category(category: str) -> Q:
    if not category:
        return Q()
    of_itself = Q(definition__category__iexact=category.replace("\0", ""))
    if category.casefold() == declaring.OWN_CATEGORY.casefold():
        return of_itself | Q(definition__category__isnull=True) | Q(definition__category__iexact="")
    return of_itself


def archived_in(workspace: Workspace, *, words: str = "") -> "QuerySet[Component]":
    """The names that were put away, each with `kept` (how many versions there are)."""
    rows = _with_words(Component.objects.filter(workspace=workspace, is_archived=True), words)
    return rows.select_related("workspace").annotate(kept=Count("versions")).order_by("name")


def _with_words(rows: "QuerySet[Component]", words: str) -> "QuerySet[Component]":
    """Those that have every word in their name or in what a version says of itself."""
    for word in words.replace("\0", "").split()[:MOST_WORDS]:
        said = (Q(**{f"definition__{part}__icontains": word}) for part in SEARCHED)
        in_a_version = Exists(_of_outer().filter(reduce(or_, said)))
        rows = rows.filter(Q(name__icontains=word) | Q(description__icontains=word) | in_a_version)
    return rows


def _of_outer() -> "QuerySet[ComponentVersion]":
    return ComponentVersion.objects.filter(component=OuterRef("pk"))


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


def newest(components: "QuerySet[Component]") -> list[ComponentVersion]:
    """The newest version of each that is not archived, by name; those whose versions all are have none."""
    theirs = _of_outer().filter(is_archived=False).order_by("-number")
    wanted = components.order_by().values_list(Subquery(theirs.values("pk")[:1]))
    rows = ComponentVersion.objects.filter(pk__in=wanted).defer("text")
    return list(rows.select_related("component__workspace").order_by("component__name"))


def living_versions(components: "QuerySet[Component]") -> dict[int, list[str]]:
    """The versions of each that are not archived, newest first."""
    rows = ComponentVersion.objects.filter(component__in=components.order_by().values("pk"), is_archived=False)
    found: dict[int, list[str]] = {}
    for component, version in rows.order_by("-number").values_list("component_id", "version"):
        found.setdefault(component, []).append(version)
    return found


def newest_version_id(workspace: Workspace) -> int:
    """What a version made from now on is above."""
    newest = (
        ComponentVersion.objects.filter(component__workspace=workspace).order_by("-pk").values_list("pk", flat=True)
    )
    return newest.first() or 0
