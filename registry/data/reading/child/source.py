"""The view `data`: a table's files, read as its settings say, with the columns and types that its schema chose."""

import codecs
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from registry.data.reading.child import cells
from registry.data.reading.child.engine import literal, name
from registry.data.reading.child.sentences import Problem

NATIVE_ENCODINGS = {"utf-8": "utf-8", "utf-16": "utf-16", "iso8859-1": "latin-1"}
LARGEST_RECODED = 512 * 1024 * 1024
WHOLE_SAMPLE_BYTES = 8 * 1024 * 1024  # a smaller file is read to its end before its types are decided
WANTED = {
    "string": "VARCHAR", "int": "BIGINT", "float": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE",
    "datetime": "TIMESTAMP", "time": "TIME",
}  # fmt: skip


@contextmanager
def linked(table: dict[str, Any]) -> Iterator[list[str]]:
    """Links to the table's files under their own names, so that no message tells where the studio keeps them."""
    folder = Path("files")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield [_link(folder, at, one["name"], one["path"]) for at, one in enumerate(table["files"])]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _link(folder: Path, at: int, shown: str, path: str) -> str:
    # DuckDB takes *, ? and [ in a name for a pattern.
    link = folder / re.sub(r"[*?\[\]{}\\]", "_", shown)
    if link.is_symlink() or link.is_dir():
        link = folder / f"{at}-{link.name}"
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(path)
    return str(link)


def openable(links: list[str]) -> list[str]:
    """What DuckDB may open: the links, and the copies that may be made of them."""
    return [*links, *(_copy_of(link) for link in links)]


def _copy_of(link: str) -> str:
    return f"files/utf8-{link.replace('/', '-')}"


def make_view(connection: duckdb.DuckDBPyConnection, table: dict[str, Any], links: list[str]) -> list[cells.Column]:
    """Make `data` and tell its columns."""
    reading = table.get("reading") or {}
    wanted = table.get("columns") or []
    source = _source(connection, table, links, {})
    found = cells.columns_of(connection, f"SELECT * FROM {source}")
    if table["format"] == "delimited" and wanted:
        source = _source(connection, table, links, _read_as_text(found, wanted))
    shown = ", ".join(_chosen(found, wanted)) if wanted else "*"
    query = f"SELECT {shown} FROM {source}{_narrowed(reading)}"
    connection.execute(f"CREATE VIEW data AS {query}")
    return cells.columns_of(connection, "SELECT * FROM data")


def _narrowed(reading: dict[str, Any]) -> str:
    where = f" WHERE ({reading['where']}\n)" if reading.get("where") else ""
    sample = reading.get("sample")
    taken = (
        f" USING SAMPLE {float(sample) * 100} PERCENT (bernoulli, {int(reading.get('seed') or 0)})" if sample else ""
    )
    skipped = f" OFFSET {int(reading['skip'])}" if reading.get("skip") else ""
    limit = f" LIMIT {int(reading['take'])}" if reading.get("take") else ""
    return f"{where}{taken}{limit}{skipped}"


def _source(
    connection: duckdb.DuckDBPyConnection, table: dict[str, Any], links: list[str], types: dict[str, str]
) -> str:
    if not any(Path(link).stat().st_size for link in links):
        message = f"{_names(links)} is empty." if links else "There is no file to read."
        raise Problem("data_unreadable", message)
    return {"delimited": _delimited, "parquet": _parquet, "json_lines": _json, "arrow": _arrow}[table["format"]](
        connection, table, links, types
    )


def found_out(connection: duckdb.DuckDBPyConnection, table: dict[str, Any], links: list[str]) -> dict[str, Any]:
    """How delimited text is written, for the settings a person starts from."""
    if table["format"] != "delimited":
        return {}
    links, given = _written(table, links[:1])
    sniffed = _call("sniff_csv", links, given).replace(f"({literal(links)}", f"({literal(links[0])}", 1)
    row = connection.execute(f"SELECT Delimiter, Quote, Escape, HasHeader, SkipRows FROM {sniffed}").fetchone()
    delimiter, quote, escape, header, skipped = row or ("", "", "", None, 0)
    return {
        "delimiter": delimiter,
        "quote": quote.replace("(empty)", ""),
        "escape": escape.replace("(empty)", ""),
        "header": header,
        "skip_rows": skipped,
    }


def _delimited(_: Any, table: dict[str, Any], links: list[str], types: dict[str, str]) -> str:
    links, given = _written(table, links)
    size = sum(int(one.get("size") or 0) for one in table["files"])
    sample = -1 if size <= WHOLE_SAMPLE_BYTES else None
    union = True if len(links) > 1 else None
    return _call("read_csv", links, {**given, "types": types, "sample_size": sample, "union_by_name": union})


