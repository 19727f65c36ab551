"""The folder of one attempt of a job on this machine: what its backend notes there, and what its runner left."""

import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings

from compute.backends.base import LeftLog


def folder_of(job_id: int, attempt: int) -> Path:
    """Where one attempt of a job lives on this machine; the same for every submit of it."""
    return Path(settings.DATA_DIR) / "jobs" / str(job_id) / str(attempt)


def left_log(folder: Path) -> LeftLog | None:
    """The log that a runner kept in its folder."""
    begins = read_json(folder / "log.json").get("offset")
    path = folder / "log.txt"
    return LeftLog(path, begins) if isinstance(begins, int) and path.is_file() else None


def read_json(path: Path) -> dict[str, Any]:
    """The object in a file; empty when there is none."""
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write_private(path: Path, value: dict[str, Any]) -> None:
    """Put the object into a file that only we can read, all of it or nothing."""
    fresh = path.with_name(path.name + ".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as stream:
        json.dump(value, stream)
    fresh.replace(path)
