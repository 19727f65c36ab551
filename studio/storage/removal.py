"""Removing stored bytes so that nothing is lost and nothing is left behind.

A blob's row and the promise to remove its object (`ObjectRemoval`) change places in one transaction; the object goes
afterwards, as often as it takes. A blob goes only when no row of any kind refers to it and nobody has stored equal bytes
meanwhile: both are part of the one statement that deletes its row.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from studio.storage import stores
from studio.storage.models import Blob, ObjectRemoval

logger = logging.getLogger(__name__)

# Whoever stored bytes may still be about to write the row that refers to them: a client that was cut off comes back.
GRACE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Owner:
    """One kind of row that refers to blobs."""

    model: type[models.Model]
    field: str

    def rows(self, **conditions: Any) -> "models.QuerySet[Any]":
        return self.model._base_manager.filter(**conditions)

    @property
    def words(self) -> str:
        return str(self.model._meta.verbose_name_plural)


@cache
def owners() -> tuple[Owner, ...]:
    """All kinds of rows that refer to blobs, whatever app they are in."""
    found = []
    for relation in Blob._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ForeignObjectRel):
            found.append(Owner(relation.related_model, relation.field.name))
    return tuple(found)


def without_owner(rows: "models.QuerySet[Blob]") -> "models.QuerySet[Blob]":
    """Those blobs that no row refers to."""
    for owner in owners():
        rows = rows.exclude(Exists(owner.rows(**{owner.field: OuterRef("pk")})))
    return rows


def unclaimed(moment: datetime | None = None, prefix: str = "") -> Q:
    """Blobs whose bytes nobody stored again lately."""
    before = (moment or timezone.now()) - GRACE
    return Q(**{f"{prefix}claimed_at": None}) | Q(**{f"{prefix}claimed_at__lt": before})


def claim(blob: Blob) -> None:
    """Somebody was told that the bytes are here and is about to refer to them."""
    Blob.objects.filter(pk=blob.pk).update(claimed_at=timezone.now())


def drop(blobs: Sequence[Blob], *, released_for: str = "") -> list[Blob]:
    """Remove the rows of blobs that nobody refers to and nobody claimed since they were read; answers which went.

    Their objects are then due: `remove_object`.
    """
    try:
        with transaction.atomic():
            return _drop(blobs, released_for)
    except IntegrityError:
        # A row that refers to one of them came at this moment: that one stays, the others go.
        return [gone for blob in blobs for gone in _drop_one(blob, released_for)]


def remove_object(removal: ObjectRemoval) -> bool:
    """Remove the object from the store; what the store says against it is noted for the next try."""
    try:
        stores.delete_object(removal.key)
    except Exception as error:  # noqa: BLE001  whatever the store's transport raises: the removal stays due
        logger.warning("the object %s was not removed: %s", removal.key, error)
        said = f"{type(error).__name__}: {error}"[:500]
        ObjectRemoval.objects.filter(pk=removal.pk).update(attempts=models.F("attempts") + 1, problem=said)
        return False
    return True


def remove_objects(removals: Iterable[ObjectRemoval]) -> list[ObjectRemoval]:
    """Remove objects; answers those the store has let go. The promises are still to be struck off: `strike`."""
    return [due for due in removals if remove_object(due)]


def strike(removals: Sequence[ObjectRemoval]) -> list[ObjectRemoval]:
    """Strike off promises that were kept; answers those that this call struck, for whoever counts them.

    Another worker may have kept the same promise: whoever strikes it counts it.
    """
    if len(removals) > 1 and _strike_all(removals):
        return list(removals)
    return [due for due in removals if ObjectRemoval.objects.filter(pk=due.pk).delete()[0]]


class _NotAll(Exception):
    """A statement did not reach all the rows it was meant for; which ones it did can't be known from it."""


def _strike_all(removals: Sequence[ObjectRemoval]) -> bool:
    """Strike all of them by one statement, or none."""
    try:
        with transaction.atomic():
            if ObjectRemoval.objects.filter(pk__in=[due.pk for due in removals]).delete()[0] != len(removals):
                raise _NotAll
    except _NotAll:
        return False
    return True


def _drop(blobs: Sequence[Blob], released_for: str) -> list[Blob]:
    by_claim: dict[datetime | None, list[Blob]] = {}
    for blob in blobs:
        by_claim.setdefault(blob.claimed_at, []).append(blob)
    gone = [blob for alike in by_claim.values() for blob in _delete(alike)]
    ObjectRemoval.objects.bulk_create(
        ObjectRemoval(key=blob.key, size=blob.size, released_for=released_for) for blob in gone
    )
    return gone


def _delete(alike: Sequence[Blob]) -> list[Blob]:
    """Delete rows that nobody refers to and whose claim is still the one that was read; answers which went."""
    ids = [blob.pk for blob in alike]
    rows = without_owner(Blob.objects.filter(pk__in=ids, claimed_at=alike[0].claimed_at))
    # One statement with its conditions in it: what comes between a look and a deletion can't be missed.
    count = rows._raw_delete(rows.db)
    if count == len(alike) or not count:
        return list(alike) if count else []
    left = set(Blob.objects.filter(pk__in=ids).values_list("pk", flat=True))
    gone = [blob for blob in alike if blob.pk not in left]
    if len(gone) != count:
        # Another worker removes some of them too: one by one it is plain whose each was.
        raise IntegrityError("some of these blobs were removed by another worker at this moment")
    return gone


def _drop_one(blob: Blob, released_for: str) -> list[Blob]:
    try:
        with transaction.atomic():
            return _drop([blob], released_for)
    except IntegrityError:
        return []
