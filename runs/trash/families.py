"""Which runs go together: a run and everything below it, whatever experiment it lies in."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from django.db.models import Q, QuerySet

from compute.jobs.models import LIVE_STATES
from runs.tracking import owners
from runs.tracking.models import Run, RunState

AT_ONCE = 500  # ids in one statement
# A run that MLflow opened has no process the studio knows of: it may go whatever it says about itself. A pipeline's run has
# no process of its own either, and the studio is at work on it.
LIVE = Q(state__in=[RunState.QUEUED, *LIVE_STATES]) & (Q(job__isnull=False) | Q(source=owners.PIPELINE))

T = TypeVar("T")


def below(ids: Iterable[str], *, only: Q | None = None) -> list[str]:
    """The ids of all runs below these, level by level; `only` those (and below those) that pass."""
    found: dict[str, None] = {}
    seen = set(ids)
    level = list(seen)
    while level:
        following: list[str] = []
        for some in portions(level):
            rows = Run.objects.filter(parent__in=some)
            following += (rows.filter(only) if only is not None else rows).values_list("pk", flat=True)
        level = [pk for pk in following if pk not in seen]
        seen.update(level)
        found.update(dict.fromkeys(level))
    return list(found)


def above(runs: Iterable[Run]) -> list[Run]:
    """The runs above these, level by level, each once; only what tells where they hang and lie is loaded."""
    found: dict[str, Run] = {}
    level = {run.parent_id for run in runs if run.parent_id}
    while level:
        following: set[str] = set()
        for some in portions(list(level)):
            for row in Run.objects.filter(pk__in=some).only("parent_id", "experiment_id", "deleted_at"):
                found[row.pk] = row
                following.update([row.parent_id] if row.parent_id else [])
        level = following - found.keys()
    return list(found.values())


def foreign_children(runs: "QuerySet[Run]", *, only: Q) -> list[str]:
    """The ids of runs outside of `runs` that lie below one of them, however deep."""
    inside = runs.order_by().values("pk")
    ids = list(Run.objects.filter(only, parent__in=inside).exclude(pk__in=inside).values_list("pk", flat=True))
    return ids + [pk for pk in below(ids, only=only) if pk not in set(ids)]


def portions(ids: Sequence[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    """The ids in pieces that fit one statement."""
    for start in range(0, len(ids), size):
        yield list(ids[start : start + size])
