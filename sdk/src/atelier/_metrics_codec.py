"""Points, parameters and tags as the ingest endpoint takes them, and the checks that keep a batch acceptable."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Union

from atelier import _errors

BATCH_POINTS = 1_000
BATCH_PAIRS = 100
KEY_LENGTH = 250
PARAM_LENGTH = 6_000
TAG_LENGTH = 5_000
INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1

Point = tuple[int, int, int, float]  # index of the key, step, time in ms, value
Scalar = Union[str, int, float, bool, None]


def number(key: str, value: object) -> float:
    """A metric value as a float: numbers, NumPy scalars, one-element tensors. Raises `UsageError` for anything else."""
    if isinstance(value, (str, bytes)) or value is None:
        raise _errors.UsageError(_not_a_number(key, value))
    try:
        # Tensors and arrays of one element answer item(); float() of a NumPy array warns instead.
        item = getattr(value, "item", None)
        return float(item() if callable(item) else value)  # type: ignore[arg-type]
    except OverflowError:
        return math.inf if value > 0 else -math.inf  # type: ignore[operator]
    except (TypeError, ValueError, RuntimeError) as error:
        raise _errors.UsageError(_not_a_number(key, value)) from error


def check_key(key: object, what: str = "metric") -> str:
    """A name the server accepts. Raises `UsageError` for any other."""
    if not isinstance(key, str) or not key.strip():
        raise _errors.UsageError(f"A {what} needs a name that is a non-empty text, not {key!r}.")
    if len(key) > KEY_LENGTH:
        raise _errors.UsageError(f"The {what} name {key[:40]!r}... is longer than {KEY_LENGTH} characters.")
    if not _is_clean(key) or any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in key):
        raise _errors.UsageError(f"The {what} name {key!r} has a character that cannot be stored.")
    return key


def check_step(step: object) -> int:
    """A step as an int of 64 bits. Raises `UsageError` for anything else."""
    if isinstance(step, bool) or not hasattr(step, "__index__"):
        raise _errors.UsageError(f"A step is a whole number, not {step!r}.")
    value = step.__index__()
    if not INT64_MIN <= value <= INT64_MAX:
        raise _errors.UsageError(f"The step {value} does not fit into 64 bits.")
    return int(value)


def flatten_params(params: Mapping[Any, Any], prefix: str = "") -> dict[str, Scalar]:
    """Parameters with dotted names for nested dictionaries and plain values; any other value as its text."""
    flat: dict[str, Scalar] = {}
    for name, value in params.items():
        key = f"{prefix}{name}"
        if isinstance(value, Mapping) and value:
            flat.update(flatten_params(value, f"{key}."))
        else:
            flat[check_key(key, "parameter")] = _scalar(value)
    return flat


def clean_tags(tags: Mapping[Any, Any]) -> dict[str, str | None]:
    """Tags as texts; None stays and removes the tag."""
    return {
        check_key(str(key), "tag"): None if value is None else clean_text(str(value), TAG_LENGTH)
        for key, value in tags.items()
    }


def clean_text(text: str, limit: int) -> str:
    """A text without the characters no database takes, cut to a length."""
    if not _is_clean(text):
        text = text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    return text if len(text) <= limit else text[: limit - 1] + "…"


def encode_batch(
    *,
    writer: str,
    seq: int,
    keys: Sequence[str] = (),
    points: Sequence[Point] = (),
    params: Mapping[str, Scalar] = {},
    tags: Mapping[str, str | None] = {},
    goals: Mapping[str, str] = {},
) -> bytes:
    """One ingest body, compressed. The same arguments give the same bytes."""
    body: dict[str, Any] = {"writer": writer, "seq": seq}
    if points:
        body["columns"] = _columns(keys, points)
    body.update({name: part for name, part in (("params", params), ("tags", tags), ("goals", goals)) if part})
    text = json.dumps(body, separators=(",", ":"), allow_nan=False).encode()
    return gzip.compress(text, compresslevel=1, mtime=0)


def json_float(value: float) -> float | str:
    """A float as JSON can carry it."""
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")


def python_float(value: float | str | None) -> float:
    """A float as the server sent it."""
    return math.nan if value is None else float(value)


def batches_of(pairs: Mapping[str, Any], size: int = BATCH_PAIRS) -> Iterable[dict[str, Any]]:
    """A dictionary in parts of at most `size` entries."""
    items = list(pairs.items())
    return (dict(items[at : at + size]) for at in range(0, len(items), size))


def _columns(keys: Sequence[str], points: Sequence[Point]) -> dict[str, list[Any]]:
    # Only the keys of this batch travel, renumbered from 0.
    local: dict[int, int] = {}
    column = [local.setdefault(point[0], len(local)) for point in points]
    return {
        "keys": [keys[index] for index in local],
        "key": column,
        "step": [point[1] for point in points],
        "time_ms": [point[2] for point in points],
        "value": [json_float(point[3]) for point in points],
    }


def _scalar(value: object) -> Scalar:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and INT64_MIN <= value <= INT64_MAX:
        return int(value)
    if isinstance(value, float) and math.isfinite(value):
        return float(value)
    if isinstance(value, (list, tuple)):
        try:
            return clean_text(json.dumps(value, allow_nan=False), PARAM_LENGTH)
        except (TypeError, ValueError):
            return clean_text(str(value), PARAM_LENGTH)
    return clean_text(str(value), PARAM_LENGTH)


def _is_clean(text: str) -> bool:
    if "\0" in text:
        return False
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _not_a_number(key: object, value: object) -> str:
    shown = repr(value)
    return f"The metric {key!r} needs a number, not {shown if len(shown) <= 60 else shown[:57] + '...'}."
