"""The scoring runtime as one zip, kept in a workspace like any other file: equal files make equal bytes."""

import zipfile
from functools import cache
from io import BytesIO

from registry.images import contents
from studio.access.models import Workspace
from studio.storage import blobs
from studio.storage.models import Blob

LIMIT = 50_000_000
# The same everywhere, so that the same files are the same bytes.
MOMENT = (2020, 1, 1, 0, 0, 0)


def runtime(workspace: Workspace) -> Blob:
    """The runtime's zip in this workspace, stored when it is new there."""
    return blobs.store(workspace=workspace, stream=BytesIO(_runtime()), limit=LIMIT)


@cache
def _runtime() -> bytes:
    return zipped(contents.runtime_files())


def zipped(files: tuple[tuple[str, bytes], ...]) -> bytes:
    """A zip of these files by path."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files:
            info = zipfile.ZipInfo(path, MOMENT)
            info.external_attr = 0o100644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return target.getvalue()
