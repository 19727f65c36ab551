"""The environment of a step, as a script names it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from atelier._pipelines import places

FILES = (".yml", ".yaml", ".txt")


def environment(given: Any) -> Any:
    """A registered one as it is; `conda.yml`, `requirements.txt` and the files of a mapping as files of this machine."""
    if isinstance(given, Mapping):
        found = {
            name: _file(value) if name in ("conda_file", "requirements") else value for name, value in given.items()
        }
        if isinstance(found.get("build"), Mapping):
            path = places.local(str(found["build"].get("path") or "."), "folder")
            found["build"] = {**found["build"], "path": path}
        return found
    return _file(given)


def _file(given: Any) -> Any:
    if isinstance(given, os.PathLike):
        return places.local(given, "environment file")
    is_file = isinstance(given, str) and not places.is_reference(given) and given.endswith(FILES)
    return places.local(given, "environment file") if is_file else given
