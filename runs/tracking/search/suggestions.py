"""What could be typed next: fields of the language, the workspace's own keys, and values that were given to them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import Q, QuerySet

from runs.tracking.metrics.models import MetricKey
from runs.tracking.models import Param, Run, Tag
from runs.tracking.search.fields import ATTRIBUTES, DATASETS, FIELDS
from studio.access.models import Membership, Workspace
from studio.api.searching import Suggestion
from studio.search import Attribute, Kind, writing

NEWEST = 100  # runs whose parameters and tags are offered
LONGEST_VALUE = 120


def keys(
    workspace: Workspace, *, prefix: str = "", family: str = "", experiment: str = "", limit: int = 20
) -> list[Suggestion]:
    """Fields whose name holds `prefix`, those that begin with it first. `family` keeps to one family."""
    sources: dict[str, Callable[[], Iterable[Suggestion]]] = {
        "attributes": lambda: _named("attributes", ATTRIBUTES, prefix),
        "metrics": lambda: _free("metrics", _metrics(workspace, prefix, limit), "metric"),
        "params": lambda: _free(
            "params", _keys(Param.objects.all(), workspace, experiment, prefix, limit), "parameter"
        ),
        "tags": lambda: _free("tags", _keys(Tag.objects.all(), workspace, experiment, prefix, limit), "tag"),
        "datasets": lambda: _named("datasets", DATASETS, prefix),
    }
    found = [one for name, source in sources.items() if family in ("", name) for one in source()]
    return sorted(found, key=lambda one: not one.label.lower().startswith(prefix.lower()))[:limit]


def values(
    workspace: Workspace, *, family: str, key: str, prefix: str = "", experiment: str = "", limit: int = 20
) -> list[Suggestion]:
    """Values of one field that hold `prefix`: states, people, or what the newest runs have."""
    known = FIELDS.family(family)
    attribute = known.attribute(key) if known is not None else None
    if attribute is None or attribute.kind in (Kind.NUMBER, Kind.TIME):
        return []
    if attribute.kind == Kind.PERSON:
        texts: Sequence[str] = _people(workspace, prefix, limit)
    elif family in ("params", "tags"):
        rows: QuerySet[Any] = Param.objects.all() if family == "params" else Tag.objects.all()
        texts = _given(rows, workspace, experiment, key, prefix, limit)
    else:
        texts = [choice for choice in attribute.choices if prefix.lower() in choice]
    shown = [Suggestion(writing.write_text(text), text, family) for text in texts[:limit]]
    return [Suggestion("me", "me", family, "you"), *shown] if attribute.kind == Kind.PERSON else shown


def _named(family: str, attributes: Iterable[Attribute], prefix: str) -> list[Suggestion]:
    wanted = prefix.lower()
    return [
        Suggestion(writing.write_name(family, one.name), one.name, family, one.summary)
        for one in attributes
        if any(wanted in name.lower() for name in (one.name, *one.aliases))
    ]


def _free(family: str, names: Iterable[str], word: str) -> list[Suggestion]:
    return [Suggestion(writing.write_name(family, name), name, family, word) for name in names]


def _metrics(workspace: Workspace, prefix: str, limit: int) -> list[str]:
    names = MetricKey.objects.filter(workspace=workspace, name__icontains=prefix).order_by("name")
    first = names.filter(name__istartswith=prefix).values_list("name", flat=True)[:limit]
    found = list(first)
    if len(found) < limit:
        found += names.exclude(name__in=found).values_list("name", flat=True)[: limit - len(found)]
    return found


def _keys(rows: "QuerySet[Any]", workspace: Workspace, experiment: str, prefix: str, limit: int) -> list[str]:
    found = rows.filter(run__in=_newest(workspace, experiment), key__icontains=prefix).order_by("key")
    return list(found.values_list("key", flat=True).distinct()[: limit * 2])


def _given(
    rows: "QuerySet[Any]", workspace: Workspace, experiment: str, key: str, prefix: str, limit: int
) -> list[str]:
    found = rows.filter(run__in=_newest(workspace, experiment), key=key, value__icontains=prefix).order_by("value")
    texts = found.values_list("value", flat=True).distinct()[: limit * 2]
    return [text for text in texts if len(text) <= LONGEST_VALUE]


def _newest(workspace: Workspace, experiment: str) -> list[str]:
    rows = Run.objects.filter(workspace=workspace, deleted_at=None)
    if experiment:
        rows = rows.filter(Q(experiment__path=experiment) | Q(experiment__path__startswith=experiment + "/"))
    return list(rows.order_by("-created_at", "-pk").values_list("pk", flat=True)[:NEWEST])


def _people(workspace: Workspace, prefix: str, limit: int) -> list[str]:
    rows = Membership.objects.filter(workspace=workspace)
    rows = rows.filter(Q(user__email__icontains=prefix) | Q(user__name__icontains=prefix))
    return list(rows.order_by("user__email").values_list("user__email", flat=True)[:limit])
