"""The files of a version as they were registered: what has changed since is refused, never passed off."""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from registry.data import uris
from registry.data.assets import manifest, queries
from registry.data.assets.manifest import DataFile
from registry.data.assets.models import DataType, DataVersion
from registry.data.datastores import opening
from registry.data.datastores.kinds.base import Entry, FileStore
from registry.data.datastores.models import Datastore
from studio.errors import Conflict, Gone, NotFound

__all__ = ["DataFile", "entries", "entry_point", "file_at", "listing", "location", "read"]

SECONDS_SILENT = 20.0


@dataclass(frozen=True, slots=True)
class Item:
    """A file, or a folder with the size of what is below it."""

    path: str
    name: str
    is_dir: bool
    size: int
    sha256: str = ""
    count: int = 1


def listing(version: DataVersion) -> list[DataFile]:
    """Every file, by path. Raises Conflict while they are still being read."""
    queries.require_ready(version)
    return manifest.read(version.manifest)


def entries(files: Sequence[DataFile], folder: str = "") -> list[Item]:
    """What lies right in a folder, folders first."""
    prefix = folder.strip("/") + "/" if folder.strip("/") else ""
    found: dict[str, Item] = {}
    for file in files:
        if not file.path.startswith(prefix):
            continue
        # A file of another folder stands for itself: its address is no path below this one.
        is_elsewhere = file.path.startswith("azureml://")
        name, _, below = (file.path, "", "") if is_elsewhere else file.path[len(prefix) :].partition("/")
        before = found.get(name)
        if below and before is not None:
            found[name] = replace(before, size=before.size + file.size, count=before.count + 1)
        else:
            found[name] = Item(prefix + name, name, bool(below), file.size, "" if below else file.sha256)
    return sorted(found.values(), key=lambda item: (not item.is_dir, item.name))


def file_at(version: DataVersion, path: str) -> DataFile:
    """The file of exactly this path. Raises NotFound."""
    queries.require_ready(version)
    found = manifest.find(version.manifest, path)
    if found is None:
        raise NotFound("not_found", f"There is no file {path[:200]!r} in {version}.")
    return found


def entry_point(version: DataVersion) -> str:
    """What a program is given of a version's local copy: the file's name, or "" for the folder itself."""
    return listing(version)[0].path if version.asset.type == DataType.FILE else ""


def location(version: DataVersion, path: str) -> tuple[Datastore, str]:
    """The datastore a file lies in, and its path there."""
    if path.startswith("azureml://"):
        named = uris.parse(path)
        assert isinstance(named, uris.DatastorePath)
        rows = Datastore.objects.filter(workspace=version.asset.workspace_id, name__iexact=named.datastore)
        datastore = rows.select_related("workspace").first()
        if datastore is None:
            raise _gone(version, path)
        return datastore, named.path
    if version.datastore is None:
        raise _gone(version, path)
    if version.asset.type == DataType.FILE:
        return version.datastore, version.path
    return version.datastore, "/".join(part for part in (version.path, path) if part)


def read(version: DataVersion, path: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """The bytes of a file from `start` up to but without `end`, when the file is still the one that was registered.

    Raises Gone when it is not there any more and Conflict `data_changed` when its bytes are others.
    """
    file = file_at(version, path)
    return open_file(version, file, start, end)


def open_file(version: DataVersion, file: DataFile, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """`read` for a file of the listing."""
    store, place = checked(version, file)
    return store.read(place, start, end)


def opener(version: DataVersion, file: DataFile) -> Callable[[], Iterator[bytes]]:
    """What opens a file when it is called."""
    return lambda: open_file(version, file)


def name_in_archive(file: DataFile) -> str:
    """Under which name a file stands in a zip."""
    if not file.path.startswith("azureml://"):
        return file.path
    named = uris.parse(file.path)
    assert isinstance(named, uris.DatastorePath)
    return f"elsewhere/{named.datastore}/{named.path}"


def checked(version: DataVersion, file: DataFile) -> tuple[FileStore, str]:
    """The store and the path of a file that is still what was registered. Raises Gone, Conflict."""
    datastore, place = location(version, file.path)
    store = opening.file_store(datastore)
    entry = store.stat(place)
    if entry is None or entry.is_dir:
        raise _gone(version, file.path)
    if not _is_same(store, place, entry, file):
        raise Conflict(
            "data_changed",
            f"{file.path} was changed after {version} was registered: it is not given out as that version.",
            hint="Put the file back, or register the data again as a new version.",
        )
    return store, place


def digest(store: FileStore, path: str, *, alive: Callable[[], None] | None = None) -> tuple[str, int]:
    """SHA-256 and size of a file, read once. `alive` is called now and then while a large one is read."""
    hashed, size, said = hashlib.sha256(), 0, time.monotonic()
    for piece in store.read(path):
        hashed.update(piece)
        size += len(piece)
        if alive is not None and time.monotonic() - said > SECONDS_SILENT:
            alive()
            said = time.monotonic()
    return hashed.hexdigest(), size


def _is_same(store: FileStore, place: str, entry: Entry, file: DataFile) -> bool:
    if entry.size != file.size:
        return False
    if file.etag and entry.etag == file.etag:
        return True
    # Written again, perhaps with the same bytes: only reading tells.
    return digest(store, place)[0] == file.sha256


def _gone(version: DataVersion, path: str) -> Gone:
    return Gone(
        "data_missing",
        f"{path} of {version} is not where it was registered any more.",
        hint="Put it back, or register the data again as a new version.",
    )
