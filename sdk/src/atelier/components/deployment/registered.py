"""Which version of a model a folder was registered as: what Register Model notes, and Deploy Model reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FILE = "registered.json"  # beside the model's own files; the version itself does not hold it


def note(folder: Path, model: str, version: Any) -> None:
    """Keep it in the model's folder."""
    said = {"model": model, "version": str(version)}
    (folder / FILE).write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")


def read(folder: Path) -> str:
    """The version as a deployment names it, such as cars:3; nothing where the folder was never registered."""
    try:
        said = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    known = isinstance(said, dict) and said.get("model") and said.get("version")
    return f"{said['model']}:{said['version']}" if known else ""
