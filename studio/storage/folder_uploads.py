"""Folders that a person hands over in the browser: one file, or a zip as desktop tools make it."""

import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO, Protocol

from django.conf import settings

from studio.access.models import Workspace
from studio.errors import Invalid
from studio.storage import blobs, folders
from studio.storage.models import Blob

FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the same tree gives the same zip
SKIPPED = ("__MACOSX/", ".git/", "__pycache__/")


class Upload(Protocol):
    """What a form's file field gives."""

    name: str | None
    file: IO[bytes]


@contextmanager
def plain_zip(upload: Upload) -> Iterator[IO[bytes]]:
    """The upload as a plain zip; folders' own entries and what desktops add are left out. The same tree gives the same zip.

    Raises Invalid for a name or a member that can't be part of a folder, TooLarge above the limits.
    """
    with tempfile.TemporaryFile() as plain:
        with zipfile.ZipFile(plain, "w", zipfile.ZIP_DEFLATED) as target:
            if str(upload.name).lower().endswith(".zip"):
                _copy_zip(upload.file, target)
            else:
                _add(target, PurePosixPath(str(upload.name)).name, upload.file, settings.SNAPSHOT_LIMIT_BYTES)
        plain.seek(0)
        yield plain


def store(*, workspace: Workspace, upload: Upload) -> Blob:
    """Keep the upload as a folder."""
    with plain_zip(upload) as plain:
        return folders.store(workspace=workspace, stream=plain)


def _copy_zip(source: IO[bytes], target: zipfile.ZipFile) -> None:
    try:
        with zipfile.ZipFile(source) as archive:
            members = [info for info in archive.infolist() if not info.is_dir() and not _is_skipped(info.filename)]
            folders.check_members(members)
            left = settings.SNAPSHOT_LIMIT_BYTES
            for info in sorted(members, key=lambda member: member.filename):
                with archive.open(info) as member:
                    left -= _add(target, info.filename, member, min(left, info.file_size))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, ValueError) as error:
        raise Invalid(
            "invalid_zip", "This is not a zip the studio can read.", hint="Pack the folder as a plain zip."
        ) from error


def _add(target: zipfile.ZipFile, name: str, source: IO[bytes], limit: int) -> int:
    info = zipfile.ZipInfo(blobs.safe_relpath(name), FIXED_TIME)
    info.external_attr = 0o100644 << 16
    info.compress_type = zipfile.ZIP_DEFLATED
    with target.open(info, "w") as member:
        bounded = _Bounded(source, limit)
        shutil.copyfileobj(bounded, member, folders.CHUNK)
    return bounded.taken


class _Bounded:
    """Reads no more than a zip's directory promised."""

    def __init__(self, source: IO[bytes], limit: int) -> None:
        self.source, self.limit, self.taken = source, limit, 0

    def read(self, size: int = -1) -> bytes:
        piece = self.source.read(size)
        self.taken += len(piece)
        if self.taken > self.limit:
            raise folders.too_large()
        return piece


def _is_skipped(name: str) -> bool:
    return any(name.startswith(part) or f"/{part}" in name for part in SKIPPED)
