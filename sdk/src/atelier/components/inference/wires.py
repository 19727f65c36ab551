"""The bindings of a pipeline's document that deriving reads and writes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_BOUND = re.compile(r"\s*\$\{\{\s*parent\.(jobs|inputs)\.([^{}.\s]+)(?:\.outputs\.([^{}.\s]+))?\s*\}\}\s*")


@dataclass(frozen=True)
class Wire:
    """An output of a node, or an input of the pipeline (`port` is empty)."""

    name: str
    port: str = ""

    @property
    def is_input(self) -> bool:
        return not self.port

    def __str__(self) -> str:
        if self.is_input:
            return f"${{{{parent.inputs.{self.name}}}}}"
        return f"${{{{parent.jobs.{self.name}.outputs.{self.port}}}}}"


def read(value: Any) -> Wire | None:
    """What a value of a node is bound to; None where it is no binding. `{path: ${{…}}}` counts as its path."""
    if isinstance(value, dict):
        value = value.get("path")
    found = _BOUND.fullmatch(value) if isinstance(value, str) else None
    if found is None or (found[1] == "jobs") != bool(found[3]):
        return None
    return Wire(found[2], found[3] or "")
