"""The file in which the runtime says where it listens, or why it can't."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write(path: Path | None, state: Mapping[str, Any]) -> None:
    """Puts the state down as a whole: a reader sees the old one or the new one."""
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.write_text(json.dumps(dict(state)), encoding="utf-8")
    os.replace(new, path)
