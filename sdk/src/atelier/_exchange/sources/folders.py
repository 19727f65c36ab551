"""Files below a folder, without following a link out of it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit

from atelier._exchange.records import SourceFile


def files_below(root: Path, prefix: str = "") -> Iterator[SourceFile]:
    """Every plain file below `root`, by its path with forward slashes. Links are left out: they may lead anywhere."""
    for path in sorted(root.rglob("*")):
        if path.is_symlink() or not path.is_file() or any(part.is_symlink() for part in _between(root, path)):
            continue
        name = prefix + path.relative_to(root).as_posix()
        yield SourceFile(name, path.stat().st_size, partial(_open, path))


def texts_below(root: Path) -> Iterator[tuple[str, str]]:
    """Every file below `root` as its path and its text; nothing where there is no such folder."""
    for file in files_below(root) if root.is_dir() else ():
        with file.open() as stream:
            yield file.path, stream.read().decode("utf-8", "replace")


def artifacts_of(folder: Path, address: str) -> Iterator[SourceFile]:
    """The files that belong to a folder of MLflow: beside it, or where its address points on this machine."""
    for place in (folder / "artifacts", named(address)):
        if place is not None and place.is_dir():
            yield from files_below(place)
            return


def named(address: str) -> Path | None:
    """The place of this machine that an address means; None for one of a store elsewhere."""
    parts = urlsplit(address)
    return Path(unquote(parts.path)) if parts.scheme in ("", "file") and parts.path else None


def _open(path: Path) -> IO[bytes]:
    return path.open("rb")


def _between(root: Path, path: Path) -> Iterator[Path]:
    for above in path.parents:
        if above == root:
            return
        yield above
