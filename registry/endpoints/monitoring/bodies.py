"""Bodies of requests and answers as rows of a table: all the shapes in which a model is asked and answers.

Pure, and hostile-safe: a body is what anybody sent. What is no table gives no rows.
"""

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

Row = dict[str, Any]
MAX_ROWS = 1_000  # of one body
MAX_COLUMNS = 200
MAX_TEXT = 200  # characters of one value
MAX_NAME = 200
# A key under which a body keeps its rows, in the order in which they are looked for.
WRAPPERS = (
    "dataframe_split", "dataframe_records", "input_data", "instances", "inputs", "data", "predictions", "outputs",
    "result", "results",
)  # fmt: skip


def rows(text: str | None, kind: str, *, names: Sequence[str] = (), single: str = "value") -> list[Row]:
    """The rows of a body of the media type `kind`. `names` are the columns of rows that name none, `single` a lone one."""
    if not text:
        return []
    media = kind.partition(";")[0].strip().lower()
    if media == "text/csv":
        return _of_csv(text)
    try:
        value = json.loads(text, parse_constant=_no_number)
        if isinstance(value, str):  # a script that answers JSON as a text
            value = json.loads(value, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return []
    return _of_value(value, names, single)


def _of_value(value: Any, names: Sequence[str], single: str, depth: int = 0) -> list[Row]:
    if isinstance(value, Mapping):
        return _of_mapping(value, names, single, depth)
    if isinstance(value, list):
        return _of_list(value, names, single)
    return [{single: _cell(value)}] if _is_cell(value) else []


def _of_mapping(value: Mapping[str, Any], names: Sequence[str], single: str, depth: int) -> list[Row]:
    if isinstance(value.get("data"), list) and isinstance(value.get("columns"), list):
        return _positional(value["data"], [str(name)[:MAX_NAME] for name in value["columns"]])
    for key in WRAPPERS:
        inner = value.get(key)
        if isinstance(inner, Mapping | list) and depth < 3:
            return _of_value(inner, names, single, depth + 1)
        if key in value and len(value) == 1:  # {"result": 5}
            return _of_value(inner, names, single, depth + 1) if depth < 3 else []
    lists = {name: each for name, each in value.items() if isinstance(each, list)}
    if lists and len(lists) == len(value) and len({len(each) for each in lists.values()}) == 1:
        return _columns(lists)
    found = _named(value)
    return [found] if found else []


def _of_list(value: list[Any], names: Sequence[str], single: str) -> list[Row]:
    if value and all(isinstance(each, Mapping) and "name" in each and "data" in each for each in value):
        return _tensors(value, names, single)
    if value and all(isinstance(each, Mapping) for each in value):
        return [found for each in value[:MAX_ROWS] if (found := _named(each))]
    return _positional(value, list(names), single)


def _positional(value: list[Any], names: list[str], single: str = "value") -> list[Row]:
    """Rows that name no columns: lists, or single values."""
    found = []
    for each in value[:MAX_ROWS]:
        cells = each if isinstance(each, list) else [each]
        if len(cells) > MAX_COLUMNS or not all(_is_cell(cell) for cell in cells):
            continue
        found.append(dict(zip(_names(len(cells), names, single), map(_cell, cells), strict=True)))
    return found


def _names(count: int, names: list[str], single: str) -> list[str]:
    if len(names) == count and len(set(names)) == count:
        return names
    return [single] if count == 1 else [f"{single}_{number}" for number in range(count)]


def _columns(lists: Mapping[str, list[Any]]) -> list[Row]:
    """{"a": [1, 2], "b": [3, 4]}"""
    kept = {
        str(name)[:MAX_NAME]: each
        for name, each in list(lists.items())[:MAX_COLUMNS]
        if all(_is_cell(cell) for cell in each[:MAX_ROWS])
    }
    many = max((len(each) for each in kept.values()), default=0)
    return [{name: _cell(each[number]) for name, each in kept.items()} for number in range(min(many, MAX_ROWS))]


def _tensors(value: list[Any], names: Sequence[str], single: str) -> list[Row]:
    """The Open Inference Protocol's: one tensor for all columns, or one for each."""
    if len(value) == 1:
        tensor = value[0]
        data, shape = tensor["data"], tensor.get("shape")
        if not isinstance(data, list):
            return []
        is_flat = not any(isinstance(each, list) for each in data)
        if is_flat and isinstance(shape, list) and len(shape) == 2 and _is_whole(shape[1]) and shape[1] > 0:
            wide = shape[1]
            data = [data[at : at + wide] for at in range(0, min(len(data), MAX_ROWS * wide), wide)]
        return _positional(data, list(names), single)
    lists = {str(each["name"]): _flat(each["data"]) for each in value if isinstance(each["data"], list)}
    return _columns(lists) if len({len(each) for each in lists.values()}) == 1 else []


def _flat(data: list[Any]) -> list[Any]:
    """[[1], [2]] is a column as [1, 2] is."""
    return [each[0] if isinstance(each, list) and len(each) == 1 else each for each in data[:MAX_ROWS]]


def _named(value: Mapping[str, Any]) -> Row:
    """The values of a row that names its columns; what is nested is left out."""
    cells = list(value.items())[:MAX_COLUMNS]
    return {str(name)[:MAX_NAME]: _cell(cell) for name, cell in cells if _is_cell(cell)}


def _of_csv(text: str) -> list[Row]:
    try:
        lines = list(zip(range(MAX_ROWS + 1), csv.reader(io.StringIO(text)), strict=False))
    except csv.Error:
        return []
    if len(lines) < 2:
        return []
    names = [name[:MAX_NAME] for name in lines[0][1]][:MAX_COLUMNS]
    return [{name: _plain(cell) for name, cell in zip(names, line, strict=False)} for _, line in lines[1:] if line]


def _plain(text: str) -> Any:
    """What stands in a cell of a text: a number where it is one, nothing where it is empty."""
    if text == "":
        return None
    try:
        return _cell(json.loads(text)) if text.lower() not in ("true", "false", "null") else text
    except (ValueError, RecursionError):
        return text[:MAX_TEXT]


def _is_cell(value: Any) -> bool:
    return value is None or isinstance(value, bool | int | float | str)


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        return value[:MAX_TEXT]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53:
        return float(value) if abs(value) < 2**1000 else None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value if _is_cell(value) else None


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _no_number(_: str) -> None:
    """NaN and Infinity, which JSON has not: nothing."""
