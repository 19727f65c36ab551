"""The files of an output on their way into its datastore: each whole or not at all, and noted before its bytes come."""

import hashlib
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, Sum

from compute.jobs.models import Job
from registry.data.assets import manifest
from registry.data.assets.models import DataType, ManagedFolder
from registry.data.datastores import opening, problems
from registry.data.datastores.kinds.base import FileStore
from registry.data.transfers import holds
from runs.tracking.data import looking
from runs.tracking.data.models import OutputFile, RunOutput
from studio.errors import Conflict, NotFound, StudioError, TooLarge
from studio.storage import blobs
from studio.storage.blobs import Readable
from studio.storage.names import safe_relpath

State = RunOutput.State
MAX_ETAG = 255


def store_file(*, job: Job, output: RunOutput, path: str, stream: Readable, sha256: str, attempt: int) -> OutputFile:
    """Keep one file of an output in its place; it may come again.

    Raises Conflict for an attempt that is over and for a place where other data stands, Invalid when other bytes come than
    were announced; then nothing is changed.
    """
    _require_attempt(job, attempt)
    _require_open(output)
    path = safe_relpath(path)
    store, place = _store(output), place_of(output, path)
    row = _noted(store, output, path, place, attempt)
    hashed = _Hashed(stream, sha256.lower())
    entry = store.write(place, hashed, overwrite=True)
    facts: dict[str, Any] = {
        "size": hashed.size,
        "sha256": hashed.sha256,
        "etag": entry.etag[:MAX_ETAG],
        "attempt": attempt,
    }
    if not OutputFile.objects.filter(pk=row.pk, output__state=State.OPEN).update(**facts):
        store.delete(place)  # the run ended meanwhile, and what it left is being removed
        raise _over(output)
    row.refresh_from_db()
    return row


def complete(*, job: Job, output: RunOutput, attempt: int, count: int, size: int) -> RunOutput:
    """Note that every file is there, and look into them once. Doing it twice finds the first.

    Raises Conflict when files are missing.
    """
    _require_attempt(job, attempt)
    if output.state == State.WHOLE:
        return output
    _require_open(output)
    rows = _of_attempt(output, attempt)
    told = rows.aggregate(total=Sum("size"))["total"] or 0
    if rows.count() != count or told != size or not count:
        raise Conflict(
            "output_incomplete", f"Of the output {output.name} {rows.count():,} of {count:,} files are here.",
            hint="Send the missing files, then complete it again.",
        )  # fmt: skip
    forget(output, output.files.exclude(pk__in=rows.values("pk")))
    problem, facts = looking.facts(output, list(rows)) if output.asset_name else ("", {})
    changes = {"size": size, "file_count": count, "facts": facts, "problem": problem}
    if not RunOutput.objects.filter(pk=output.pk, state=State.OPEN).update(state=State.WHOLE, **changes):
        raise _over(output)
    output.refresh_from_db(fields=["state", *changes])
    return output


def forget(output: RunOutput, rows: "QuerySet[OutputFile]") -> None:
    """Remove files that this output wrote, where nothing lay before and nothing stands on them by now."""
    if output.datastore is None:
        rows.delete()
        return
    store = _store(output)
    for row in rows:
        place = place_of(output, row.path)
        if row.is_new and not holds.of(output.datastore, place):
            try:
                store.delete(place)
            except NotFound:
                pass  # it never came, or somebody removed it
        row.delete()


def place_of(output: RunOutput, path: str) -> str:
    """Where a file of the output lies in the datastore."""
    return output.path if output.type == DataType.FILE else f"{output.path}/{path}".lstrip("/")


def _of_attempt(output: RunOutput, attempt: int) -> "QuerySet[OutputFile]":
    return OutputFile.objects.filter(output=output, attempt=attempt).exclude(sha256="")


def _store(output: RunOutput) -> FileStore:
    if output.datastore is None:
        raise NotFound("not_found", f"The datastore of the output {output.name} was removed.")
    return opening.file_store(output.datastore)


def _noted(store: FileStore, output: RunOutput, path: str, place: str, attempt: int) -> OutputFile:
    """The file's row, there before its first byte."""
    found = OutputFile.objects.filter(output=output, path=path).first()
    if found is not None:
        return found
    _require_room(output, path)
    assert output.datastore is not None
    if sentences := holds.of(output.datastore, place):
        raise Conflict("file_in_use", " ".join(sentences[:3]), hint="Give the output another path.")
    there = store.stat(place)
    if there is not None and there.is_dir:
        raise problems.not_a_file(place)
    with transaction.atomic():
        if output.is_managed:
            ManagedFolder.objects.get_or_create(
                datastore=output.datastore, path=folder_of(output), defaults={"created_by": output.run.created_by}
            )
        row, _ = OutputFile.objects.get_or_create(
            output=output, path=path, defaults={"attempt": attempt, "is_new": there is None}
        )
    return row


def folder_of(output: RunOutput) -> str:
    return output.path.rpartition("/")[0] if output.type == DataType.FILE else output.path


def _require_room(output: RunOutput, path: str) -> None:
    count = output.files.count()
    manifest.require_moderate(count + 1)
    if count and output.type == DataType.FILE:
        raise Conflict("output_is_one_file", f"The output {output.name} is one file, and {path[:80]!r} is another.")


def _require_attempt(job: Job, attempt: int) -> None:
    if job.attempt != attempt:
        raise Conflict("stale_attempt", f"Attempt {attempt} of this job is over; attempt {job.attempt} counts.")
    if job.is_finished:
        raise Conflict("job_finished", f"This job has ended: it is {job.state}.")


def _require_open(output: RunOutput) -> None:
    if output.state != State.OPEN:
        raise _over(output)


def _over(output: RunOutput) -> StudioError:
    return Conflict("output_over", f"The output {output.name} is complete or dropped: no file of it is taken any more.")


class _Hashed:
    """The bytes on their way. Raises at their end when they are not the announced ones, and when there are too many."""

    def __init__(self, stream: Readable, wanted: str) -> None:
        self._stream = stream
        self._wanted = wanted
        self._hashed = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        return self._hashed.hexdigest()

    def read(self, size: int = -1, /) -> bytes:
        piece = self._stream.read(size)
        self._hashed.update(piece)
        self.size += len(piece)
        if self.size > settings.DATA_LIMIT_BYTES:
            raise TooLarge("file_too_large", "The file is larger than the studio takes.")
        if not piece and self._wanted not in ("", self.sha256):
            raise blobs.differs()
        return piece
