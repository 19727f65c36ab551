"""Where the bytes of a run's input are: a version's files, a place of a datastore, or an address that its runner fetches itself."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from registry.data import uris
from registry.data.addresses import queries as addresses
from registry.data.assets import files, manifest, placing
from registry.data.assets.manifest import DataFile
from registry.data.assets.models import DataType, DataVersion
from registry.data.datastores import opening
from registry.data.datastores.kinds.base import Entry, FileStore
from registry.data.datastores.models import Datastore
from runs.tracking.models import Run, RunInput
from studio.errors import NotFound
from studio.storage.models import Blob

MLTABLE = "MLTable"


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file of an input. `tag` changes with its bytes; `sha256` is empty where nobody has read them yet."""

    path: str
    size: int
    sha256: str
    tag: str


def spec_of(row: RunInput) -> dict[str, Any]:
    """What the runner is told of an input that its job file refers to: `data`, or the `url` that it fetches."""
    if row.data_version is not None:
        version = row.data_version
        address = f"azureml://data/{quote(version.asset.name)}/versions/{quote(version.version)}"
        data = {"uri": address, "hash": version.content_hash}
        return {"data": {**data, "mltable": version.mltable} if row.type == DataType.TABLE else data}
    uri = addresses.translate(row.uri)
    return {"data": {"uri": uri}} if isinstance(uris.parse(uri), uris.DatastorePath) else {"url": row.uri}


def covered(run: Run) -> dict[str, dict[str, Any]]:
    """The inputs that a rule covers by now, though none did when the run was submitted: these are not fetched from outside."""
    rows = run.inputs.filter(uri__startswith="http").select_related("data_version")
    found = {row.name: spec_of(row) for row in rows}
    return {name: spec for name, spec in found.items() if "data" in spec}


def listing(run: Run, row: RunInput) -> list[InputFile]:
    """The files of an input, by path. Raises NotFound for one that has none."""
    if row.data_version is not None:
        found = files.listing(row.data_version)
        # What a table names in other datastores is read from there by whoever loads the table.
        return [InputFile(file.path, file.size, file.sha256, file.sha256) for file in found if _is_here(file)]
    store, root = _place(run, row)
    return sorted(_walked(store, root, _mark(run, row)), key=lambda file: file.path)


def _is_here(file: DataFile) -> bool:
    """Whether a file lies in the version's own folder."""
    return not file.path.startswith("azureml://")


def read(run: Run, row: RunInput, path: str) -> tuple[InputFile, FileStore, str]:
    """A file with the store and the place it is read from. Raises NotFound, Gone, Conflict."""
    if row.data_version is not None:
        file = _known(row.data_version).get(path)
        if file is None or not _is_here(file):
            raise _no_file(row, path)
        store, place = files.checked(row.data_version, file)
        return InputFile(file.path, file.size, file.sha256, file.sha256), store, place
    store, root = _place(run, row)
    entry = store.stat(root) if root else None
    is_file = entry is not None and not entry.is_dir
    place = root if is_file else f"{root}/{path}".lstrip("/")
    found = entry if is_file else store.stat(place)
    if found is None or found.is_dir or (is_file and path != found.name):
        raise _no_file(row, path)
    return _file(path, found, _mark(run, row)), store, place


def _place(run: Run, row: RunInput) -> tuple[FileStore, str]:
    named = uris.parse(addresses.translate(row.uri)) if row.uri else None
    if not isinstance(named, uris.DatastorePath):
        raise NotFound("not_found", f"The input {row.name} has no files here.")
    return opening.file_store(placing.datastore_named(run.workspace, named.datastore)), named.path


def _walked(store: FileStore, root: str, mark: str) -> Iterator[InputFile]:
    entry = store.stat(root) if root else None
    if entry is not None and not entry.is_dir:
        yield _file(entry.name, entry, mark)
        return
    start = len(root) + 1 if root else 0
    for count, one in enumerate(store.walk(root), start=1):
        manifest.require_moderate(count)
        yield _file(one.path[start:], one, mark)


def _file(path: str, entry: Entry, mark: str) -> InputFile:
    # Without a mark of its bytes a file is never taken for one that was fetched before.
    told = f"{mark}:{entry.path}:{entry.size}:{entry.etag}"
    return InputFile(path, entry.size, "", hashlib.sha256(told.encode()).hexdigest() if entry.etag else "")


def _mark(run: Run, row: RunInput) -> str:
    """Tells datastores apart: the same path and time in two of them are two files."""
    named = uris.parse(addresses.translate(row.uri))
    assert isinstance(named, uris.DatastorePath)
    datastore: Datastore = placing.datastore_named(run.workspace, named.datastore)
    return f"{datastore.pk}-{datastore.updated_at:%s}"


def _known(version: DataVersion) -> dict[str, DataFile]:
    assert version.manifest is not None
    return _of_manifest(version.manifest_id or 0, version.manifest)


@lru_cache(maxsize=8)
def _of_manifest(blob_id: int, blob: Blob) -> dict[str, DataFile]:
    """The files of a manifest by path: a runner asks for them one after another, and a manifest never changes."""
    return {file.path: file for file in manifest.read(blob)}


def _no_file(row: RunInput, path: str) -> NotFound:
    return NotFound("not_found", f"The input {row.name} has no file {path[:200]!r}.")
