"""The turns that remove stored bytes, once the rows that held them are gone."""

from django.db.models import Sum

from runs.tracking.models import Snapshot
from runs.trash import anatomy
from runs.trash.turns import Shift, Tally
from studio.storage import removal
from studio.storage.models import Blob, ObjectRemoval

BLOBS_AT_ONCE = 150
OBJECTS_AT_ONCE = 200
TRIES = 3  # in one go; what the store still refuses is tried every hour

SHARED = "Something else needs the same bytes."
CLAIMED = "They were stored again within a day; they go when nobody has used them by then."


def drop_blobs(shift: Shift) -> bool:
    """Look at some blobs whose owner went: drop those that nobody needs, and say why the others stay."""
    subject = shift.purge.subject
    some = list(
        Blob.objects.filter(released_for=subject).values_list("pk", flat=True)[: min(shift.size, BLOBS_AT_ONCE)]
    )
    if not some:
        return False
    with shift.turn() as tally:
        tally.count({"snapshots": _remove_snapshots(some)})
        free = removal.without_owner(Blob.objects.filter(removal.unclaimed(), pk__in=some))
        tally.count({"stored files": len(removal.drop(list(free), released_for=subject))})
        _keep(subject, some, tally)
    return True


def remove_objects(shift: Shift) -> bool:
    """Remove some objects from the store and count their bytes as freed: now they are."""
    due = ObjectRemoval.objects.filter(released_for=shift.purge.subject, attempts__lt=TRIES)
    some = list(due.order_by("attempts", "id")[:OBJECTS_AT_ONCE])
    if not some:
        return False
    gone = removal.remove_objects(some)
    with shift.turn() as tally:
        _count(removal.strike(gone), tally)
    return True


def what_is_left(subject: str) -> str:
    """What the store did not let go, in words; empty when everything is gone."""
    left = ObjectRemoval.objects.filter(released_for=subject)
    count = left.count()
    if not count:
        return ""
    size = left.aggregate(total=Sum("size"))["total"]
    said = left.exclude(problem="").values_list("problem", flat=True).first() or "no reason was given"
    files = "1 file" if count == 1 else f"{count:,} files"
    return f"The store has not removed {files} ({size:,} bytes) yet; it is asked again every hour. It said: {said}"


def _remove_snapshots(blobs: list[int]) -> int:
    rows = Snapshot.objects.filter(removal.unclaimed(prefix="blob__"), blob__in=blobs)
    unused = list(anatomy.unreferenced(rows, Snapshot).values_list("pk", flat=True))
    # A run that names one of them at this moment makes the turn fail, and the next one sees it.
    return Snapshot.objects.filter(pk__in=unused).delete()[0] if unused else 0


def _keep(subject: str, some: list[int], tally: Tally) -> None:
    rest = Blob.objects.filter(pk__in=some, released_for=subject)
    claimed = removal.without_owner(rest).aggregate(total=Sum("size"))["total"] or 0
    claimed_count = removal.without_owner(rest).count()
    total = rest.aggregate(total=Sum("size"))["total"] or 0
    count = rest.count()
    tally.keep("files", claimed_count, claimed, CLAIMED)
    tally.keep("files", count - claimed_count, total - claimed, SHARED)
    rest.update(released_for="")


def _count(gone: list[ObjectRemoval], tally: Tally) -> None:
    tally.objects += len(gone)
    tally.bytes += sum(due.size for due in gone)
