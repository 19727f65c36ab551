"""Which columns there are: every metric, parameter and tag of an experiment, found by a word, a page at a time.

Twelve thousand names do no harm: they are counted on the server over the newest runs, kept for some minutes, and only
the page that is asked for travels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from django.db.models import Count, F, Q, QuerySet

from runs.grid import shelf
from runs.grid.columns import ATTRIBUTE, ATTRIBUTES, METRIC, PARAM, TAG
from runs.tracking.metrics.models import MetricKey, MetricSummary
from runs.tracking.models import Param, Run, Tag
from studio.access.models import Workspace

NEWEST = 1_000  # the runs whose names are counted
MOST_PER_PAGE = 200
USUAL_METRICS, USUAL_PARAMS = 4, 4
SYSTEM = "system/"
HIDDEN_TAGS = "mlflow."


@dataclass(frozen=True, slots=True)
class Key:
    """A name that can be a column, and in how many of the newest runs it is."""

    kind: str
    key: str
    count: int
    goal: str = ""

    @property
    def spec(self) -> str:
        return f"{self.kind}:{self.key}.last" if self.kind == METRIC else f"{self.kind}:{self.key}"


@dataclass(frozen=True, slots=True)
class Page:
    keys: list[Key]
    total: int


def catalogue(
    workspace: Workspace, *, experiment: str = "", kind: str = "", text: str = "", start: int = 0, limit: int = 50
) -> Page:
    """The names that hold all words of `text`: the commonest first, an attribute before all. Nothing travels twice."""
    words = text.casefold().split()
    found = [
        key
        for key in (*_attributes(), *_counted(workspace, experiment))
        if (not kind or key.kind == kind) and all(word in key.key.casefold() for word in words)
    ]
    if not found and text.strip():
        found = _elsewhere(workspace, kind, text.strip())
    return Page(found[start : start + min(limit, MOST_PER_PAGE)], len(found))


def usual(workspace: Workspace, experiment: str = "") -> list[str]:
    """The columns of a table nobody has set up: the commonest metrics and parameters."""
    keys = _counted(workspace, experiment)
    metrics = [key.spec for key in keys if key.kind == METRIC and not key.key.startswith(SYSTEM)][:USUAL_METRICS]
    params = [key.spec for key in keys if key.kind == PARAM][:USUAL_PARAMS]
    return [*metrics, *params]


def goals(workspace: Workspace, names: Sequence[str]) -> dict[str, str]:
    """The metrics among these that have a goal, and which."""
    rows = MetricKey.objects.filter(workspace=workspace, name__in=names).exclude(goal="")
    return dict(rows.values_list("name", "goal"))


def _attributes() -> list[Key]:
    return [Key(ATTRIBUTE, one.key, 0) for one in ATTRIBUTES.values()]


def _counted(workspace: Workspace, experiment: str) -> list[Key]:
    place = f"{workspace.pk}:keys:{experiment}"
    raw = shelf.get(place)
    newest = _newest(workspace, experiment)
    mark = newest[0] if newest else ""
    if raw is not None:
        kept_mark, rows = orjson.loads(raw)
        if kept_mark == mark:
            return [Key(*row) for row in rows]
    keys = _count(newest)
    shelf.put(place, orjson.dumps([mark, [[one.kind, one.key, one.count, one.goal] for one in keys]]))
    return keys


def _newest(workspace: Workspace, experiment: str) -> list[str]:
    rows = Run.objects.in_workspace(workspace).filter(deleted_at=None)
    if experiment:
        rows = rows.filter(Q(experiment__path=experiment) | Q(experiment__path__startswith=experiment + "/"))
    return list(rows.order_by("-created_at", "-pk").values_list("pk", flat=True)[:NEWEST])


def _count(ids: list[str]) -> list[Key]:
    if not ids:
        return []
    metrics: QuerySet[Any] = MetricSummary.objects.filter(run_id__in=ids).order_by()
    found = [
        Key(METRIC, name, count, goal)
        for name, goal, count in metrics.values_list("key__name", "key__goal").annotate(count=Count("pk"))
    ]
    for kind, model in ((PARAM, Param), (TAG, Tag)):
        rows = model._default_manager.filter(run_id__in=ids).order_by()
        found += [Key(kind, key, count) for key, count in rows.values_list("key").annotate(count=Count("pk"))]
    rank = {METRIC: 0, PARAM: 1, TAG: 2}
    return sorted(found, key=lambda one: (rank[one.kind], _is_quiet(one), not one.goal, -one.count, one.key))


def _is_quiet(key: Key) -> bool:
    return key.key.startswith(SYSTEM) if key.kind == METRIC else key.key.startswith(HIDDEN_TAGS)


def _elsewhere(workspace: Workspace, kind: str, text: str) -> list[Key]:
    """Metrics that only other or older runs have: a name that was typed in full is found wherever it is."""
    if kind not in ("", METRIC):
        return []
    rows = MetricKey.objects.filter(workspace=workspace, name__icontains=text).order_by("name")
    return [Key(METRIC, name, 0, goal) for name, goal in rows.values_list(F("name"), "goal")[:MOST_PER_PAGE]]
