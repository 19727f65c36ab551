"""Reading a new version's files once: in short steps, each of which may run twice and may be cut off anywhere."""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from registry.data.assets import fetching, files, inspecting, manifest, state, telling
from registry.data.assets.manifest import DataFile
from registry.data.assets.models import DataType, DataVersion
from registry.data.datastores import opening
from registry.data.datastores.kinds.base import Entry, FileStore
from studio.errors import Conflict, Invalid, NoSpace, NotFound, StudioError, Unavailable
from studio.storage.models import Blob

logger = logging.getLogger(__name__)
State = DataVersion.State
MAX_ATTEMPTS = 5
STEP_SECONDS = 45.0


@dataclass(frozen=True, slots=True)
class Found:
    """A file of the version where it lies."""

    path: str  # as the manifest calls it
    store: FileStore
    place: str
    entry: Entry


def step(version_id: int) -> bool:
    """Do the next part of a pending version's reading; answers whether another can follow at once."""
    version = state.claim(version_id)
    if version is None:
        return False
    if version.attempts > MAX_ATTEMPTS:
        _fail(version, version.problem or "Reading its files was cut off several times; try again.")
        return False
    try:
        return _advance(version)
    except (Unavailable, NoSpace, OSError) as error:
        _wait(version, error)
    except StudioError as error:
        _fail(version, f"{error.message} {error.hint}".strip())
    return False


def _advance(version: DataVersion) -> bool:
    if fetching.is_due(version):
        fetching.fetch(version)
        state.release(version, attempts=0)
        return True
    known = {file.path: file for file in manifest.read(version.manifest)}
    wanted = _files_of(version)
    read, is_over = _read(version, wanted, known)
    if not is_over:
        state.release(version, manifest=_kept(version, read))
        return True
    _finish(version, read, wanted)
    return False


def _files_of(version: DataVersion) -> list[Found]:
    """What the version is made of now. Raises NotFound for a place where nothing is."""
    if version.datastore is None:
        raise NotFound("not_found", "The datastore it lies in is gone.")
    store = opening.file_store(version.datastore)
    entry = store.stat(version.path) if version.path else None
    if version.path and entry is None:
        raise NotFound("not_found", f"There is nothing at {version.path!r} in the datastore {version.datastore.name}.")
    if entry is not None and not entry.is_dir:
        return [_single(version, store, entry)]
    found = list(_below(version, store))
    if not found:
        raise Invalid(
            "data_empty", f"There is no file in the folder {version.path or '/'!r}.", hint="Upload some first."
        )
    if version.asset.type == DataType.FILE:
        return [_only(version, found)]
    return found + inspecting.files_elsewhere(version, found) if version.asset.type == DataType.TABLE else found


def _single(version: DataVersion, store: FileStore, entry: Entry) -> Found:
    """The version is this one file. A table of one file lies in the file's folder, and the manifest names no other."""
    if version.asset.type == DataType.FOLDER:
        raise Invalid(
            "data_type_differs", f"{version.path} is a file, and a version of the type uri_folder is a folder.",
            hint="Register it as uri_file, or give the folder it lies in.",
        )  # fmt: skip
    return Found(entry.name, store, entry.path, entry)


def _only(version: DataVersion, found: list[Found]) -> Found:
    if len(found) > 1 or version.source.get("kind") != "upload":
        raise Invalid(
            "data_type_differs",
            f"{version.path or '/'} is a folder with {len(found):,} file{'s' if len(found) > 1 else ''}, and a version of"
            " the type uri_file is one file.",
            hint="Register it as uri_folder, or name the file.",
        )
    version.path = found[0].place
    return Found(found[0].entry.name, found[0].store, found[0].place, found[0].entry)


def _below(version: DataVersion, store: FileStore) -> Iterator[Found]:
    start = len(version.path) + 1 if version.path else 0
    for count, entry in enumerate(store.walk(version.path), start=1):
        manifest.require_moderate(count)
        yield Found(entry.path[start:], store, entry.path, entry)


def _read(version: DataVersion, wanted: list[Found], known: dict[str, DataFile]) -> tuple[list[DataFile], bool]:
    """Read what is not known yet, as far as the time goes and one file at least; answers the files so far, and whether that is all."""
    until = time.monotonic() + STEP_SECONDS
    done: list[DataFile] = []
    fresh = 0
    for found in wanted:
        before = known.get(found.path)
        if before is not None and before.size == found.entry.size and before.etag == found.entry.etag:
            done.append(before)
            continue
        if fresh and time.monotonic() > until:
            return done, False
        fresh += 1
        done.append(_digest(version, found))
    return done, True


def _digest(version: DataVersion, found: Found) -> DataFile:
    sha256, size = files.digest(found.store, found.place, alive=lambda: state.keep(version))
    if size != found.entry.size:
        raise Conflict(
            "data_changed", f"{found.path} changed while it was read.", hint="Register it again once it is whole."
        )  # fmt: skip
    return DataFile(found.path, size, sha256, found.entry.etag)


def _kept(version: DataVersion, read: list[DataFile]) -> Blob:
    return manifest.write(version.asset.workspace, read)


def _finish(version: DataVersion, read: list[DataFile], wanted: list[Found]) -> None:
    facts = inspecting.facts(version, read)
    path = version.path
    if version.asset.type == DataType.TABLE and wanted[0].place == path:
        path = path.rpartition("/")[0]  # a table is a folder, here with the one file that the manifest names
    state.move(
        version,
        to=State.READY,
        path=path,
        problem="",
        manifest=_kept(version, read),
        size=sum(file.size for file in read),
        file_count=len(read),
        content_hash=manifest.content_hash(read),
        **facts,
    )
    telling.note_version(actor=version.created_by, version=version, verb="ready")


def _wait(version: DataVersion, error: Exception) -> None:
    """Try again a little later: what is wrong may pass."""
    logger.warning("the files of %s can't be read now: %s", version, error)
    said = error.message if isinstance(error, StudioError) else str(error)
    if version.attempts >= MAX_ATTEMPTS:
        _fail(version, said)
        return
    later = timezone.now() + timedelta(seconds=5 * 3**version.attempts)
    DataVersion.objects.filter(pk=version.pk).update(problem=said[:1000])
    state.release(version, until=later)


def _fail(version: DataVersion, problem: str) -> None:
    try:
        state.move(version, to=State.FAILED, problem=problem[:1000], manifest=None)
    except Conflict:
        return  # somebody else came to an end with it
    telling.note_version(actor=version.created_by, version=version, verb="failed", detail=problem)
