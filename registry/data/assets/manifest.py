"""The files of a version, written down once: path, size, SHA-256, and the store's own mark of the bytes (etag)."""

import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache

import orjson

from studio.access.models import Workspace
from studio.errors import Invalid
from studio.storage import blobs, stores
from studio.storage.models import Blob

MAX_FILES = 200_000
MAX_BYTES = 256 * 1024 * 1024  # of the manifest itself


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of a version. `path` is below the version's folder, or a full `azureml://datastores/…` when a table names a
    file that lies elsewhere."""

    path: str
    size: int
    sha256: str
    etag: str = ""

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]


def write(workspace: Workspace, files: Iterable[DataFile]) -> Blob:
    """The files as a blob of JSON lines, by path."""
    lines = b"".join(orjson.dumps(asdict(file)) + b"\n" for file in sorted(files, key=lambda file: file.path))
    return blobs.store(workspace=workspace, stream=io.BytesIO(lines), limit=MAX_BYTES)


def read(blob: Blob | None) -> list[DataFile]:
    """The files, by path; none without a manifest."""
    return [] if blob is None else list(_parsed(blob.key).values())


def find(blob: Blob | None, path: str) -> DataFile | None:
    """The file of exactly this path."""
    return None if blob is None else _parsed(blob.key).get(path)


@lru_cache(maxsize=4)
def _parsed(key: str) -> dict[str, DataFile]:
    """A manifest by path. An object's key is never used twice, and whoever fetches many files asks for each by name."""
    with stores.open_object(key) as stream:
        files = (DataFile(**orjson.loads(line)) for line in stream)
        return {file.path: file for file in files}


def content_hash(files: Sequence[DataFile]) -> str:
    """SHA-256 over the sorted (path, size, SHA-256) of the files: the same content has the same hash, wherever it lies."""
    hashed = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.path):
        hashed.update(f"{file.path}\0{file.size}\0{file.sha256}\n".encode())
    return hashed.hexdigest()


def require_moderate(count: int) -> None:
    if count > MAX_FILES:
        raise Invalid(
            "too_many_data_files",
            f"A version holds at most {MAX_FILES:,} files, and more than that are here.",
            hint="Register a folder further down, or pack the files into fewer.",
        )
