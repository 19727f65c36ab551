"""Metrics as JSON. What is not finite travels as "NaN", "Infinity" or "-Infinity"; null says that there is none."""

import math
from typing import Any

import numpy as np
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from runs.tracking.metrics import queries
from runs.tracking.metrics.codec import Floats

BUCKET_PARAMETERS = [
    OpenApiParameter("key", str, many=True, required=True),
    OpenApiParameter("buckets", int, description="at most this many stretches of equal width, 1000 by default"),
    OpenApiParameter("x", str, enum=[queries.STEP, queries.TIME, queries.RELATIVE]),
    OpenApiParameter("min", int, description="on the axis x"),
    OpenApiParameter("max", int, description="on the axis x"),
]


class Batch(serializers.Serializer):
    """What `ingest` takes; checked by hand, a million points leave no time for fields."""

    writer = serializers.CharField(max_length=40, help_text="names one process of the run")
    seq = serializers.IntegerField(min_value=0, help_text="0, 1, 2, … for each writer; stored once")
    metrics = serializers.ListField(required=False, help_text="[{key, step, time_ms, value}]")
    columns = serializers.DictField(required=False, help_text="{keys, key, step, time_ms, value} as lists")
    params = serializers.DictField(required=False)
    tags = serializers.DictField(required=False)
    goals = serializers.DictField(required=False, help_text='{key: "min" | "max"}')


class Accepted(serializers.Serializer):
    accepted = serializers.IntegerField()
    duplicate = serializers.BooleanField()


class Summary(serializers.Serializer):
    key = serializers.CharField()
    count = serializers.IntegerField()
    first = serializers.FloatField()
    last = serializers.FloatField()
    min = serializers.FloatField(allow_null=True)
    max = serializers.FloatField(allow_null=True)
    best = serializers.FloatField(allow_null=True)
    mean = serializers.FloatField(allow_null=True)
    first_step = serializers.IntegerField()
    last_step = serializers.IntegerField()
    last_time_ms = serializers.IntegerField()
    nan_count = serializers.IntegerField()
    inf_count = serializers.IntegerField()
    rewinds = serializers.IntegerField()
    goal = serializers.CharField(allow_blank=True)


class PointPage(serializers.Serializer):
    key = serializers.CharField()
    points = serializers.DictField(help_text="{step, time_ms, value} as lists")
    next = serializers.CharField(allow_null=True)


class Curves(serializers.Serializer):
    series = serializers.ListField(
        help_text="[{run, key, points, origin_ms, step, time_ms, last, min, max, count, nan, above, below}]"
    )
    sampled = serializers.BooleanField(help_text="whether any curve has more points than buckets")


class KeyList(serializers.Serializer):
    results = serializers.ListField(child=serializers.CharField())


def summary(row: queries.Summary) -> dict[str, Any]:
    floats = ("first", "last", "min", "max", "best", "mean")
    others = ("first_step", "last_step", "last_time_ms", "nan_count", "inf_count", "rewinds", "goal")
    return {
        "key": row.key,
        "count": row.count,
        **{name: number(getattr(row, name)) for name in floats},
        **{name: getattr(row, name) for name in others},
    }


def point_page(page: queries.PointPage, request: Request) -> dict[str, Any]:
    curve = page.curve
    points = {"step": curve.step.tolist(), "time_ms": curve.time_ms.tolist(), "value": numbers(curve.value)}
    return {"key": page.key, "points": points, "next": _next(request, page.next_cursor)}


def series(one: queries.Series) -> dict[str, Any]:
    """One curve; `min` and `max` are null where a stretch has no finite value."""
    buckets = one.buckets
    whole = ("step", "time_ms", "count", "nan", "above", "below")
    return {
        "run": one.run_id,
        "key": one.key,
        "points": one.points,
        "origin_ms": one.origin_ms,
        **{name: getattr(buckets, name).tolist() for name in whole},
        "last": numbers(buckets.last),
        "min": numbers(buckets.min, missing=None),
        "max": numbers(buckets.max, missing=None),
    }


def number(value: float | None) -> float | str | None:
    if value is None or math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def numbers(values: Floats, missing: str | None = "NaN") -> list[float | str | None]:
    """A column as JSON can hold it; `missing` stands for not a number."""
    plain: list[Any] = values.tolist()
    for index in np.flatnonzero(~np.isfinite(values)):
        plain[index] = missing if math.isnan(plain[index]) else number(plain[index])
    return plain


def _next(request: Request, cursor: str) -> str | None:
    if not cursor:
        return None
    query = request.GET.copy()
    query["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")
