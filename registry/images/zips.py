"""Zips of the studio's own files, for builds: equal files make equal bytes."""

import hashlib
import zipfile
from io import BytesIO

# The same everywhere, so that the same files are the same bytes.
MOMENT = (2020, 1, 1, 0, 0, 0)
Files = tuple[tuple[str, bytes], ...]


def zipped(files: Files) -> bytes:
    """A zip of these files by path."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files:
            info = zipfile.ZipInfo(path, MOMENT)
            info.external_attr = 0o100644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return target.getvalue()


def hash_of(files: Files) -> str:
    """SHA-256 over paths and bytes."""
    hashed = hashlib.sha256()
    for path, data in files:
        hashed.update(f"{path}\0{len(data)}\0".encode() + data)
    return hashed.hexdigest()
