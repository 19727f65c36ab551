"""The transformations of an MLTable: one reader, and steps that take or change rows and columns."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Callable

from mltable import filters, partitions
from mltable.marked import Marked
from mltable.problems import shown

DELIMITED, PARQUET, JSON_LINES, DELTA = "delimited", "parquet", "json_lines", "delta_lake"
HEADERS = ("no_header", "from_first_file", "all_files_same_headers", "all_files_different_headers")
INVALID_LINES = ("error", "drop")
TYPES = ("string", "int", "long", "float", "double", "boolean", "bool", "datetime", "stream_info")
# Azure's spelling → the type it means.
PLAIN_TYPES = {"long": "int", "double": "float", "bool": "boolean"}
ENCODINGS = {
    "utf8": "utf-8", "iso88591": "iso-8859-1", "latin1": "iso-8859-1", "ascii": "ascii", "utf16": "utf-16",
    "utf32": "utf-32", "utf8bom": "utf-8-sig", "windows1252": "cp1252",
}  # fmt: skip
MAX_STEPS = 1_000
MAX_COLUMNS = 10_000


@dataclass(frozen=True)
class Reader:
    """How the files are read. `options` are whole and checked; `given` is what the file said."""

    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[str, Any] = field(default_factory=dict, compare=False)
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Step:
    """One step. `value` is checked (a number, names of columns, a condition's tree …); `given` is what the file said."""

    name: str
    value: Any
    given: Any = field(default=None, compare=False)
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Conversion:
    """Columns that become another type: `formats` of dates, values that mean true or false."""

    columns: tuple[str, ...]
    type: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Sample:
    probability: float
    seed: int | None = None


def parse(given: Marked | None) -> tuple[Reader | None, tuple[Step, ...]]:
    """The reader and the steps, in order. Raises PlanError."""
    if given is None or given.value is None:
        return None, ()
    if not isinstance(given.value, list) or len(given.value) > MAX_STEPS:
        raise given.wrong(f"transformations is a list of at most {MAX_STEPS:,} steps.")
    reader: Reader | None = None
    steps: list[Step] = []
    for item in given.value:
        name, value = _named(item)
        if name in _READERS:
            if reader is not None or steps:
                raise item.wrong(f"{name} comes first, and only one way of reading is given.")
            reader = Reader(name[len("read_") :], _READERS[name](value), value.plain() or {}, item.line)
        else:
            steps.append(Step(name, _STEPS[name](value), value.plain(), item.line))
    return reader, tuple(steps)


def _named(item: Marked) -> tuple[str, Marked]:
    """`- take: 5` or `- read_parquet`."""
    if isinstance(item.value, str):
        name, value = item.value, Marked(None, item.line, item.column)
    elif isinstance(item.value, dict) and len(item.value) == 1:
        name, value = next(iter(item.value.items()))
    else:
        raise item.wrong("A transformation is one name with its options, such as - take: 10.")
    if name not in _READERS and name not in _STEPS:
        known = ", ".join([*_READERS, *_STEPS])
        raise item.wrong(f"There is no transformation {shown(name)}; known are {known}.")
    return name, value


def _options(value: Marked, known: Mapping[str, Callable[[Marked], Any]], what: str) -> dict[str, Any]:
    if value.value is None:
        return {}
    if not isinstance(value.value, dict):
        raise value.wrong(f"{what} takes a mapping of options.")
    for name, option in value.value.items():
        if name not in known:
            raise option.wrong(f"{what} has no option {shown(name)}; it has {', '.join(known) or 'none'}.")
    return {name: known[name](option) for name, option in value.value.items() if option.value is not None}


def _boolean(value: Marked) -> bool:
    if not isinstance(value.value, bool):
        raise value.wrong(f"Give true or false, not {shown(value.value)}.")
    return value.value


def _text(value: Marked) -> str:
    if not isinstance(value.value, str) or not value.value:
        raise value.wrong(f"Give a text, not {shown(value.value)}.")
    return value.value


def _whole(value: Marked) -> int:
    if isinstance(value.value, bool) or not isinstance(value.value, int) or not 0 <= value.value < 2**63:
        raise value.wrong(f"Give a whole number of 0 or more, not {shown(value.value)}.")
    return value.value


def _count(value: Marked) -> int:
    if _whole(value) == 0:
        raise value.wrong("Give a whole number of 1 or more.")
    return int(value.value)


def _one_of(*words: str) -> Callable[[Marked], str]:
    def check(value: Marked) -> str:
        found = str(value.value).lower()
        if found not in words:
            raise value.wrong(f"Give one of {', '.join(words)}, not {shown(value.value)}.")
        return found

    return check


def _encoding(value: Marked) -> str:
    plain = str(value.value).lower().replace("-", "").replace("_", "")
    name = ENCODINGS.get(plain, str(value.value))
    try:
        return codecs.lookup(name).name
    except (LookupError, ValueError):
        raise value.wrong(f"The encoding {shown(value.value)} is not known; try utf8.") from None


def _inferring(value: Marked) -> Any:
    if isinstance(value.value, bool):
        return value.value
    known = {"sample_size": _count, "column_type_overrides": _overrides}
    return _options(value, known, "infer_column_types") or True


def _overrides(value: Marked) -> dict[str, str]:
    if not isinstance(value.value, dict):
        raise value.wrong("column_type_overrides maps columns to types.")
    return {name: _type(kind) for name, kind in value.value.items()}


def _delimited(value: Marked) -> dict[str, Any]:
    known: dict[str, Callable[[Marked], Any]] = {
        "delimiter": _delimiter, "encoding": _encoding, "header": _one_of(*HEADERS), "empty_as_string": _boolean,
        "include_path_column": _boolean, "infer_column_types": _inferring, "support_multi_line": _boolean,
        "path_column": _text, "partition_size": _count, "decimal": _one_of(".", ","), "skip_rows": _whole,
    }  # fmt: skip
    defaults = {
        "delimiter": ",", "encoding": "utf-8", "header": "all_files_same_headers", "empty_as_string": False,
        "include_path_column": False, "infer_column_types": True, "support_multi_line": False,
    }  # fmt: skip
    return {**defaults, **_options(value, known, "read_delimited")}


def _delimiter(value: Marked) -> str:
    text = {"\\t": "\t", "tab": "\t"}.get(str(value.value), value.value)
    if not isinstance(text, str) or not 1 <= len(text) <= 4 or text in ('"', "\n", "\r"):
        raise value.wrong(f"A delimiter is one character such as ',', not {shown(value.value)}.")
    return text


def _parquet(value: Marked) -> dict[str, Any]:
    known = {"include_path_column": _boolean, "path_column": _text}
    return {"include_path_column": False, **_options(value, known, "read_parquet")}


def _json_lines(value: Marked) -> dict[str, Any]:
    known: dict[str, Callable[[Marked], Any]] = {
        "invalid_lines": _one_of(*INVALID_LINES), "encoding": _encoding, "include_path_column": _boolean,
        "path_column": _text,
    }  # fmt: skip
    defaults = {"invalid_lines": "error", "encoding": "utf-8", "include_path_column": False}
    return {**defaults, **_options(value, known, "read_json_lines")}


def _delta(value: Marked) -> dict[str, Any]:
    known: dict[str, Callable[[Marked], Any]] = {
        "timestamp_as_of": lambda given: str(given.value), "version_as_of": _whole, "include_path_column": _boolean,
    }  # fmt: skip
    found = _options(value, known, "read_delta_lake")
    if "timestamp_as_of" in found and "version_as_of" in found:
        raise value.wrong("Give timestamp_as_of or version_as_of, not both.")
    return {"include_path_column": False, **found}


def _names(value: Marked) -> tuple[str, ...]:
    items = value.value if isinstance(value.value, list) else [value]
    if not 1 <= len(items) <= MAX_COLUMNS or any(not isinstance(item.value, str) or not item.value for item in items):
        raise value.wrong("Give the name of a column or a list of names.")
    return tuple(dict.fromkeys(item.value for item in items))


def _sample(value: Marked) -> Sample:
    known: dict[str, Callable[[Marked], Any]] = {"probability": _probability, "seed": _whole}
    found = _options(value, known, "take_random_sample")
    if "probability" not in found:
        raise value.wrong("take_random_sample needs a probability such as 0.1.")
    return Sample(found["probability"], found.get("seed"))


def _probability(value: Marked) -> float:
    number = value.value
    if isinstance(number, bool) or not isinstance(number, (int, float)) or not 0 < number <= 1:
        raise value.wrong(f"A probability is more than 0 and at most 1; {shown(number)} is not.")
    return float(number)


def _filter(value: Marked) -> filters.Node:
    return filters.parse(_text(value), line=value.line)


def _type(value: Marked) -> str:
    found = str(value.value).lower()
    if found not in TYPES:
        raise value.wrong(f"A column type is one of {', '.join(TYPES)}, not {shown(value.value)}.")
    return PLAIN_TYPES.get(found, found)


def _conversions(value: Marked) -> tuple[Conversion, ...]:
    if isinstance(value.value, dict) and not {"columns", "column_type"} & set(value.value):
        return tuple(_conversion((name,), kind) for name, kind in value.value.items())
    items = value.value if isinstance(value.value, list) else [value]
    return tuple(_listed_conversion(item) for item in items)


def _listed_conversion(item: Marked) -> Conversion:
    if not isinstance(item.value, dict) or set(item.value) != {"columns", "column_type"}:
        raise item.wrong("convert_column_types lists pairs of columns and column_type.")
    return _conversion(_names(item.value["columns"]), item.value["column_type"])


def _conversion(columns: tuple[str, ...], kind: Marked) -> Conversion:
    """`int`, or `datetime: {formats: […]}`."""
    if not isinstance(kind.value, dict):
        return Conversion(columns, _type(kind))
    if len(kind.value) != 1:
        raise kind.wrong("A column_type is one type, perhaps with its options.")
    name, options = next(iter(kind.value.items()))
    plain = _type(Marked(name, kind.line, kind.column))
    known: dict[str, Callable[[Marked], Any]] = {
        "datetime": {"formats": _names, "date_constant": _text},
        "boolean": {"true_values": _texts, "false_values": _texts, "mismatch_as": _one_of("error", "true", "false")},
        "stream_info": {"escaped": _boolean},
    }.get(plain, {})  # type: ignore[assignment]
    return Conversion(columns, plain, _options(options, known, name))


def _texts(value: Marked) -> tuple[str, ...]:
    items = value.value if isinstance(value.value, list) else [value]
    return tuple(_as_written(item.value) for item in items)


def _as_written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _partition(value: Marked) -> partitions.Partition:
    if isinstance(value.value, dict):
        found = _options(value, {"partition_format": _text}, "extract_columns_from_partition_format")
        if "partition_format" not in found:
            raise value.wrong("extract_columns_from_partition_format needs a partition_format.")
        return partitions.parse(found["partition_format"], line=value.line)
    return partitions.parse(_text(value), line=value.line)


_READERS: dict[str, Callable[[Marked], dict[str, Any]]] = {
    "read_delimited": _delimited,
    "read_parquet": _parquet,
    "read_json_lines": _json_lines,
    "read_delta_lake": _delta,
}
_STEPS: dict[str, Callable[[Marked], Any]] = {
    "take": _count,
    "take_random_sample": _sample,
    "skip": _whole,
    "filter": _filter,
    "drop_columns": _names,
    "keep_columns": _names,
    "convert_column_types": _conversions,
    "extract_columns_from_partition_format": _partition,
}
