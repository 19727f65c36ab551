"""Lists of files as MLflow's clients expect them."""

from typing import Any

from studio.storage.shelves import Entry, Shelf


def listing(shelf: "Shelf[Any]", path: str, *, root: str) -> dict[str, Any]:
    """`{"root_uri", "files"}` of one folder; paths are those below the owner."""
    return {"root_uri": root, "files": [info(entry, entry.path) for entry in shelf.listing(path)]}


def names(shelf: "Shelf[Any]", path: str) -> dict[str, Any]:
    """`{"files"}` of one folder as the proxy gives it: bare names."""
    return {"files": [info(entry, entry.name) for entry in shelf.listing(path)]}


def info(entry: Entry, path: str) -> dict[str, Any]:
    shown: dict[str, Any] = {"path": path, "is_dir": entry.is_dir}
    if not entry.is_dir:
        shown["file_size"] = entry.size
    return shown
