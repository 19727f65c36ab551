"""The rows of files as Polars reads them, by the options of an MLTable's reader."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mltable.problems import PlanError
from mltable.sources import Source
from mltable.transformations import DELIMITED, JSON_LINES, PARQUET, Reader

if TYPE_CHECKING:
    import polars

PATH = "Path"
FIRST_ROWS = 10_000  # that types are inferred from
PLAIN = ("utf-8", "ascii")
SEPARATOR = "\x1f"


def polars_module() -> Any:
    """The module `polars`. Raises ImportError that says what to add."""
    try:
        import polars
    except ImportError as error:
        raise ImportError("mltable reads tables by polars: add polars and pyarrow to the environment.") from error
    return polars


def any_seed() -> int:
    return random.getrandbits(32)


def frame(reader: Reader | None, found: Sequence[Source], hidden: str, *, is_careful: bool) -> polars.LazyFrame:
    """The rows of all files, one after another, with the path of each in the column `hidden`.

    `is_careful` infers types from every row. Raises PlanError.
    """
    pl = polars_module()
    if reader is None:
        return pl.LazyFrame({PATH: [one.shown for one in found], hidden: [one.shown for one in found]})
    if reader.kind not in _READERS:
        raise PlanError("Delta tables can't be read here; give the Parquet files of one version.", reader.line)
    options = reader.options
    names = _header(reader, found)
    frames = []
    for number, one in enumerate(found):
        rows = _READERS[reader.kind](one, options, number, names, is_careful)
        frames.append(rows.with_columns(pl.lit(one.shown).alias(hidden)))
    how = (
        "diagonal_relaxed" if options.get("header") == "all_files_different_headers" or len(frames) > 1 else "vertical"
    )
    rows = pl.concat(frames, how=how) if len(frames) > 1 else frames[0]
    if options.get("include_path_column"):
        rows = rows.with_columns(pl.col(hidden).alias(options.get("path_column") or PATH))
    return rows


def _header(reader: Reader, found: Sequence[Source]) -> list[str]:
    """The names of the first file, where only it has them."""
    if reader.kind != DELIMITED or reader.options["header"] != "from_first_file":
        return []
    first = _delimited(found[0], {**reader.options, "infer_column_types": False}, 0, [], False)
    return list(first.collect_schema().names())


def _delimited(
    one: Source, options: Mapping[str, Any], number: int, names: Sequence[str], is_careful: bool
) -> polars.LazyFrame:
    pl = polars_module()
    header = options["header"]
    has_header = header != "no_header" and not (header == "from_first_file" and number)
    inferring = options["infer_column_types"]
    sample = inferring.get("sample_size", FIRST_ROWS) if isinstance(inferring, Mapping) else FIRST_ROWS
    given: dict[str, Any] = {
        "has_header": has_header,
        "infer_schema": bool(inferring) or isinstance(inferring, Mapping),
        "infer_schema_length": None if is_careful else max(sample, 1),
        "try_parse_dates": bool(inferring),
        "separator": options["delimiter"],
        "decimal_comma": options.get("decimal") == ",",
        "skip_rows": options.get("skip_rows", 0),
        "truncate_ragged_lines": True,
    }
    rows = (
        pl.read_csv(_text(one, options), **{**given, "separator": SEPARATOR}).lazy()
        if _is_odd(options)
        else pl.scan_csv(one.path, **given)
    )
    if not has_header:
        rows = _named(rows, names)
    if options["empty_as_string"]:
        rows = rows.with_columns(pl.col(pl.String).fill_null(""))
    overrides = inferring.get("column_type_overrides", {}) if isinstance(inferring, Mapping) else {}
    return _overridden(rows, overrides)


def _is_odd(options: Mapping[str, Any]) -> bool:
    """Whether Polars can't read the bytes as they are."""
    return options["encoding"] not in PLAIN or len(options["delimiter"].encode()) != 1


def _text(one: Source, options: Mapping[str, Any]) -> io.BytesIO:
    try:
        text = one.path.read_bytes().decode(options["encoding"])
    except UnicodeDecodeError as error:
        raise PlanError(f"{one.shown} is no text in {options['encoding']}: {error.reason}.") from None
    return io.BytesIO(text.replace(options["delimiter"], SEPARATOR).encode())


def _named(rows: polars.LazyFrame, names: Sequence[str]) -> polars.LazyFrame:
    """Columns without a header are called Column1, Column2 …"""
    found = rows.collect_schema().names()
    wanted = [*names[: len(found)], *(f"Column{at}" for at in range(len(names) + 1, len(found) + 1))]
    return rows.rename(dict(zip(found, wanted)))


def _overridden(rows: polars.LazyFrame, overrides: Mapping[str, str]) -> polars.LazyFrame:
    from mltable import expressions
    from mltable.transformations import Conversion

    known = rows.collect_schema() if overrides else {}
    return rows.with_columns(
        [
            expressions.converted(name, known[name], Conversion((name,), kind))
            for name, kind in overrides.items()
            if name in known
        ]
    )


def _parquet(
    one: Source, options: Mapping[str, Any], number: int, names: Sequence[str], is_careful: bool
) -> polars.LazyFrame:
    rows: polars.LazyFrame = polars_module().scan_parquet(one.path)
    return rows


def _json_lines(
    one: Source, options: Mapping[str, Any], number: int, names: Sequence[str], is_careful: bool
) -> polars.LazyFrame:
    pl = polars_module()
    if options["encoding"] in PLAIN and options["invalid_lines"] == "error":
        rows: polars.LazyFrame = pl.scan_ndjson(one.path, infer_schema_length=None if is_careful else FIRST_ROWS)
        return rows
    found = []
    for at, line in enumerate(one.path.read_bytes().decode(options["encoding"]).splitlines(), start=1):
        try:
            value = json.loads(line) if line.strip() else None
        except ValueError:
            value = None
            if options["invalid_lines"] == "error":
                raise PlanError(f"Line {at} of {one.shown} is no JSON.") from None
        if isinstance(value, dict):
            found.append(value)
    return pl.LazyFrame(found, infer_schema_length=None)


_READERS: dict[str, Any] = {DELIMITED: _delimited, PARQUET: _parquet, JSON_LINES: _json_lines}
