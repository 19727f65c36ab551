"""Figures over traces, spans and assessments: MLflow's trace metrics, by name, state, model and time."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Avg,
    BigIntegerField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Sum,
)
from django.db.models.functions import Cast

from runs.traces.models import Assessment, Trace, TraceMetadata, TraceSpan, TraceTag
from studio import search
from studio.errors import Invalid, TooLarge
from studio.search import Compare

TRACES, SPANS, ASSESSMENTS = "TRACES", "SPANS", "ASSESSMENTS"
MAX_VALUES = 500_000
MAX_BUCKETS = 10_000
TIME_BUCKET = "time_bucket"
_IN_SQL: dict[str, Any] = {"COUNT": Count, "SUM": Sum, "AVG": Avg, "MIN": Min, "MAX": Max}
_NUMBERS = ("COUNT", "SUM", "AVG", "MIN", "MAX", "PERCENTILE")


@dataclass(frozen=True, slots=True)
class Aggregation:
    kind: str
    percentile: float | None = None

    @property
    def label(self) -> str:
        return f"P{self.percentile:g}" if self.kind == "PERCENTILE" else self.kind


@dataclass(frozen=True, slots=True)
class Question:
    view: str
    metric: str
    aggregations: tuple[Aggregation, ...]
    dimensions: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    interval_seconds: int | None = None
    start_ms: int | None = None
    end_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Point:
    dimensions: dict[str, str]
    values: dict[str, float]


_LATENCY = ExpressionWrapper((F("end_ns") - F("start_ns")) / 1_000_000, output_field=BigIntegerField())
# View → metric → the column it counts or measures.
_METRICS: dict[str, dict[str, Any]] = {
    TRACES: {
        "trace_count": F("trace_id"),
        "session_count": F("session"),
        "latency": F("duration_ms"),
        "input_tokens": F("input_tokens"),
        "output_tokens": F("output_tokens"),
        "total_tokens": F("total_tokens"),
        "cache_read_input_tokens": F("cache_read_tokens"),
        "cache_creation_input_tokens": F("cache_creation_tokens"),
    },
    SPANS: {
        "span_count": F("span_id"),
        "latency": _LATENCY,
        "input_cost": F("input_cost"),
        "output_cost": F("output_cost"),
        "total_cost": F("total_cost"),
    },
    ASSESSMENTS: {"assessment_count": F("assessment_id"), "assessment_value": F("number")},
}
_DIMENSIONS: dict[str, dict[str, Any]] = {
    TRACES: {"trace_name": F("name"), "trace_status": F("state")},
    SPANS: {
        "span_name": F("name"),
        "span_type": F("type"),
        "span_status": F("status"),
        "span_model_name": F("model"),
        "span_model_provider": F("provider"),
    },
    ASSESSMENTS: {"assessment_name": F("name"), "assessment_value": F("value")},
}
_TIMES: dict[str, Any] = {
    TRACES: F("request_time_ms"),
    SPANS: ExpressionWrapper(F("start_ns") / 1_000_000, output_field=BigIntegerField()),
    ASSESSMENTS: F("trace__request_time_ms"),
}
_COUNTS = frozenset({"trace_count", "session_count", "span_count", "assessment_count"})


def answer(experiments: Sequence[int], question: Question) -> list[Point]:
    """The figures, one point for each combination of dimensions and time, in their order. Raises Invalid."""
    _check(question)
    rows = _rows(experiments, question)
    names = _grouping(question)
    grouped = rows.annotate(**{f"by_{at}": value for at, (_, value) in enumerate(names)})
    keys = [f"by_{at}" for at in range(len(names))]
    column = _METRICS[question.view][question.metric]
    if question.metric in _COUNTS:
        counted = grouped.order_by(*keys).values(*keys) if keys else None
        count = Count(column, distinct=question.metric == "session_count")
        found = (
            [(*(row[key] for key in keys), row["n"]) for row in counted.annotate(n=count)]
            if counted is not None
            else [(grouped.aggregate(n=count)["n"],)]
        )
        return [_point(names, row[:-1], {"COUNT": row[-1]}) for row in found[:MAX_BUCKETS] if row[-1] or keys]
    values = grouped.annotate(measured=Cast(column, FloatField())).exclude(measured__isnull=True)
    if all(wanted.kind in _IN_SQL for wanted in question.aggregations):
        return _summed(values, names, question)
    return _measured(values.order_by(*keys, "measured").values_list(*keys, "measured"), names, question)


def _summed(values: Any, names: list[tuple[str, Any]], question: Question) -> list[Point]:
    """What the database sums itself, over any number of values."""
    keys = [f"by_{at}" for at in range(len(names))]
    figures = {f"figure_{at}": _IN_SQL[wanted.kind]("measured") for at, wanted in enumerate(question.aggregations)}
    rows = values.order_by(*keys).values(*keys).annotate(**figures) if keys else [values.aggregate(**figures)]
    return [
        _point(
            names,
            [row[key] for key in keys],
            {wanted.label: float(row[f"figure_{at}"]) for at, wanted in enumerate(question.aggregations)},
        )
        for row in rows[:MAX_BUCKETS]
        if row["figure_0"] is not None
    ]


def _measured(rows: Any, names: list[tuple[str, Any]], question: Question) -> list[Point]:
    """Sums and percentiles worked out of the sorted values: SQLite has no percentiles."""
    groups: dict[tuple[Any, ...], list[float]] = {}
    for count, row in enumerate(rows[: MAX_VALUES + 1].iterator(chunk_size=10_000), 1):
        if count > MAX_VALUES:
            raise TooLarge(
                "too_many_values",
                f"More than {MAX_VALUES:,} values would have to be sorted.",
                hint="Ask for a shorter time or fewer experiments, or leave the percentiles out.",
            )
        groups.setdefault(row[:-1], []).append(row[-1])
    return [
        _point(names, key, {wanted.label: _figure(wanted, values) for wanted in question.aggregations})
        for key, values in groups.items()
    ]


def _figure(wanted: Aggregation, values: list[float]) -> float:
    if wanted.kind == "PERCENTILE":
        return _percentile(values, wanted.percentile or 0.0)
    figures = {"SUM": sum, "MIN": min, "MAX": max, "COUNT": len, "AVG": lambda all_of: sum(all_of) / len(all_of)}
    return float(figures[wanted.kind](values))  # type: ignore[operator]


def _percentile(ordered: list[float], percentile: float) -> float:
    """Between two neighbours in proportion, as numpy's and PostgreSQL's are."""
    place = (len(ordered) - 1) * percentile / 100
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def _rows(experiments: Sequence[int], question: Question) -> "QuerySet[Any]":
    at = _TIMES[question.view]
    model: Any = {TRACES: Trace, SPANS: TraceSpan, ASSESSMENTS: Assessment}[question.view]
    prefix = "" if question.view == TRACES else "trace__"
    rows = model.objects.filter(**{f"{prefix}experiment__in": list(experiments)}).order_by()
    if question.metric == "session_count":
        rows = rows.exclude(session="")
    if question.view == ASSESSMENTS:
        rows = rows.filter(is_valid=True)
    for bound, lookup in ((question.start_ms, "gte"), (question.end_ms, "lte")):
        if bound is not None:
            rows = rows.annotate(at_ms=at).filter(**{f"at_ms__{lookup}": bound})
    for text in question.filters:
        rows = rows.filter(_condition(text, question.view))
    return rows


def _condition(text: str, view: str) -> Q:
    """`trace.status = "OK"`, `trace.tag.env = "prod"`, `span.name = "model"`: one comparison for equality each."""
    node = search.parse(text)
    if not isinstance(node, Compare) or node.operator != "=" or not isinstance(node.value, search.Text):
        raise Invalid("bad_search", f"Invalid filter {text[:200]!r}: it must be one comparison for equality.")
    family, key, value = node.field.family, node.field.key, node.value.text
    if family in ("trace", "attributes"):
        return _trace_condition(text, key, value, "" if view == TRACES else "trace__")
    kept = {"span": (SPANS, ("name", "status", "type")), "assessment": (ASSESSMENTS, ("name", "type"))}.get(family)
    if kept is None or kept[0] != view or key not in kept[1]:
        raise Invalid("bad_search", f"Invalid filter {text[:200]!r} for metrics of {view.lower()}.")
    return Q(**{"kind" if family == "assessment" and key == "type" else key: value})


def _trace_condition(text: str, key: str, value: str, prefix: str) -> Q:
    if key == "status":
        return Q(**{f"{prefix}state": value})
    kind, _, name = key.partition(".")
    model: Any = {"tag": TraceTag, "metadata": TraceMetadata}.get(kind)
    if model is None or not name:
        raise Invalid("bad_search", f"Invalid filter {text[:200]!r}: a trace has status, tag.<key> and metadata.<key>.")
    owner = "pk" if prefix == "" else "trace"
    return Q(Exists(model.objects.filter(trace=OuterRef(owner), key=name, value=value)))


def _grouping(question: Question) -> list[tuple[str, Any]]:
    names = []
    if question.interval_seconds:
        size = question.interval_seconds * 1000
        whole = ExpressionWrapper(_TIMES[question.view] / size * size, output_field=BigIntegerField())
        names.append((TIME_BUCKET, whole))
    return [*names, *((name, _DIMENSIONS[question.view][name]) for name in question.dimensions)]


def _point(names: list[tuple[str, Any]], key: Sequence[Any], values: dict[str, float]) -> Point:
    told = {name: _shown(name, value) for (name, _), value in zip(names, key, strict=True) if value not in (None, "")}
    return Point(dimensions=told, values=values)


def _shown(name: str, value: Any) -> str:
    from runs.traces.pages import moment

    return moment(int(value)).isoformat() if name == TIME_BUCKET else str(value)


def _check(question: Question) -> None:
    if question.view not in _METRICS or question.metric not in _METRICS[question.view]:
        raise Invalid("bad_parameter", f"There is no metric {question.metric[:80]!r} of {question.view.lower()[:20]}.")
    unknown = [name for name in question.dimensions if name not in _DIMENSIONS[question.view]]
    if unknown:
        raise Invalid("bad_parameter", f"There is no dimension {unknown[0][:80]!r} of {question.view.lower()}.")
    for wanted in question.aggregations:
        is_count = question.metric in _COUNTS
        if wanted.kind not in _NUMBERS or is_count != (wanted.kind == "COUNT"):
            raise Invalid("bad_parameter", f"{question.metric} can't be aggregated by {wanted.kind[:20]}.")
        if wanted.kind == "PERCENTILE" and (wanted.percentile is None or not 0 <= wanted.percentile <= 100):
            raise Invalid("bad_parameter", "A percentile lies between 0 and 100.")
    if not question.aggregations:
        raise Invalid("bad_parameter", "Name at least one aggregation.")
    if question.interval_seconds is not None and not 1 <= question.interval_seconds <= 10**9:
        raise Invalid("bad_parameter", "An interval is at least one second.")
