"""Zip files that are made while they are sent: no copy on disk, no file whole in memory."""

import zipfile
from collections.abc import Iterable, Iterator

from runs.tracking.models import Artifact
from studio.storage import blobs


class _Outbox:
    """What a ZipFile writes to: it can't seek back, and gives away what it has got."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data


def zip_of(artifacts: Iterable[Artifact]) -> Iterator[bytes]:
    """The files as one archive, stored as they are: most of what runs leave is compressed already."""
    outbox = _Outbox()
    with zipfile.ZipFile(outbox, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        for artifact in artifacts:
            name = zipfile.ZipInfo(artifact.path, artifact.created_at.timetuple()[:6])
            with archive.open(name, "w", force_zip64=True) as member:
                for piece in blobs.read_range(artifact.blob):
                    member.write(piece)
                    yield outbox.taken()
        # The directory of the archive comes when it closes.
    yield outbox.taken()
