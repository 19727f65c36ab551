"""What a place would look like as a table, before it is registered: the wizard's preview."""

import datetime
import hashlib
import itertools
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry.data import uris
from registry.data.addresses import queries as addresses
from registry.data.assets import fetching, files, placing, queries
from registry.data.assets.models import ManagedFolder
from registry.data.assets.services import Query
from registry.data.datastores import opening
from registry.data.reading import cache, reader, sources, tables
from registry.data.reading.tables import SourceFile, Table
from studio.access.models import Workspace
from studio.errors import Invalid, TooLarge

ROWS = 50
WEB_BYTES = 16 * 1024 * 1024
CELL = 500
KINDS = (
    ("string", "string"), ("large_string", "string"), ("bool", "boolean"), ("int", "int"), ("uint", "int"),
    ("float", "float"), ("double", "float"), ("halffloat", "float"), ("decimal", "float"), ("date", "date"),
    ("timestamp", "datetime"), ("time", "time"), ("binary", "binary"), ("large_binary", "binary"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Looked:
    """The first rows of a place, its columns, and how its text seems to be written."""

    format: str
    columns: list[dict[str, Any]]
    rows: list[list[Any]]
    row_count: int | None
    found: dict[str, Any]
    is_head: bool = False


def look(
    workspace: Workspace,
    *,
    path: str = "",
    folder: str = "",
    query: Query | None = None,
    reading: dict[str, Any] | None = None,
    schema: list[dict[str, Any]] | None = None,
) -> Looked:
    """The beginning of what lies at exactly one of path, folder and query. Raises Invalid where that is no table."""
    if bool(path) + bool(folder) + (query is not None) != 1:
        raise Invalid("bad_data_source", "Say what to look at: a path, an uploaded folder or a query, and one only.")
    if query is not None:
        return _asked(workspace, query)
    table = _table(workspace, path, folder, reading or {}, schema or [])
    told = reader.look(table, limit=ROWS)
    row_count = None if table.is_head else told["row_count"]
    return Looked(table.format, told["columns"], told["rows"], row_count, told["found"] or {}, table.is_head)


def _table(
    workspace: Workspace, path: str, folder: str, reading: dict[str, Any], schema: list[dict[str, Any]]
) -> Table:
    if folder:
        own = ManagedFolder.objects.filter(datastore__workspace=workspace, path=folder.strip("/"))
        prepared = own.select_related("datastore__workspace").first()
        if prepared is None:
            raise Invalid("bad_data_source", f"Nothing was prepared for an upload at {folder[:120]!r}.")
        return sources.table_at(prepared.datastore, prepared.path, reading, schema)
    named = uris.parse(path)
    if isinstance(named, uris.Web):
        named = uris.parse(addresses.translate(named.url))
    if isinstance(named, uris.DatastorePath):
        return sources.table_at(placing.datastore_named(workspace, named.datastore), named.path, reading, schema)
    if isinstance(named, uris.AssetRef):
        return _registered(workspace, named, reading, schema)
    return _from_web(named, reading, schema)


def _registered(
    workspace: Workspace, named: uris.AssetRef, reading: dict[str, Any], schema: list[dict[str, Any]]
) -> Table:
    version = queries.require_ready(queries.resolve(workspace, str(named)))
    placed = []
    for file in files.listing(version):
        store, place = files.checked(version, file)
        placed.append(sources.Placed(file.path, store, place, file.size, file.sha256, is_hash=True))
    try:
        return sources.table_of_files(placed, {**version.reading, **reading}, schema)
    except sources.NotHere:
        raise _too_much() from None


def _from_web(web: uris.Web, reading: dict[str, Any], schema: list[dict[str, Any]]) -> Table:
    name = uris.file_name(web)
    format = tables.format_of([name], str(reading.get("format") or ""))
    key = hashlib.sha256(f"web\0{web.url}".encode()).hexdigest()
    kept = cache.found(key)
    is_head = kept is not None and kept.stat().st_size >= WEB_BYTES
    if kept is None:
        head = fetching.head(web.url, WEB_BYTES + 1)
        is_head = len(head) > WEB_BYTES
        if is_head:
            head = head[:WEB_BYTES]
        kept = cache.keep(key, [head], size=len(head))
    if is_head and format not in ("delimited", "json_lines"):
        raise _too_much()
    return Table(format, (_source(name, kept, is_head=is_head),), reading, tuple(schema), is_head=is_head)


def _source(name: str, kept: Path, *, is_head: bool) -> SourceFile:
    """The copy; of a beginning what is there to the end of its last line."""
    if not is_head:
        return SourceFile(name, kept, kept.stat().st_size)
    cut = kept.read_bytes()
    cut = cut[: cut.rfind(b"\n") + 1] or cut
    path = cache.keep(hashlib.sha256(f"{kept.name}\0lines".encode()).hexdigest(), [cut], size=len(cut))
    return SourceFile(name, path, len(cut))


def _asked(workspace: Workspace, query: Query) -> Looked:
    datastore = placing.datastore_named(workspace, query.datastore, field="datastore")
    batches = opening.sql_store(datastore).read(query.text, limit=ROWS)
    first = next(batches)
    columns = [
        {"name": column.name, "type": _kind(str(column.type)), "native": str(column.type)} for column in first.schema
    ]
    rows: list[list[Any]] = []
    for batch in itertools.chain([first], batches):
        values = [column.to_pylist() for column in batch.columns]
        rows += [[_cell(cell) for cell in row] for row in zip(*values, strict=True)]
        if len(rows) >= ROWS:
            break
    return Looked("query", columns, rows[:ROWS], None, {})


def _kind(arrow: str) -> str:
    return next((kind for begin, kind in KINDS if arrow.startswith(begin)), "nested")


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, int):
        return value if abs(value) <= 2**53 else str(value)
    if isinstance(value, bytes):
        return value[:16].hex()
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return value.isoformat()
    return str(value)[:CELL]


def _too_much() -> TooLarge:
    return TooLarge(
        "data_too_large", "It is too large to be looked at before it is registered.",
        hint="Register it: its rows can be seen when it has been read.",
    )  # fmt: skip
