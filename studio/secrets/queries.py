"""Reads about secrets: names, versions and uses. No value is ever among them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from studio.access.models import Workspace
from studio.lineage import labels
from studio.lineage.labels import Label
from studio.lineage.things import Thing
from studio.secrets.models import Secret, SecretUse, SecretVersion

SHOWN_USES = 100


@dataclass(frozen=True, slots=True)
class Use:
    """That a version was opened, by what and when."""

    number: int | None
    thing: Thing
    label: Label
    used_at: datetime


@dataclass(frozen=True, slots=True)
class Row:
    """A secret of the list: who set it last, what opened it last, and what holds it."""

    secret: Secret
    last_use: Use | None
    holder: Label | None

    @property
    def set_by(self) -> str:
        return str(getattr(self.secret, "set_by_name", None) or "")

    @property
    def set_at(self) -> datetime:
        found: datetime | None = getattr(self.secret, "set_at", None)
        return found or self.secret.created_at


def listing(workspace: Workspace) -> "QuerySet[Secret]":
    """The workspace's secrets by name, with what their rows show."""
    return with_last(Secret.objects.filter(workspace=workspace)).order_by("name", "id")


def with_last(rows: "QuerySet[Secret]") -> "QuerySet[Secret]":
    """Secrets with the last time each was set and used."""
    newest = SecretVersion.objects.filter(secret=OuterRef("pk")).order_by("-number")
    used = SecretUse.objects.filter(secret=OuterRef("pk")).order_by("-used_at")
    return rows.annotate(
        set_by_name=Subquery(newest.values("created_by__name")[:1]),
        set_at=Subquery(newest.values("created_at")[:1]),
        last_user_kind=Subquery(used.values("user_kind")[:1]),
        last_user_id=Subquery(used.values("user_id")[:1]),
        last_used_at=Subquery(used.values("used_at")[:1]),
    )


def rows_of(workspace: Workspace, secrets: Iterable[Any]) -> list[Row]:
    """The rows of secrets that `with_last` told more about; what used and holds them is asked once a kind."""
    found = list(secrets)
    users = {each.pk: Thing(each.last_user_kind, each.last_user_id) for each in found if each.last_used_at}
    holders = {each.pk: _holder(each) for each in found if each.held_by}
    named = labels.labels(workspace, [*users.values(), *holders.values()])
    return [
        Row(
            secret=each,
            last_use=Use(None, users[each.pk], named[users[each.pk]], each.last_used_at) if each.pk in users else None,
            holder=named[holders[each.pk]] if each.pk in holders else None,
        )
        for each in found
    ]


def row_of(secret: Secret) -> Row:
    """One secret as the list shows it."""
    rows = with_last(Secret.objects.filter(pk=secret.pk))
    return rows_of(secret.workspace, rows)[0]


def names_for_jobs(workspace: Workspace) -> dict[str, str]:
    """The secrets that jobs may name, by their names in small letters."""
    names = Secret.objects.filter(workspace=workspace, held_by="").values_list("name", flat=True)
    return {name.casefold(): name for name in names}


def versions(secret: Secret) -> "QuerySet[SecretVersion]":
    """Who set it when, newest first."""
    return SecretVersion.objects.filter(secret=secret).select_related("created_by").defer("sealed")


def recent_uses(secret: Secret) -> list[Use]:
    """What opened it, newest first."""
    found = list(SecretUse.objects.filter(secret=secret)[:SHOWN_USES])
    named = labels.labels(secret.workspace, [Thing(use.user_kind, use.user_id) for use in found])
    return [
        Use(use.number, thing, named[thing], use.used_at)
        for use, thing in ((use, Thing(use.user_kind, use.user_id)) for use in found)
    ]


def _holder(secret: Secret) -> Thing:
    kind, _, pk = secret.held_by.partition(":")
    return Thing(kind, pk)
