"""From files of datastores to a table the reading process can open: in place where they are here, copies where not."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from registry.data.datastores import opening
from registry.data.datastores.kinds.base import FileStore
from registry.data.datastores.models import Datastore
from registry.data.reading import cache, tables
from registry.data.reading.tables import SourceFile, Table
from studio.errors import NotFound, TooLarge

MB = 1024 * 1024
NOW_BYTES = 64 * MB  # what one web request may fetch
HEAD_BYTES = 4 * MB  # of text whose beginning is enough
MOST_FILES = 2_000


@dataclass(frozen=True, slots=True)
class Placed:
    """A file in a datastore; `key` names its bytes (their SHA-256 when `is_hash`)."""

    name: str
    store: FileStore
    place: str
    size: int
    key: str
    is_hash: bool = False


class NotHere(Exception):
    """So much would have to be fetched that a task should do it."""


def table_at(
    datastore: Datastore, path: str, reading: dict[str, Any] | None = None, columns: Sequence[Any] = ()
) -> Table:
    """A file or folder that is not registered yet. Of large text elsewhere only the head is read: `is_head` says so."""
    placed = list(_placed_at(datastore, path))
    format = _format(placed, reading or {})
    chosen = _of_format(placed, format, is_given=bool((reading or {}).get("format")))
    if format in ("delimited", "json_lines") and _absent(chosen) > HEAD_BYTES:
        return Table(format, (_head(chosen[0]),), dict(reading or {}), tuple(columns), is_head=True)
    return _table_now(chosen, reading, columns, format)


def table_of_places(places: Iterable[tuple[str, Datastore, str]]) -> Table:
    """One table of what lies at several places, each with a name of its own. Raises NotFound, Invalid, TooLarge."""
    placed = [
        replace(one, name=f"{name}/{one.name}")
        for name, datastore, path in places
        for one in _placed_at(datastore, path)
    ]
    format = _format(placed, {})
    return _table_now(_of_format(placed, format, is_given=False), None, (), format)


def _table_now(chosen: Sequence[Placed], reading: dict[str, Any] | None, columns: Sequence[Any], format: str) -> Table:
    try:
        return table_of_files(chosen, reading, columns, format=format)
    except NotHere:
        message = f"The preview would fetch {_absent(chosen) / 1_000_000:,.0f} MB: {NOW_BYTES // MB} MB is the most."
        raise TooLarge(
            "data_too_large", message, hint="Register the data: its rows can be seen when it has been read."
        ) from None


def table_of_files(
    placed: Sequence[Placed],
    reading: dict[str, Any] | None = None,
    columns: Sequence[Any] = (),
    *,
    format: str = "",
    most: int | None = NOW_BYTES,
) -> Table:
    """The table these files make. Raises NotHere when more than `most` bytes would be fetched; None: no limit."""
    reading = dict(reading or {})
    format = format or _format(placed, reading)
    chosen = _of_format(placed, format, is_given=bool(reading.get("format")))
    if len(chosen) > MOST_FILES:
        raise TooLarge("data_too_large", f"The table has {len(chosen):,} files; {MOST_FILES:,} are read at most.")
    if most is not None and _absent(chosen) > most:
        raise NotHere
    files = tuple(SourceFile(one.name, _local(one), one.size) for one in chosen)
    return Table(format, files, reading, tuple(columns))


def _placed_at(datastore: Datastore, path: str) -> Iterator[Placed]:
    store = opening.file_store(datastore)
    entry = store.stat(path) if path else None
    if path and entry is None:
        raise NotFound("not_found", f"There is nothing at {path[:200]!r} in the datastore {datastore.name}.")
    found = [entry] if entry is not None and not entry.is_dir else store.walk(path)
    for one in found:
        key = cache.key_of(datastore.pk, one.path, one.size, one.etag, one.modified_at)
        name = one.path.removeprefix(f"{path}/") if one is not entry else one.name
        yield Placed(name, store, one.path, one.size, key)


def _format(placed: Sequence[Placed], reading: dict[str, Any]) -> str:
    visible = [one.name for one in placed if not _is_aside(one.name)]
    return tables.format_of(visible, str(reading.get("format") or ""))


def _of_format(placed: Sequence[Placed], format: str, *, is_given: bool) -> list[Placed]:
    """The files that are the table: what lies beside them, such as a README or `_SUCCESS`, is not read."""
    visible = [one for one in placed if not _is_aside(one.name)]
    matching = [one for one in visible if tables.ending_format(one.name) == format]
    return matching if matching or not is_given else visible


def _is_aside(name: str) -> bool:
    last = name.rsplit("/", 1)[-1]
    return last.startswith(("_", ".")) or last == "MLTable"


def _absent(placed: Sequence[Placed]) -> int:
    """The bytes that would have to be fetched."""
    return sum(one.size for one in placed if not _is_here(one))


def _is_here(one: Placed) -> bool:
    return one.store.local_path(one.place) is not None or cache.found(one.key) is not None


def _local(one: Placed) -> Path:
    path = one.store.local_path(one.place) or cache.found(one.key)
    if path is not None:
        return path
    return cache.keep(one.key, one.store.read(one.place), size=one.size, sha256=one.key if one.is_hash else "")


def _head(one: Placed) -> SourceFile:
    """The first bytes of a text, to the end of a line."""
    key = cache.key_of(one.key, "head")
    path = cache.found(key)
    if path is None:
        head = b"".join(one.store.read(one.place, 0, min(HEAD_BYTES, one.size)))
        cut = head[: head.rfind(b"\n") + 1] or head
        path = cache.keep(key, [cut], size=len(cut))
    return SourceFile(one.name, path, path.stat().st_size)
