"""The scoring runtime as one zip, kept in a workspace like any other file: equal files make equal bytes."""

from functools import cache
from io import BytesIO

from registry.images import contents, zips
from studio.access.models import Workspace
from studio.storage import blobs
from studio.storage.models import Blob

LIMIT = 50_000_000


def runtime(workspace: Workspace) -> Blob:
    """The runtime's zip in this workspace, stored when it is new there."""
    return blobs.store(workspace=workspace, stream=BytesIO(_runtime()), limit=LIMIT)


@cache
def _runtime() -> bytes:
    return zips.zipped(contents.runtime_files())
