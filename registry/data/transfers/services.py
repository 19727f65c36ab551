"""Uploads from their beginning to the file in its place, and what is removed again."""

import secrets

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from registry.data.datastores import opening, problems
from registry.data.datastores.models import Datastore
from registry.data.transfers import holds, publishing, queries, tasks
from registry.data.transfers.models import Upload
from studio.accounts.models import User
from studio.errors import Conflict, Invalid, StudioError, TooLarge
from studio.live import topics
from studio.live.publish import publish
from studio.storage import blobs, parts, stores
from studio.storage.names import safe_relpath

PART_BYTES = 8 * 1024 * 1024
SMALL = 32 * 1024 * 1024  # bytes that are published while the caller waits


def begin(
    *, actor: User, datastore: Datastore, path: str, size: int, sha256: str = "", overwrite: bool = False
) -> queries.Progress:
    """An upload of `size` bytes to `path`, to be sent in parts of `part_bytes`.

    The same person's open upload of the same file is taken up again, with the parts that are here. Raises Conflict when a
    file is there and may not be replaced, TooLarge, NoSpace, Denied for a datastore that is not written to.
    """
    path = safe_relpath(path)
    _refuse(datastore, path, size, overwrite=overwrite)
    same = Upload.objects.filter(
        datastore=datastore, path=path, size=size, sha256=sha256.lower(), is_overwriting=overwrite, created_by=actor
    )
    found = same.filter(state=Upload.State.OPEN).first()
    if found is None:
        found = Upload.objects.create(
            id=secrets.token_hex(16),
            datastore=datastore,
            path=path,
            size=size,
            sha256=sha256.lower(),
            part_bytes=_part_bytes(size),
            is_overwriting=overwrite,
            created_by=actor,
        )
    return queries.progress(found)


def put_part(*, actor: User, upload: Upload, number: int, stream: blobs.Readable, sha256: str = "") -> parts.Part:
    """Keep one part, counted from 1; it may come again. Raises Invalid for a number or a length that is not the part's."""
    _require_open(upload)
    wanted = _length(upload, number)
    digest, size = parts.put_part(
        upload=upload.pk, number=number, stream=stream, limit=wanted, whole=upload.size, sha256=sha256
    )
    if size != wanted:
        raise Invalid(
            "part_incomplete",
            f"Part {number} has {wanted:,} bytes; {size:,} arrived.",
            hint="Send the part again.",
        )
    Upload.objects.filter(pk=upload.pk, state=Upload.State.OPEN).update(touched_at=timezone.now())
    return parts.Part(number, digest, size)


def complete(*, actor: User, upload: Upload, sha256: str = "") -> Upload:
    """Put the file in its place: at once when it is small, else by a task (`state` says how far it is).

    Doing it twice finds the first. Raises Invalid for missing parts and for bytes that are not the ones announced.
    """
    if upload.state == Upload.State.OPEN:
        _require_parts(upload)
        _hand_over(upload, sha256.lower() or upload.sha256)
    upload.refresh_from_db()
    return upload


def cancel(*, actor: User, upload: Upload) -> None:
    """Forget an upload and its parts. One that is being published goes on."""
    gone, _ = Upload.objects.filter(pk=upload.pk).exclude(state=Upload.State.PUBLISHING).delete()
    if not gone:
        raise Conflict("upload_publishing", "The file is being put in its place and can't be called back.")
    parts.discard(upload=upload.pk)


def delete_file(*, actor: User, datastore: Datastore, path: str) -> None:
    """Remove one file. Raises NotFound, and Conflict while a version of some data stands on it."""
    path = safe_relpath(path)
    _require_writable(datastore)
    found = queries.file_at(datastore, path)
    _require_unheld(datastore, found.path)
    opening.file_store(datastore).delete(found.path)
    _tell(datastore)


def _hand_over(upload: Upload, sha256: str) -> None:
    """`open → publishing`, by whoever is first; then the work, here or in a worker."""
    is_small = upload.size <= SMALL
    with transaction.atomic():
        is_ours = publishing.begin(upload, sha256=sha256)
        if is_ours and not is_small:
            tasks.publish.delay_on_commit(upload.pk)
    if is_ours and is_small:
        try:
            publishing.publish(upload.pk)
        except StudioError as error:
            publishing.reopen(upload.pk, error)
            raise
    _tell(upload.datastore)


def _refuse(datastore: Datastore, path: str, size: int, *, overwrite: bool) -> None:
    _require_writable(datastore)
    if size > settings.DATA_LIMIT_BYTES:
        raise TooLarge(
            "file_too_large",
            f"The file is larger than the {settings.DATA_LIMIT_BYTES / 1e9:,.0f} GB the studio takes.",
            hint="Put it into the datastore by its own tools and register its path.",
        )
    stores.check_space(size)
    there = opening.file_store(datastore).stat(path)
    if there is None:
        return
    if there.is_dir:
        raise problems.not_a_file(path)
    if not overwrite:
        raise problems.file_exists(path)
    _require_unheld(datastore, path)


def _require_writable(datastore: Datastore) -> None:
    if datastore.is_read_only:
        raise problems.read_only(datastore.name)


def _require_unheld(datastore: Datastore, path: str) -> None:
    """Raise Conflict while something stands on the file, such as a version of some data."""
    sentences = holds.of(datastore, path)
    if sentences:
        raise Conflict(
            "file_in_use", " ".join(sentences[:3]), hint="Use another name, or delete what stands on it first."
        )


def _require_open(upload: Upload) -> None:
    if upload.state != Upload.State.OPEN:
        raise Conflict("upload_over", "The upload is complete: no part of it is taken any more.")


def _require_parts(upload: Upload) -> None:
    found = queries.progress(upload)
    here = {part.number for part in found.parts}
    missing = [number for number in range(1, found.count + 1) if number not in here]
    if missing:
        raise Invalid(
            "upload_incomplete",
            f"{len(missing):,} of {found.count:,} parts are missing, the first is part {missing[0]}.",
            hint="Send the missing parts, then complete the upload again.",
        )


def _length(upload: Upload, number: int) -> int:
    """The bytes of part `number`. Raises Invalid when the file has no such part."""
    start = (number - 1) * upload.part_bytes
    if number < 1 or start >= upload.size:
        raise Invalid("no_such_part", f"The file has no part {number}.")
    return min(upload.part_bytes, upload.size - start)


def _part_bytes(size: int) -> int:
    """Parts of 8 MB, larger ones where there would be too many."""
    least = -(-size // parts.MAX_PARTS)
    return max(PART_BYTES, -(-least // PART_BYTES) * PART_BYTES)


def _tell(datastore: Datastore) -> None:
    publish(topics.workspace(datastore.workspace.slug), "data")
