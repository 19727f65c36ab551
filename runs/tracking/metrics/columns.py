"""A batch of points as columns, checked whole before anything is stored.

Two shapes come in: `{"keys": [names], "key": [index of the name], "step": […], "time_ms": […], "value": […]}`, which
goes to NumPy without a loop, and a list of `{"key", "step", "time_ms", "value"}` for people with curl. Every error
names the index and the metric.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from runs.tracking.metrics.codec import Floats, Ints
from studio.errors import Invalid

MAX_POINTS = 10_000
MAX_KEYS = 1_000
MAX_KEY_LENGTH = 250
MAX_TIME_MS = 253_402_300_799_999  # the last millisecond of the year 9999
_INT64 = range(-(2**63), 2**63)
_WORDS = {"NaN": np.nan, "Infinity": np.inf, "-Infinity": -np.inf, "nan": np.nan, "inf": np.inf, "-inf": -np.inf}
_COLUMN_NAMES = ("keys", "key", "step", "time_ms", "value")


@dataclass(frozen=True, slots=True)
class Columns:
    """Points in the order they arrived; `key` is an index into `keys`."""

    keys: Sequence[str]
    key: Ints
    step: Ints
    time_ms: Ints
    value: Floats

    def __len__(self) -> int:
        return len(self.value)


def nothing() -> Columns:
    """A batch without points: it may still carry parameters."""
    none = np.empty(0, np.int64)
    return Columns((), none, none, none, np.empty(0, np.float64))


def from_columns(data: object) -> Columns:
    """Columns as they came in JSON. Raises Invalid."""
    if not isinstance(data, dict) or set(data) != set(_COLUMN_NAMES):
        raise _invalid("columns", f"The columns are {', '.join(_COLUMN_NAMES)}, all of them and no other.")
    lists = [data[name] for name in _COLUMN_NAMES]
    if not all(isinstance(column, list) for column in lists):
        raise _invalid("columns", "Each column is a list.")
    keys, key, step, time_ms, value = lists
    if not len(key) == len(step) == len(time_ms) == len(value):
        raise _invalid("columns", "The columns key, step, time_ms and value have one length.")
    _check_size(len(value))
    check_names(keys)
    index = _whole("columns.key", key, range(len(keys)), lambda i: "")

    def name_of(i: int) -> str:
        return f" of {keys[int(index[i])]!r}"

    return Columns(
        keys,
        index,
        _whole("columns.step", step, _INT64, name_of),
        _whole("columns.time_ms", time_ms, range(MAX_TIME_MS + 1), name_of),
        _numbers("columns.value", value, name_of),
    )


def from_points(points: object) -> Columns:
    """A list of points as it came in JSON; `step` is 0 and `time_ms` is now where left out. Raises Invalid."""
    if not isinstance(points, list):
        raise _invalid("metrics", "The metrics are a list of objects with key, step, time_ms and value.")
    _check_size(len(points))
    for index, point in enumerate(points):
        _check_point(index, point)
    names: dict[str, int] = {}
    key = [names.setdefault(point["key"], len(names)) for point in points]
    keys = list(names)
    check_names(keys)
    now = time.time_ns() // 1_000_000

    def name_of(i: int) -> str:
        return f" of {keys[key[i]]!r}"

    return Columns(
        keys,
        np.array(key, np.int64),
        _whole("metrics.step", [point.get("step", 0) for point in points], _INT64, name_of),
        _whole("metrics.time_ms", [point.get("time_ms", now) for point in points], range(MAX_TIME_MS + 1), name_of),
        _numbers("metrics.value", [point["value"] for point in points], name_of),
    )


def check_names(names: Sequence[object]) -> None:
    """Raises Invalid unless all are names a metric may have, each once."""
    if len(names) > MAX_KEYS:
        raise _invalid("keys", f"One batch holds at most {MAX_KEYS:,} different metrics; this one has {len(names):,}.")
    for index, name in enumerate(names):
        if problem := name_problem(name):
            raise _invalid(f"keys[{index}]", problem)
    if len(set(names)) != len(names):
        raise _invalid("keys", "A metric is named twice in the keys.")


def name_problem(name: object) -> str:
    """Why this can't name a metric; empty when it can."""
    if not isinstance(name, str):
        return f"A metric's name is a text, not {_shown(name)}."
    if not name.strip():
        return "A metric's name is empty."
    if len(name) > MAX_KEY_LENGTH:
        return f"The metric name {name[:40]!r}… has {len(name):,} characters; {MAX_KEY_LENGTH} are allowed."
    if name.isprintable():
        return ""
    if any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in name):
        return f"The metric name {name[:60]!r} has a control character."
    if any(0xD800 <= ord(letter) <= 0xDFFF for letter in name):
        return "The metric name has half a character, which no text may hold."
    return ""


def _check_point(index: int, point: object) -> None:
    if not isinstance(point, Mapping):
        raise _invalid(f"metrics[{index}]", f"A point is an object with key and value, not {_shown(point)}.")
    if unknown := set(point) - {"key", "step", "time_ms", "value"}:
        raise _invalid(f"metrics[{index}]", f"A point has no field {min(unknown)!r}.")
    if "key" not in point or "value" not in point:
        raise _invalid(f"metrics[{index}]", "A point needs a key and a value.")
    if problem := name_problem(point["key"]):
        raise _invalid(f"metrics[{index}].key", problem)


def _whole(field: str, column: list[Any], allowed: range, name_of: Any) -> Ints:
    """Whole numbers as int64; the check is one look at the set of types and at both ends."""
    if not column:
        return np.empty(0, np.int64)
    if set(map(type, column)) == {int} and min(column) in allowed and max(column) in allowed:
        return np.array(column, np.int64)
    index = next(i for i, value in enumerate(column) if type(value) is not int or value not in allowed)
    bounds = f"a whole number from {allowed.start} to {allowed.stop - 1}"
    raise _invalid(*_at(field, index, column[index], name_of, bounds))


def _numbers(field: str, column: list[Any], name_of: Any) -> Floats:
    types = set(map(type, column))
    if types <= {float, int}:
        return np.array(column, np.float64)
    for index, value in enumerate(column):
        if type(value) not in (float, int) and not (isinstance(value, str) and value in _WORDS):
            raise _invalid(*_at(field, index, value, name_of, 'a number, "NaN", "Infinity" or "-Infinity"'))
    return np.array([_WORDS[value] if type(value) is str else value for value in column], np.float64)


def _at(field: str, index: int, value: object, name_of: Any, wanted: str) -> tuple[str, str]:
    table, _, part = field.partition(".")
    place = f"{table}[{index}].{part}" if table == "metrics" else f"{field}[{index}]"
    return place, f"The {part}{name_of(index)} at index {index} is {_shown(value)}: give {wanted}."


def _check_size(count: int) -> None:
    if count > MAX_POINTS:
        raise _invalid("metrics", f"One batch holds at most {MAX_POINTS:,} points; this one has {count:,}.")


def _shown(value: object) -> str:
    text = {"None": "null", "True": "true", "False": "false"}.get(repr(value), repr(value))
    return text if len(text) <= 60 else text[:57] + "…"


def _invalid(field: str, message: str) -> Invalid:
    return Invalid("invalid_metrics", message, hint="Nothing of this batch was stored.", fields={field: message})
