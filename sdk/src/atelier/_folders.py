"""Folders of files sent to the studio as one zip, found again by the SHA-256 of its bytes."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path

from atelier import _client, _errors, _snapshot

CHUNK = 256 * 1024
IN_MEMORY = 16 * 1024 * 1024
NOTES = 5
TEXT_LIMIT = 1024 * 1024


def send(
    client: _client.Client, path: Path, *, say: Callable[[str], None], ignores: bool = True, limit: int | None = None
) -> str:
    """The digest of a folder, or of one file as a folder of its own; what the studio has is not sent again.

    The same files make the same zip. `say` hears what was left out; `ignores` False sends all of it, as for a model.
    """
    tree = _tree(path, say, ignores, limit or _snapshot.LIMIT_BYTES)
    try:
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as target:
            _snapshot.write_zip(tree, target)
            size = target.tell()
            target.seek(0)
            hashed = hashlib.sha256()
            while chunk := target.read(CHUNK):
                hashed.update(chunk)
            digest = hashed.hexdigest()
            if client.exists(f"folders/{digest}"):
                return digest
            target.seek(0)
            pieces = iter(lambda: target.read(CHUNK), b"")
            client.put(f"folders/{digest}", pieces, size=size, content_type="application/zip")
    except OSError as error:
        raise _errors.SnapshotError(f"A file of {tree.root} cannot be read: {error}.") from error
    return digest


def _tree(path: Path, say: Callable[[str], None], ignores: bool, limit: int) -> _snapshot.Tree:
    if path.is_file():
        return _snapshot.Tree(path.parent, (_snapshot.SourceFile(path.name, path.stat().st_size, path),), ())
    tree = _snapshot.scan(path, ignores=ignores, limit=limit)
    for note in tree.notes[:NOTES]:
        say(note)
    if len(tree.notes) > NOTES:
        say(f"{len(tree.notes) - NOTES} more files were left out.")
    return tree


def text_of(path: Path) -> str:
    """A small text file of this machine. Raises UsageError for what is none."""
    try:
        if path.stat().st_size > TEXT_LIMIT:
            raise _errors.UsageError(f"{path} is larger than 1 MB.")
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError as error:
        raise _errors.UsageError(f"There is no file {path}.") from error
    except UnicodeDecodeError as error:
        raise _errors.UsageError(f"{path} is not a text file in UTF-8.") from error
    except OSError as error:
        raise _errors.UsageError(f"{path} cannot be read: {error}.") from error
