"""Reading a new version's files once: in short steps, each of which may run twice and may be cut off anywhere."""

import logging
import time
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from registry.data.assets import fetching, files, found, inspecting, listeners, manifest, state, telling
from registry.data.assets.found import Found
from registry.data.assets.manifest import DataFile
from registry.data.assets.models import DataVersion
from studio.errors import Conflict, NoSpace, StudioError, Unavailable
from studio.storage.models import Blob

logger = logging.getLogger(__name__)
State = DataVersion.State
MAX_ATTEMPTS = 5
STEP_SECONDS = 45.0


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
    wanted = found.files_of(version)
    read, is_over = _read(version, wanted, known)
    if not is_over:
        state.release(version, manifest=_kept(version, read))
        return True
    _finish(version, read, wanted)
    return False


def _read(version: DataVersion, wanted: list[Found], known: dict[str, DataFile]) -> tuple[list[DataFile], bool]:
    """Read what is not known yet, as far as the time goes and one file at least; answers the files so far, and whether that is all."""
    until = time.monotonic() + STEP_SECONDS
    done: list[DataFile] = []
    fresh = 0
    for one in wanted:
        before = known.get(one.path)
        if before is not None and before.size == one.entry.size and before.etag == one.entry.etag:
            done.append(before)
            continue
        if fresh and time.monotonic() > until:
            return done, False
        fresh += 1
        done.append(_digest(version, one))
    return done, True


def _digest(version: DataVersion, one: Found) -> DataFile:
    sha256, size = files.digest(one.store, one.place, alive=lambda: state.keep(version))
    if size != one.entry.size:
        raise Conflict(
            "data_changed", f"{one.path} changed while it was read.", hint="Register it again once it is whole."
        )  # fmt: skip
    return DataFile(one.path, size, sha256, one.entry.etag)


def _kept(version: DataVersion, read: list[DataFile]) -> Blob:
    return manifest.write(version.asset.workspace, read)


def _finish(version: DataVersion, read: list[DataFile], wanted: list[Found]) -> None:
    state.keep(version)
    facts = inspecting.facts(version, wanted, read)
    kept = _kept(version, read)
    with transaction.atomic():
        state.move(
            version,
            to=State.READY,
            path=version.path,
            problem="",
            manifest=kept,
            size=sum(file.size for file in read),
            file_count=len(read),
            content_hash=manifest.content_hash(read),
            **facts,
        )
        telling.note_version(actor=version.created_by, version=version, verb="ready")
        listeners.tell(version)


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
