"""Reads about datastores."""

from collections.abc import Iterable

from django.db.models import Count, QuerySet

from registry.data.datastores.defaults import ensure_default
from registry.data.datastores.kinds.registry import KINDS
from registry.data.datastores.models import Datastore
from studio.access.models import Workspace
from studio.errors import NotFound
from studio.lineage.labels import Label

# What Azure's files call the place that is there from the start.
AZURE_DEFAULT = "workspaceblobstore"


def listing(workspace: Workspace) -> "QuerySet[Datastore]":
    """The workspace's datastores by name, the default one always among them."""
    ensure_default(workspace)
    return Datastore.objects.filter(workspace=workspace).select_related("created_by").order_by("name", "id")


def with_counts(rows: "QuerySet[Datastore]") -> "QuerySet[Datastore]":
    """Datastores with `version_count`: the versions of data assets that lie there."""
    return rows.annotate(version_count=Count("versions"))


def named(workspace: Workspace, name: str) -> Datastore:
    """The datastore of this name, upper and lower case alike. Raises NotFound, naming those there are."""
    rows = with_counts(listing(workspace))
    found = rows.filter(name__iexact=name).first()
    if found is None and name.lower() == AZURE_DEFAULT:
        found = ensure_default(workspace)
    if found is None:
        names = ", ".join(rows.values_list("name", flat=True)[:20])
        raise NotFound("datastore_not_found", f"There is no datastore {name[:80]!a} here: there are {names}.")
    found.workspace = workspace
    return found


def where(datastore: Datastore) -> str:
    """The place in a few words."""
    plugin = KINDS.find(datastore.kind)
    return str(plugin.implementation().where(datastore.options)) if plugin.is_available else ""


def label_datastores(workspace: Workspace, ids: Iterable[str]) -> dict[str, Label]:
    """Datastores in words, for the uses of their credentials."""
    numbers = [each for each in ids if each.isascii() and each.isdigit() and len(each) < 19]
    rows = Datastore.objects.filter(workspace=workspace, pk__in=numbers)
    return {str(row.pk): Label("datastore", row.name, row.get_absolute_url()) for row in rows}


def by_id(datastore_id: int) -> Datastore | None:
    return Datastore.objects.select_related("workspace", "secret").filter(pk=datastore_id).first()


def written_to() -> list[int]:
    """Every datastore of files that the studio writes to."""
    rows = Datastore.objects.filter(is_read_only=False).exclude(kind=Datastore.Kind.SQL)
    return list(rows.values_list("pk", flat=True))
