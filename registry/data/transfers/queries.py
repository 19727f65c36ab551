"""What lies in a datastore, and how its files are read."""

from collections.abc import Iterator
from dataclasses import dataclass

from registry.data.datastores import opening, problems
from registry.data.datastores.kinds.base import Entry, Page
from registry.data.datastores.models import Datastore
from registry.data.transfers.models import Upload
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import NotFound
from studio.storage import parts
from studio.storage.names import safe_relpath


@dataclass(frozen=True, slots=True)
class Progress:
    """An upload and which of its parts are here."""

    upload: Upload
    parts: tuple[parts.Part, ...]

    @property
    def count(self) -> int:
        """How many parts the file has: an empty one has none."""
        return -(-self.upload.size // self.upload.part_bytes)


def entries(datastore: Datastore, folder: str = "", *, cursor: str = "", limit: int = 100) -> Page:
    """What lies right in a folder. Raises NotFound, Invalid for a path that can't be one, Invalid for a database."""
    folder = safe_relpath(folder.rstrip("/")) if folder.rstrip("/") else ""
    return opening.file_store(datastore).page(folder, cursor=cursor, limit=limit)


def file_at(datastore: Datastore, path: str) -> Entry:
    """The file of exactly this path. Raises NotFound, Conflict for a folder."""
    found = opening.file_store(datastore).stat(safe_relpath(path))
    if found is None:
        raise problems.file_missing(path[:200])
    if found.is_dir:
        raise problems.not_a_file(found.path)
    return found


def read(datastore: Datastore, path: str, start: int, end: int) -> Iterator[bytes]:
    """The bytes from `start` up to but without `end`, in pieces."""
    return opening.file_store(datastore).read(path, start, end)


def open_uploads(datastore: Datastore, person: User) -> list[Upload]:
    """Uploads of this person that can go on, newest first."""
    rows = Upload.objects.filter(datastore=datastore, created_by=person).exclude(state=Upload.State.DONE)
    return list(rows[:100])


def own_upload(workspace: Workspace, upload_id: str, person: User) -> Upload:
    """This person's upload. Raises NotFound for anybody else's."""
    rows = Upload.objects.filter(datastore__workspace=workspace, created_by=person).select_related("datastore")
    found = rows.filter(pk=upload_id).first()
    if found is None:
        raise NotFound("not_found", "There is no such upload: it is over, or it was never begun.")
    found.datastore.workspace = workspace
    return found


def progress(upload: Upload) -> Progress:
    """Which parts are here; none once the file stands in its place."""
    return Progress(upload, tuple(parts.received(upload=upload.pk).values()))
