"""Metrics as MLflow sends them, as the columns that are stored. Numbers come as numbers or as texts."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from runs.logged_models.services import MetricRow
from runs.mlflow_api import fields
from runs.tracking.metrics.codec import Ints
from runs.tracking.metrics.columns import Columns

_NUMBERS = frozenset({float, int})
_WHOLE = frozenset({int})
_INT64 = range(-(2**63), 2**63)


Point = tuple[str, int, int, float]  # key, step, time in ms, value


def one(body: fields.Body) -> Point:
    """The single metric of `log-metric`."""
    key = fields.required(body, "key")
    for name in ("value", "timestamp"):
        if body.get(name) is None or body[name] == "":
            raise fields.missing(name)
    step, time_ms, value = body.get("step") or 0, body["timestamp"], body["value"]
    # What clients send; all else is read, or refused in MLflow's words, as a list of one.
    if (
        type(value) is float
        and type(step) is int
        and type(time_ms) is int
        and step in _INT64
        and 0 <= time_ms <= fields.MAX_TIME_MS
        and len(key) <= fields.MAX_KEY
        and not fields.name_problem(key)
    ):
        return key, step, time_ms, value
    found = columns([body], path="")
    return key, int(found.step[0]), int(found.time_ms[0]), float(found.value[0])


def columns(metrics: Sequence[Any], path: str = "metrics") -> Columns:
    """Metrics, each `{"key", "value", "timestamp", "step"}`; `path` names the list in errors."""
    try:
        keys = [metric["key"] for metric in metrics]
        values = [metric["value"] for metric in metrics]
        times = [metric["timestamp"] for metric in metrics]
        steps = [metric.get("step") or 0 for metric in metrics]
    except (KeyError, TypeError, AttributeError, IndexError):
        raise _incomplete(metrics, path) from None
    if None in keys or "" in keys or None in values or None in times:
        raise _incomplete(metrics, path)
    names: dict[str, int] = {}
    numbers = [names.setdefault(key, len(names)) for key in keys] if set(map(type, keys)) == {str} else []
    if not numbers:
        raise _wrong_key(keys, metrics, path)
    for key in names:
        if fields.name_problem(key) or len(key) > fields.MAX_KEY:
            index = keys.index(key)
            fields.check_name(key, _at(path, index, "name"))
            fields.check_length("Metric name", key, fields.MAX_KEY)
    return Columns(
        list(names),
        np.array(numbers, np.int64),
        _whole(steps, "step", metrics, path),
        _times(times, metrics, path),
        _values(values, metrics, path),
    )


def of_models(metrics: Sequence[Any]) -> list[MetricRow]:
    """Those of some checked metrics that say which logged model, on which data, they measure."""
    return [_of_model(metric) for metric in metrics if metric.get("model_id")]


def _of_model(metric: fields.Body) -> MetricRow:
    value = float(metric["value"])
    return MetricRow(
        model_id=fields.text(metric, "model_id"),
        key=metric["key"],
        value=None if math.isnan(value) else value,
        time_ms=fields.whole(metric, "timestamp") or 0,
        step=fields.whole(metric, "step") or 0,
        dataset_name=fields.text(metric, "dataset_name"),
        dataset_digest=fields.text(metric, "dataset_digest"),
    )


def _values(values: list[Any], metrics: Sequence[Any], path: str) -> Any:
    if set(map(type, values)) <= _NUMBERS:
        try:
            return np.array(values, np.float64)
        except OverflowError:
            pass  # an integer beyond any double: the loop names it
    return np.array([_value(value, index, metrics, path) for index, value in enumerate(values)], np.float64)


def _value(value: Any, index: int, metrics: Sequence[Any], path: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _refused(path, index, "value", value, metrics)
    try:
        return float(value)
    except (ValueError, OverflowError):
        raise _refused(path, index, "value", value, metrics) from None


def _times(times: list[Any], metrics: Sequence[Any], path: str) -> Ints:
    found = _whole(times, "timestamp", metrics, path)
    if len(found) and (found.min() < 0 or found.max() > fields.MAX_TIME_MS):
        index = int(np.flatnonzero((found < 0) | (found > fields.MAX_TIME_MS))[0])
        metric = metrics[index]
        raise fields.invalid(
            _at(path, index, "timestamp"),
            times[index],
            f"metric '{metric['key']}' (value={metric['value']}). "
            "Timestamp must be a nonnegative long (64-bit integer) ",
        )
    return found


def _whole(column: list[Any], name: str, metrics: Sequence[Any], path: str) -> Ints:
    if set(map(type, column)) <= _WHOLE:
        try:
            return np.array(column, np.int64)
        except OverflowError:
            pass
    found = [fields.as_whole(value) for value in column]
    for index, value in enumerate(found):
        if value is None:
            raise _refused(path, index, name, column[index], metrics)
    return np.array(found, np.int64)


def _refused(path: str, index: int, name: str, value: Any, metrics: Sequence[Any]) -> Exception:
    if not path:
        return fields.invalid_type(name, value)
    if isinstance(value, float) and not math.isfinite(value):
        value = str(value)
    return fields.invalid(_at(path, index, name), value, f"It is no number a metric's {name} can be.{fields.SEE}")


def _incomplete(metrics: Sequence[Any], path: str) -> Exception:
    """What is missing first; a metric that is no object spoils the list."""
    for index, metric in enumerate(metrics):
        if not isinstance(metric, dict):
            return fields.invalid_type(path, list(metrics))
        for name in ("key", "value", "timestamp"):
            if metric.get(name) is None or metric[name] == "":
                return fields.missing(_at(path, index, name))
    return fields.invalid_type(path, list(metrics))


def _wrong_key(keys: list[Any], metrics: Sequence[Any], path: str) -> Exception:
    index = next(index for index, key in enumerate(keys) if not isinstance(key, str))
    return fields.invalid_type(_at(path, index, "key"), keys[index])


def _at(path: str, index: int, name: str) -> str:
    return f"{path}[{index}].{name}" if path else name
