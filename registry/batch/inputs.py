"""What a batch job scores: a data version or a place in a datastore, its files, and the bytes of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from registry.batch.models import BatchJob
from registry.batch.names import bad
from registry.data import uris
from registry.data.assets import files, queries
from registry.data.assets.models import DataType, DataVersion
from registry.data.datastores import opening
from registry.data.datastores import queries as datastores
from registry.data.datastores.kinds.base import FileStore
from registry.data.datastores.models import Datastore
from registry.data.explore import tables as version_tables
from registry.data.reading import cache, sources, tables
from registry.data.reading.tables import Table
from studio.access.models import Workspace
from studio.errors import Conflict, NotFound
from studio.storage.names import safe_relpath

FILE, FOLDER, TABLE = DataType.FILE, DataType.FOLDER, DataType.TABLE
TYPES = (FILE, FOLDER, TABLE)
MOST_FILES = 500_000


@dataclass(frozen=True, slots=True)
class Asked:
    """An input as it was asked for, with what it names."""

    type: str  # "" until the place was looked at
    path: str
    version: DataVersion | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A file of the input: its path in it."""

    path: str
    size: int


def read(workspace: Workspace, given: Any) -> Asked:
    """What `{"type", "path"}`, or a path alone, names. Raises Invalid, NotFound, Conflict for a version that is not ready."""
    table = {"path": given} if isinstance(given, str) else given
    if not isinstance(table, dict) or not isinstance(table.get("path"), str) or not table["path"].strip():
        raise bad("input", "An input is a type and a path.", hint="Such as azureml:heart@latest.")
    kind = str(table.get("type") or "")
    if kind and kind not in TYPES:
        raise bad("input", f"{kind[:40]!r} is no type of an input.", hint=f"Known: {', '.join(TYPES)}.")
    path = table["path"].strip()
    named = uris.parse(path if uris.is_reference(path) else f"azureml:{path}")
    if isinstance(named, uris.Web):
        raise bad("input", "An address outside can't be scored in place.", hint="Register it as a data asset first.")
    if isinstance(named, uris.DatastorePath):
        if kind == TABLE:
            raise bad("input", "A table is scored as a data asset.", hint="Register the place as mltable first.")
        datastores.named(workspace, named.datastore)
        return Asked(kind, str(named))
    version = queries.require_ready(queries.resolve(workspace, path))
    return Asked(kind or version.asset.type, str(uris.AssetRef(version.asset.name, version.version)), version)


def place_of(batch: BatchJob) -> tuple[Datastore, str]:
    """The datastore and the path of an input that is no data version. Raises NotFound."""
    named = uris.parse(str(batch.input["path"]))
    if not isinstance(named, uris.DatastorePath):
        raise NotFound("not_found", "The data version that this job scores was deleted.")
    return datastores.named(batch.workspace, named.datastore), named.path


def listing(batch: BatchJob) -> Iterator[Item]:
    """The files of the input by path. Raises a StudioError for what is not there."""
    if batch.input_version is not None:
        for file in files.listing(batch.input_version):
            yield Item(file.path, file.size)
        return
    datastore, path = place_of(batch)
    store = opening.file_store(datastore)
    entry = store.stat(path) if path else None
    if path and entry is None:
        raise NotFound("not_found", f"There is nothing at {path[:200]!r} in the datastore {datastore.name}.")
    if entry is not None and not entry.is_dir:
        yield Item("", entry.size)
        return
    prefix = f"{path}/" if path else ""
    for found in sorted(store.walk(path), key=lambda each: each.path):
        yield Item(found.path.removeprefix(prefix), found.size)


def opened(batch: BatchJob, path: str) -> tuple[FileStore, str, int, str]:
    """Store, place, size and tag of one file of the input. Raises NotFound, and Conflict for one that has changed."""
    if batch.input_version is not None:
        file = files.file_at(batch.input_version, path)
        store, place = files.checked(batch.input_version, file)
        return store, place, file.size, file.sha256
    datastore, folder = place_of(batch)
    below = safe_relpath(path) if path else ""
    place = "/".join(part for part in (folder, below) if part)
    store = opening.file_store(datastore)
    entry = store.stat(place)
    if entry is None or entry.is_dir:
        raise NotFound("not_found", f"There is no file {path[:200]!r} in the input.")
    return store, place, entry.size, entry.etag


def name_of(batch: BatchJob, path: str) -> str:
    """What people know a file of the input by."""
    return path or str(batch.input["path"]).rpartition("/")[2]


def is_table(batch: BatchJob, items: list[Item]) -> bool:
    """Whether the input is one table, which is scored by its rows."""
    if batch.input.get("type") == TABLE:
        return True
    return (
        len(items) == 1
        and batch.input.get("type") == FILE
        and bool(tables.ending_format(name_of(batch, items[0].path)))
    )


def table(batch: BatchJob, items: list[Item]) -> Table:
    """The input as the reading process opens it; files of places elsewhere are brought here, however large."""
    if batch.input_version is not None:
        return version_tables.table_of(batch.input_version, may_wait=True)
    store, place, size, tag = opened(batch, items[0].path)
    if size != items[0].size:
        raise Conflict("data_changed", "The input was changed while it was read.", hint="Score it again.")
    placed = sources.Placed(name_of(batch, items[0].path), store, place, size, cache.key_of(batch.pk, place, size, tag))
    return sources.table_of_files([placed], most=None)
