"""Reads of the feed and of long operations."""

from django.db.models import QuerySet

from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity.models import Activity, Event

# What the feed can be narrowed to: the part of a verb before its dot.
AREAS = ("run", "experiment", "compute", "environment", "member", "workspace")
STATES = ("open", "finished", *Activity.State.values)


def operations(rows: "QuerySet[Activity]", *, state: str = "", kind: str = "") -> "QuerySet[Activity]":
    """Long operations, narrowed; `state` is one of STATES."""
    if state == "open":
        rows = rows.exclude(state__in=Activity.FINAL)
    elif state == "finished":
        rows = rows.filter(state__in=Activity.FINAL)
    elif state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    return rows.select_related("actor")


def events(rows: "QuerySet[Event]", *, area: str = "", actor_id: int | None = None) -> "QuerySet[Event]":
    """Lines of the feed, narrowed; `area` is one of AREAS."""
    if area:
        rows = rows.filter(verb__startswith=f"{area}.")
    if actor_id is not None:
        rows = rows.filter(actor_id=actor_id)
    return rows.select_related("actor")


def kinds_in(workspace: Workspace) -> list[str]:
    """The kinds of operation there are in a workspace."""
    return sorted(Activity.objects.filter(workspace=workspace).order_by().values_list("kind", flat=True).distinct())


def people_in(workspace: Workspace) -> list[User]:
    """Who may be chosen in the feed's filter: the members."""
    return list(User.objects.filter(memberships__workspace=workspace).order_by("name", "email"))
