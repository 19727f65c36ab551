"""Values of runs by name: `params.lr`, `tags.team`, `metrics.val/loss:best`, `attributes.experiment`.

What a page groups, colours and facets by, and what scatter plots, bars, boxes and parallel coordinates show.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runs.tracking.metrics import queries as metric_queries
from runs.tracking.metrics.queries import Summary
from runs.tracking.models import Param, Run, Tag
from studio.errors import Invalid

FAMILIES = ("params", "tags", "metrics", "attributes")
STATISTICS = ("last", "best", "min", "max", "mean", "first")
MOST_FIELDS = 60
MOST_KEYS = 500
Value = float | str | None


@dataclass(frozen=True, slots=True)
class Field:
    """`statistic` is for metrics alone."""

    text: str
    family: str
    key: str
    statistic: str = ""


def parse(text: str) -> Field:
    """Raises Invalid for a text that names no value."""
    family, _, key = text.partition(".")
    if family not in FAMILIES or not key:
        raise _unknown(text)
    if family == "attributes" and key not in _ATTRIBUTES:
        raise _unknown(text)
    if family != "metrics":
        return Field(text, family, key)
    name, mark, statistic = key.rpartition(":")
    if mark and statistic in STATISTICS and name:
        return Field(text, family, name, statistic)
    return Field(text, family, key, "last")


def values(runs: Sequence[Run], fields: Sequence[Field]) -> dict[str, list[Value]]:
    """One list for each field, in the order of the runs; None where a run has no such value. At most three queries."""
    if len(fields) > MOST_FIELDS:
        raise Invalid("too_many_fields", f"At most {MOST_FIELDS} values of a run can be asked for at once.")
    ids = [run.pk for run in runs]
    keys = {family: [field.key for field in fields if field.family == family] for family in FAMILIES}
    params = _texts(Param, ids, keys["params"])
    tags = _texts(Tag, ids, keys["tags"])
    summaries = metric_queries.summaries_of(ids, keys["metrics"]) if keys["metrics"] and ids else {}
    found: dict[str, list[Value]] = {}
    for field in fields:
        if field.family == "attributes":
            found[field.text] = [_ATTRIBUTES[field.key](run) for run in runs]
        elif field.family == "metrics":
            found[field.text] = [_statistic(summaries.get(run.pk, {}).get(field.key), field.statistic) for run in runs]
        else:
            texts = params if field.family == "params" else tags
            found[field.text] = [texts.get((run.pk, field.key)) for run in runs]
    return found


def as_numbers(column: Sequence[Value]) -> list[Value]:
    """The column as numbers when every text in it is one."""
    numbers: list[Value] = [_number(value) for value in column]
    if any(number is None and value is not None for number, value in zip(numbers, column, strict=True)):
        return list(column)
    return numbers


def names(runs: Sequence[Run]) -> dict[str, list[str]]:
    """The keys of parameters and tags these runs have, by family; the well-known ones of tools left out."""
    ids = [run.pk for run in runs]
    params = Param.objects.filter(run__in=ids).order_by("key").values_list("key", flat=True).distinct()[:MOST_KEYS]
    tags = Tag.objects.filter(run__in=ids).exclude(key__startswith="mlflow.").order_by("key")
    return {"params": list(params), "tags": list(tags.values_list("key", flat=True).distinct()[:MOST_KEYS])}


def _texts(model: "type[Param | Tag]", ids: Sequence[str], keys: Sequence[str]) -> Mapping[tuple[str, str], str]:
    if not keys or not ids:
        return {}
    rows = model.objects.filter(run__in=ids, key__in=keys).order_by()
    return {(run_id, key): value for run_id, key, value in rows.values_list("run_id", "key", "value")}


def _statistic(summary: Summary | None, name: str) -> float | None:
    if summary is None:
        return None
    value = getattr(summary, name)
    if name == "best" and value is None:  # a metric without a goal has no best
        value = summary.last
    return value if value is None or not math.isnan(value) else None


def _number(value: Value) -> float | None:
    if value is None or isinstance(value, float | int):
        return value
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _duration(run: Run) -> float | None:
    if run.started_at is None or run.ended_at is None:
        return None
    return (run.ended_at - run.started_at).total_seconds()


_ATTRIBUTES = {
    "name": lambda run: run.name,
    "experiment": lambda run: run.experiment.path,
    "state": lambda run: run.state,
    "user": lambda run: str(run.created_by) if run.created_by else None,
    "source": lambda run: run.source,
    "duration": _duration,
    "started": lambda run: (run.started_at or run.created_at).timestamp() * 1000,
}


def _unknown(text: str) -> Invalid:
    message = f"{text[:80]!r} names no value of a run: params.KEY, tags.KEY, metrics.KEY:best or attributes.NAME."
    return Invalid("bad_field", message, fields={"field": message})


def finite(column: Sequence[Value]) -> list[Value]:
    """The column with None for what no axis can show."""
    return [None if isinstance(value, float) and not math.isfinite(value) else value for value in column]
