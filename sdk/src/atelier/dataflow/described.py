"""The source of a run as its data asset says it is read, so that a run sees what the preview saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from atelier._data import frames
from atelier._errors import AtelierError
from atelier.dataflow.errors import RecipeError

FORMATS = frozenset(frames.ENDINGS.values())


def scan(files: Sequence[Path], described: Mapping[str, Any]) -> Any:
    """The files as one lazy table: `{"format", "reading": {…}, "columns": [{"name", "type", "included", "format"}]}`.

    Raises RecipeError for what can't be read as it is described. A value that does not fit its column's type is missing.
    """
    kind, reading = described.get("format") or "", described.get("reading") or {}
    beyond = [key for key in ("where", "sample", "skip", "take") if reading.get(key)]
    if beyond:
        raise RecipeError(f"The source is narrowed by its MLTable ({', '.join(beyond)}), which a run does not follow.")
    if kind not in FORMATS:
        raise RecipeError(f"“{kind}” is no format of a table.")
    try:
        return frames.scan(files, {**reading, "format": kind}, list(described.get("columns") or []))
    except AtelierError as error:
        raise RecipeError(str(error)) from None
