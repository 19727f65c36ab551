"""What a component file adds to the folder of its code: `additional_includes`, each under its own name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from atelier import _errors, _names, _snapshot


def gathered(base: Path, folder: str, includes: Sequence[str]) -> _snapshot.Tree:
    """The files of the folder, if there is one, and of what is included. `base`: where the paths start from.

    Raises UsageError for what is not there, is a link, or would take the place of something; SnapshotError for too much.
    """
    root = (base / folder).resolve() if folder else base
    found = _own(root) if folder else _snapshot.Tree(base, (), ())
    files, notes = list(found.files), list(found.notes)
    for given in includes:
        more = _included(base, given, {file.path.split("/")[0] for file in files})
        files += more.files
        notes += more.notes
    whole = _snapshot.Tree(root, tuple(sorted(files, key=lambda item: item.path)), tuple(notes))
    _snapshot.refuse_too_large(whole)
    return whole


def _own(root: Path) -> _snapshot.Tree:
    return _snapshot.of_file(root) if root.is_file() else _snapshot.scan(root)


def _included(base: Path, given: str, taken: set[str]) -> _snapshot.Tree:
    path = base / given
    name = Path(given).name
    if path.is_symlink():
        raise _errors.UsageError(f"additional_includes names {given}, which is a symbolic link: name what it leads to.")
    if name in taken:
        raise _errors.UsageError(f"additional_includes names {given}, and the folder of the code has a {name} already.")
    reason = _names.problem(name)
    if reason:
        raise _errors.UsageError(f"additional_includes names {given}, whose name cannot be sent: {reason}.")
    if path.is_file():
        return _snapshot.of_file(path)
    if not path.is_dir():
        raise _errors.UsageError(f"additional_includes names {given}, which does not exist.")
    found = _snapshot.scan(path)
    files = tuple(_snapshot.SourceFile(f"{name}/{file.path}", file.size, file.source) for file in found.files)
    return _snapshot.Tree(path, files, found.notes)
