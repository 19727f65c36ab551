"""Files of tables as data frames: CSV, Parquet, JSON lines; the whole of them, or a span of rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

PACKED = (".gz", ".zst", ".bz2", ".xz")
DELIMITERS = {".tsv": "\t", ".tab": "\t", ".psv": "|"}
PARQUET, LINES, ARROW = (".parquet", ".pq"), (".jsonl", ".ndjson"), (".arrow", ".feather", ".ipc")


class NotATable(Exception):
    """The file is no table that can be read."""


def read(path: Path, name: str, reading: Mapping[str, Any] | None = None) -> Any:
    """All rows of a file as a data frame; `name` tells its format, `reading` how its text is written."""
    ending = _ending(name)
    try:
        if ending in PARQUET:
            return _pandas().read_parquet(path)
        if ending in ARROW:
            return _pandas().read_feather(path)
        if ending in LINES or ending == ".json":
            return _json(path, name, lines=ending in LINES)
        return _delimited(path, name, reading or {})
    except (ValueError, OSError) as error:
        raise NotATable(f"{name} can't be read as a table: {error}") from error


def span(frame: Any, start: int, end: int) -> Any:
    """The rows from `start` up to but without `end`."""
    return frame.iloc[start:end]


def _ending(name: str) -> str:
    bare = name.lower()
    for ending in PACKED:
        bare = bare.removesuffix(ending)
    return Path(bare).suffix


def _json(path: Path, name: str, *, lines: bool) -> Any:
    """One object a line, or one list of objects."""
    if lines:
        return _pandas().read_json(path, lines=True, compression=_packing(name))
    try:
        return _pandas().read_json(path, orient="records", compression=_packing(name))
    except ValueError:
        return _pandas().read_json(path, lines=True, compression=_packing(name))


def _delimited(path: Path, name: str, reading: Mapping[str, Any]) -> Any:
    options: dict[str, Any] = {"sep": reading.get("delimiter") or DELIMITERS.get(_ending(name), ",")}
    if reading.get("header") is False:
        options["header"] = None
    for ours, theirs in (
        ("encoding", "encoding"),
        ("decimal", "decimal"),
        ("comment", "comment"),
        ("quote", "quotechar"),
    ):
        if reading.get(ours):
            options[theirs] = reading[ours]
    if reading.get("skip_rows"):
        options["skiprows"] = int(reading["skip_rows"])
    if reading.get("null_values"):
        options["na_values"] = reading["null_values"]
    return _pandas().read_csv(path, compression=_packing(name), **options)


def _packing(name: str) -> str | None:
    found = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2", ".xz": "xz"}
    return next((found[ending] for ending in PACKED if name.lower().endswith(ending)), None)


def _pandas() -> Any:
    import pandas

    return pandas