def _written(table: dict[str, Any], links: list[str]) -> tuple[list[str], dict[str, Any]]:
    """Files that DuckDB can decode, and the options that say how they are written."""
    reading = table.get("reading") or {}
    encoding = _encoding(str(reading.get("encoding") or "utf-8"))
    if encoding not in NATIVE_ENCODINGS:
        links, encoding = [_recoded(link, encoding) for link in links], "utf-8"
    given = {
        "delim": reading.get("delimiter"),
        "quote": reading.get("quote"),
        "escape": reading.get("escape"),
        "comment": reading.get("comment"),
        "header": reading.get("header"),
        "skip": reading.get("skip_rows"),
        "nullstr": reading.get("null_values"),
        "decimal_separator": reading.get("decimal"),
        "encoding": NATIVE_ENCODINGS[encoding],
    }
    return links, given


def _parquet(_: Any, table: dict[str, Any], links: list[str], types: dict[str, str]) -> str:
    return _call("read_parquet", links, {"union_by_name": True if len(links) > 1 else None})


def _json(_: Any, table: dict[str, Any], links: list[str], types: dict[str, str]) -> str:
    return _call("read_json", links, {"union_by_name": True if len(links) > 1 else None})


def _arrow(
    connection: duckdb.DuckDBPyConnection, table: dict[str, Any], links: list[str], types: dict[str, str]
) -> str:
    import pyarrow
    import pyarrow.dataset

    try:
        found = pyarrow.dataset.dataset(links, format="ipc")
        schema = pyarrow.unify_schemas([piece.physical_schema for piece in found.get_fragments()])
    except (pyarrow.ArrowInvalid, pyarrow.ArrowTypeError, OSError) as error:
        raise Problem("data_unreadable", f"{_names(links)} can't be read as Arrow or Feather (version 2).") from error
    connection.register("arrow_files", found.replace_schema(schema))
    return "arrow_files"


def _call(function: str, links: list[str], given: dict[str, Any]) -> str:
    options = "".join(f", {key} = {literal(value)}" for key, value in given.items() if value not in (None, "", [], {}))
    return f"{function}({literal(links)}{options})"


def _read_as_text(found: list[cells.Column], wanted: list[dict[str, Any]]) -> dict[str, str]:
    """Columns that shall be something else than what they look like are read as text first: `007` stays as it is."""
    kinds = {column.name: column.type for column in found}
    return {
        one["name"]: "VARCHAR"
        for one in wanted
        if one["name"] in kinds
        and one.get("type") in WANTED
        and (kinds[one["name"]] != one["type"] or one.get("format"))
    }


def _chosen(found: list[cells.Column], wanted: list[dict[str, Any]]) -> list[str]:
    kinds = {column.name: column.type for column in found}
    missing = next((one["name"] for one in wanted if one.get("included", True) and one["name"] not in kinds), None)
    if missing is not None:
        message = f"The files have no column {missing!r}, which the schema names."
        raise Problem("data_unreadable", message, hint="Check the settings it is read with, or take the column out.")
    shown = [_as_wanted(one, kinds[one["name"]]) for one in wanted if one.get("included", True)]
    if not shown:
        raise Problem("data_unreadable", "Every column is left out.", hint="Include at least one column.")
    return shown


def _as_wanted(one: dict[str, Any], kind: str) -> str:
    column, wanted = name(one["name"]), WANTED.get(one.get("type") or "")
    if wanted is None or (one["type"] == kind and not one.get("format")):
        return column
    if one["type"] in ("date", "datetime") and one.get("format"):
        formats = literal(one["format"] if isinstance(one["format"], list) else [one["format"]])
        return f"CAST(try_strptime(CAST({column} AS VARCHAR), {formats}) AS {wanted}) AS {column}"
    return f"TRY_CAST({column} AS {wanted}) AS {column}"


def _encoding(given: str) -> str:
    try:
        return codecs.lookup(given).name
    except LookupError as error:
        raise Problem("data_unreadable", f"The encoding {given[:60]!r} is not known.", hint="Try utf-8.") from error


def _recoded(link: str, encoding: str) -> str:
    """A copy in UTF-8, for encodings that DuckDB does not read by itself."""
    source, copy = Path(link), Path(_copy_of(link))
    if copy.exists():
        return str(copy)
    if source.stat().st_size > LARGEST_RECODED:
        message = f"{source.name} is too large to be read as {encoding}: 512 MB is the most."
        raise Problem("data_unreadable", message, hint="Convert it to UTF-8 first.")
    try:
        with source.open(encoding=encoding, newline="") as text, copy.open("w", encoding="utf-8", newline="") as out:
            shutil.copyfileobj(text, out, 1024 * 1024)
    except (UnicodeDecodeError, LookupError) as error:
        raise Problem(
            "data_unreadable", f"{source.name} is not text in {encoding}.", hint="Choose another encoding."
        ) from error
    return str(copy)


def _names(links: list[str]) -> str:
    first = Path(links[0]).name
    return first if len(links) == 1 else f"{first} (or another of {len(links)} files)"
