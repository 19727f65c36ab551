"""Reads about connections."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from studio.access.models import Workspace
from studio.lineage.labels import Label
from studio.secrets.connections import kinds
from studio.secrets.models import Connection


def listing(workspace: Workspace) -> "QuerySet[Connection]":
    """The workspace's connections by name."""
    rows = Connection.objects.filter(workspace=workspace).select_related("created_by")
    return rows.order_by("name", "id")


def document(connection: Connection) -> dict[str, Any]:
    """The connection as a file would say it, without its credential."""
    return {
        "name": connection.name,
        "type": connection.type,
        "target": connection.target,
        "metadata": dict(connection.metadata),
        "description": connection.description,
        "is_shared": connection.is_shared,
    }


def merged(connection: Connection, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The connection with some fields changed, as a file would say it. A new kind of target takes the old one's place."""
    kind = kinds.KINDS.get(kinds.type_named(str(changes.get("type") or connection.type)))
    found = document(connection)
    if kind is not None and set(kind.target_names) & set(changes):
        found.pop("target")
    return {**found, **changes}


def labels(workspace: Workspace, ids: list[str]) -> dict[str, Label]:
    """How connections are called where they used or hold a secret."""
    rows = Connection.objects.filter(workspace=workspace, pk__in=[int(each) for each in ids if each.isdigit()])
    return {
        str(row.pk): Label("connection", row.name, row.get_absolute_url()) for row in rows.select_related("workspace")
    }
