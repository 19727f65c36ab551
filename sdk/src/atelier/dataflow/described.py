"""Files as their data asset says they are read: the delimiter, the columns that are meant, the type of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from atelier.dataflow import loading
from atelier.dataflow.errors import RecipeError

TRUE, FALSE = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")
ENCODINGS = {"utf-8": "utf8", "utf8": "utf8", "": "utf8"}


def scan(files: Sequence[Path], described: Mapping[str, Any]) -> Any:
    """The files as one lazy table: `{"format", "reading": {…}, "columns": [{"name", "type", "included", "format"}]}`."""
    kind = described.get("format") or ""
    reading = described.get("reading") or {}
    columns = list(described.get("columns") or [])
    beyond = [key for key in ("where", "sample", "skip", "take") if reading.get(key)]
    if beyond:
        raise RecipeError(f"The source is narrowed by its MLTable ({', '.join(beyond)}), which a run does not follow.")
    table = _scanned([str(file) for file in files], kind, reading, is_text=bool(columns))
    return table.select([_column(one, table) for one in columns if one.get("included", True)]) if columns else table


def _scanned(files: list[str], kind: str, reading: Mapping[str, Any], *, is_text: bool) -> Any:
    polars = loading.polars()
    if kind == "delimited":
        return _delimited(polars, files, reading, is_text)
    if kind == "json_lines":
        return polars.scan_ndjson(files, infer_schema_length=10_000)
    if kind == "parquet":
        return polars.scan_parquet(files, glob=False)
    if kind == "arrow":
        return polars.scan_ipc(files)
    raise RecipeError(f"“{kind}” is no format of a table.")


def _delimited(polars: Any, files: list[str], reading: Mapping[str, Any], is_text: bool) -> Any:
    encoding = str(reading.get("encoding") or "").lower()
    if encoding not in ENCODINGS:
        raise RecipeError(f"A run reads text in UTF-8, and the source is {encoding}.")
    options: dict[str, Any] = {"try_parse_dates": True, "infer_schema_length": 10_000}
    if is_text:
        options = {"infer_schema": False}
    return polars.scan_csv(
        files,
        separator=reading.get("delimiter") or ("\t" if files[0].lower().endswith(".tsv") else ","),
        quote_char=reading.get("quote", '"') or None,
        comment_prefix=reading.get("comment") or None,
        has_header=reading.get("header", True) is not False,
        skip_rows=int(reading.get("skip_rows") or 0),
        null_values=list(reading.get("null_values") or []) or None,
        decimal_comma=reading.get("decimal") == ",",
        glob=False,
        **options,
    )


def _column(one: Mapping[str, Any], table: Any) -> Any:
    """A column in the type its schema names; a value that does not fit is missing, as in the preview."""
    polars = loading.polars()
    name, kind = str(one["name"]), one.get("type")
    schema = table.collect_schema()
    if name not in schema:
        raise RecipeError(f"The files have no column “{name}”, which the schema names.")
    column = polars.col(name)
    wanted = {"string": polars.String, "int": polars.Int64, "float": polars.Float64}.get(str(kind))
    if schema[name] != polars.String:
        return column if wanted is None or schema[name] == wanted else column.cast(wanted, strict=False)
    if wanted is not None:
        return column.cast(wanted, strict=False)
    if kind == "boolean":
        low = column.str.to_lowercase()
        return polars.when(low.is_in(TRUE)).then(True).when(low.is_in(FALSE)).then(False).alias(name)
    if kind in ("date", "datetime"):
        return _moment(column, str(kind), one.get("format"))
    return column


def _moment(column: Any, kind: str, given: Any) -> Any:
    polars = loading.polars()
    formats = given if isinstance(given, list) else [given] if given else [None]
    read = [
        column.str.to_date(form, strict=False) if kind == "date" else column.str.to_datetime(form, strict=False)
        for form in formats
    ]
    return polars.coalesce(read)
