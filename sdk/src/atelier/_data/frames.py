"""The files of a data version as a table of this machine, read as the version says it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atelier import _errors

if TYPE_CHECKING:
    import pandas
    import polars

Record = dict[str, Any]
ENDINGS = {
    ".csv": "delimited", ".tsv": "delimited", ".tab": "delimited", ".psv": "delimited", ".txt": "delimited",
    ".parquet": "parquet", ".pq": "parquet",
    ".jsonl": "json_lines", ".ndjson": "json_lines", ".json": "json_lines",
    ".arrow": "arrow", ".feather": "arrow", ".ipc": "arrow",
}  # fmt: skip
PACKED = (".gz", ".zst")
SEPARATORS = {".tsv": "\t", ".tab": "\t", ".psv": "|"}
LOOKED_AT = 10_000  # rows, before the types of text are decided
PLAIN_TEXT = ("utf-8", "utf8", "us-ascii", "ascii", "utf-8-sig")


def loaded_polars() -> Any:
    """The Polars module, or a sentence that says how to install it."""
    try:
        import polars as module
    except ImportError as error:
        raise _errors.AtelierError('Polars is not installed. Install it with: pip install "atelier[data]"') from error
    return module


def to_pandas(frame: polars.DataFrame) -> pandas.DataFrame:
    """A Polars table for pandas, or a sentence that says what is missing."""
    try:
        import pandas  # noqa: F401
        import pyarrow  # noqa: F401
    except ImportError as error:
        raise _errors.AtelierError(
            f'{error.name} is not installed. Install it with: pip install "atelier[data]" pandas'
        ) from error
    return frame.to_pandas()


def scan(files: Sequence[Path], reading: Mapping[str, Any], columns: Sequence[Mapping[str, Any]]) -> polars.LazyFrame:
    """The files as one lazy table, with the columns and types that the version's schema chose."""
    kind, found = _format(files, str(reading.get("format") or ""))
    if kind == "delimited":
        frames = [_delimited(file, reading, columns) for file in found]
    else:
        frames = [{"parquet": _parquet, "json_lines": _json, "arrow": _arrow}[kind](file) for file in found]
    polars = loaded_polars()
    whole = frames[0] if len(frames) == 1 else polars.concat(frames, how="diagonal_relaxed")
    return _chosen(whole, columns)


def _format(files: Sequence[Path], given: str) -> tuple[str, list[Path]]:
    if given:
        return given, list(files)
    kinds = {file: _ending(file) for file in files}
    named = set(kinds.values()) - {""}
    if len(named) != 1:
        raise _errors.AtelierError(
            "These files are no one table: they are of several formats, or of none that is known. "
            "Download them and read them yourself."
        )
    return named.pop(), [file for file, kind in kinds.items() if kind]


def _ending(file: Path) -> str:
    return ENDINGS.get(_bare(file).suffix, "")


def _bare(file: Path) -> Path:
    name = file.name.lower()
    return Path(name[: name.rindex(".")] if name.endswith(PACKED) else name)


def _parquet(file: Path) -> Any:
    return loaded_polars().scan_parquet(str(file), glob=False)


def _arrow(file: Path) -> Any:
    return loaded_polars().read_ipc(str(file), memory_map=False).lazy()


def _json(file: Path) -> Any:
    polars = loaded_polars()
    with file.open("rb") as stream:
        is_array = stream.read(64).lstrip()[:1] == b"["
    if is_array:
        return polars.read_json(str(file)).lazy()
    return polars.scan_ndjson(str(file), infer_schema_length=LOOKED_AT)


def _delimited(file: Path, reading: Mapping[str, Any], columns: Sequence[Mapping[str, Any]]) -> Any:
    options = _options(file, reading)
    found = _read_text(file, options)
    kinds = dict(found.collect_schema())
    names = [str(column["name"]) for column in columns]
    if not options["has_header"] and len(names) == len(kinds):
        found = found.rename(dict(zip(kinds, names)))
        kinds = dict(zip(names, kinds.values()))
        options["new_columns"] = names
    text = _read_as_text(kinds, columns)
    if not text:
        return found
    polars = loaded_polars()
    if "new_columns" in options:
        return _read_text(file, {**options, "infer_schema_length": 0}).rename(
            dict(zip(_read_text(file, options).collect_schema(), names))
        )
    return _read_text(file, {**options, "schema_overrides": dict.fromkeys(text, polars.String)})


