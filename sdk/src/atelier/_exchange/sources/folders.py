"""Files below a folder, without following a link out of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO

from atelier._exchange.records import SourceFile


def files_below(root: Path, prefix: str = "") -> Iterator[SourceFile]:
    """Every plain file below `root`, by its path with forward slashes. Links are left out: they may lead anywhere."""
    for path in sorted(root.rglob("*")):
        if path.is_symlink() or not path.is_file() or any(part.is_symlink() for part in _between(root, path)):
            continue
        name = prefix + path.relative_to(root).as_posix()
        yield SourceFile(name, path.stat().st_size, partial(_open, path))


def _open(path: Path) -> IO[bytes]:
    return path.open("rb")


def _between(root: Path, path: Path) -> Iterator[Path]:
    for above in path.parents:
        if above == root:
            return
        yield above
