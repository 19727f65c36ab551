"""What a model or a script answers, as rows: plain values that JSON has."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any


def rows_of(result: Any) -> list[Any]:
    """A list of rows: of a frame its records, of a series or array its values, of a list its items."""
    if result is None:
        return []
    if hasattr(result, "to_dict") and hasattr(result, "columns"):
        names = [str(name) for name in result.columns]
        return [dict(zip(names, values)) for values in result.itertuples(index=False, name=None)]
    if isinstance(result, (str, bytes, Mapping)):
        raise TypeError(f"run() answered {type(result).__name__}; it must answer a list or a data frame")
    if hasattr(result, "tolist"):
        result = result.tolist()
    return list(result)


def line(row: Any) -> bytes:
    """One row as a line of JSON."""
    return json.dumps(plain(row), ensure_ascii=False, allow_nan=False).encode("utf-8", "replace") + b"\n"


def plain(value: Any) -> Any:
    """The value in the types of JSON; what is no finite number is null."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(each) for each in value]
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "replace")
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if hasattr(value, "item"):
        return plain(value.item())
    text = str(value)
    return None if text in ("NaT", "<NA>") else text