def _options(file: Path, reading: Mapping[str, Any]) -> Record:
    escape, quote = reading.get("escape"), reading.get("quote", '"')
    if escape and escape != quote:
        raise _errors.AtelierError(
            f"The text of {file.name} escapes with {escape!r}, which is not read here. Download the files and read them yourself."
        )
    return {
        "separator": reading.get("delimiter") or SEPARATORS.get(_bare(file).suffix, ","),
        "quote_char": quote or None,
        "comment_prefix": reading.get("comment") or None,
        "has_header": reading.get("header", True) is not False,
        "skip_rows": int(reading.get("skip_rows") or 0),
        "null_values": list(reading.get("null_values") or []) or None,
        "decimal_comma": reading.get("decimal") == ",",
        "encoding": str(reading.get("encoding") or "utf-8"),
        "infer_schema_length": LOOKED_AT,
    }


def _read_text(file: Path, options: Mapping[str, Any]) -> Any:
    polars = loaded_polars()
    given = {name: value for name, value in options.items() if name not in ("encoding", "new_columns")}
    given["try_parse_dates"] = True
    encoding = options["encoding"].lower()
    if encoding in PLAIN_TEXT and _bare(file).name == file.name.lower():
        return polars.scan_csv(str(file), glob=False, **given)
    # Packed files and other encodings are not read lazily.
    return polars.read_csv(str(file), encoding="utf8" if encoding in PLAIN_TEXT else encoding, **given).lazy()


def _read_as_text(kinds: Mapping[str, Any], columns: Sequence[Mapping[str, Any]]) -> list[str]:
    """Columns that shall be something else than what they look like: `007` stays as it is."""
    wanted = {str(column["name"]): column for column in columns if column.get("included", True)}
    return [
        name for name, kind in kinds.items()
        if name in wanted and (_word(kind) != wanted[name].get("type") or wanted[name].get("format"))
        and wanted[name].get("type") in TYPES
    ]  # fmt: skip


def _chosen(frame: Any, columns: Sequence[Mapping[str, Any]]) -> Any:
    if not columns:
        return frame
    kinds = dict(frame.collect_schema())
    shown = [column for column in columns if column.get("included", True)]
    missing = [str(column["name"]) for column in shown if column["name"] not in kinds]
    if missing:
        raise _errors.AtelierError(f"The files have no column {missing[0]!r}, which the version's schema names.")
    return frame.select([_as_wanted(column, kinds[column["name"]]) for column in shown])


def _as_wanted(column: Mapping[str, Any], kind: Any) -> Any:
    polars = loaded_polars()
    found, wanted = polars.col(column["name"]), str(column.get("type") or "")
    if wanted not in TYPES or (_word(kind) == wanted and not column.get("format")):
        return found
    dtype = getattr(polars, TYPES[wanted])
    if wanted in ("date", "datetime", "time") and kind == polars.String:
        formats = column.get("format") or [None]
        formats = formats if isinstance(formats, list) else [formats]
        tries = [found.str.strptime(dtype, one, strict=False) for one in formats]
        return polars.coalesce(tries).alias(column["name"])
    if wanted == "boolean" and kind == polars.String:
        low = found.str.to_lowercase()
        return polars.when(low.is_in(TRUE)).then(True).when(low.is_in(FALSE)).then(False).alias(column["name"])
    return found.cast(dtype, strict=False)


# The schema's words, and what Polars calls them.
TYPES = {
    "string": "String", "int": "Int64", "float": "Float64", "boolean": "Boolean", "date": "Date", "datetime": "Datetime",
    "time": "Time",
}  # fmt: skip
TRUE, FALSE = ("true", "t", "1", "yes"), ("false", "f", "0", "no")


def _word(kind: Any) -> str:
    """The schema's word for a type of Polars."""
    if kind.is_integer():
        return "int"
    if kind.is_float() or kind.is_decimal():
        return "float"
    return {"String": "string", "Boolean": "boolean", "Date": "date", "Datetime": "datetime", "Time": "time"}.get(
        str(kind.base_type()), "other"
    )
