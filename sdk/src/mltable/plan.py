"""MLTable files as plans: which files, how they are read, and what is done with the rows. Azure's YAML, checked line by line.

The studio and the module in jobs read the same plans by this code; who runs a plan over files decides how.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mltable import transformations
from mltable.marked import Marked, load
from mltable.problems import PlanError, shown
from mltable.transformations import DELTA, Reader, Step

__all__ = ["FILE_NAME", "Place", "Plan", "PlanError", "Reader", "Step", "parse", "write"]

FILE_NAME = "MLTable"
PLACES = ("file", "folder", "pattern")
KNOWN = (
    "$schema", "type", "paths", "transformations", "metadata", "traits", "name", "version", "description", "tags",
    "properties",
)  # fmt: skip
MAX_PLACES = 10_000


@dataclass(frozen=True)
class Place:
    """One entry of `paths`: a file, a folder (everything below it) or a pattern with `*` and `**`."""

    kind: str
    value: str
    line: int = 0

    @property
    def is_relative(self) -> bool:
        """Whether it lies beside or below the MLTable file."""
        return "://" not in self.value and not self.value.startswith("/")


@dataclass(frozen=True)
class Plan:
    """A table: its places, its reader (None for a plain list of files) and its steps, in order."""

    places: tuple[Place, ...]
    reader: Reader | None = None
    steps: tuple[Step, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)


def parse(text: str) -> Plan:
    """The plan of an MLTable file. Raises PlanError, which names the line."""
    document = load(text)
    if not isinstance(document.value, dict):
        raise document.wrong("An MLTable is a mapping with the key paths.")
    values: dict[str, Marked] = document.value
    _require_known(values)
    found = values.get("type")
    if found is not None and str(found.value).lower() != "mltable":
        raise found.wrong(f"The type of an MLTable is mltable, not {shown(found.value)}.")
    places = _places(values.get("paths") or document)
    reader, steps = transformations.parse(values.get("transformations"))
    metadata = values.get("metadata") or values.get("traits")
    if reader is not None and reader.kind == DELTA and any(place.kind != "folder" for place in places):
        raise document.wrong("read_delta_lake reads folders: give paths of the kind folder.")
    return Plan(places, reader, steps, _mapping(metadata))


def write(plan: Plan) -> str:
    """The plan as an MLTable file; reading it again gives an equal plan."""
    import yaml

    done = [] if plan.reader is None else [{f"read_{plan.reader.kind}": dict(plan.reader.given) or None}]
    done += [{step.name: step.given} for step in plan.steps]
    document: dict[str, Any] = {"type": "mltable", "paths": [{place.kind: place.value} for place in plan.places]}
    if done:
        document["transformations"] = [_short(item) for item in done]
    if plan.metadata:
        document["metadata"] = dict(plan.metadata)
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def _short(item: dict[str, Any]) -> Any:
    """`read_parquet` alone, where it has no options."""
    name, value = next(iter(item.items()))
    return name if value is None else item


def _require_known(values: Mapping[str, Marked]) -> None:
    for name, value in values.items():
        if name not in KNOWN:
            raise value.wrong(f"An MLTable has no key {shown(name)}; it has paths, transformations and metadata.")


def _places(given: Marked) -> tuple[Place, ...]:
    if not isinstance(given.value, list) or not given.value:
        raise given.wrong("Give paths: a list of file, folder or pattern.")
    if len(given.value) > MAX_PLACES:
        raise given.wrong(f"An MLTable names at most {MAX_PLACES:,} paths; use a folder or a pattern.")
    return tuple(_place(item) for item in given.value)


def _place(item: Marked) -> Place:
    if not isinstance(item.value, dict) or len(item.value) != 1:
        raise item.wrong("An entry of paths is one of file, folder or pattern, such as - file: ./cars.csv.")
    kind, value = next(iter(item.value.items()))
    if kind not in PLACES:
        raise value.wrong(f"An entry of paths is one of file, folder or pattern, not {shown(kind)}.")
    if not isinstance(value.value, str) or not value.value.strip():
        raise value.wrong(f"The {kind} is no path.")
    problem = _path_problem(value.value)
    if problem:
        raise value.wrong(f"The path {shown(value.value)} can't be used: {problem}.")
    return Place(kind, value.value.strip(), value.line)


def _path_problem(path: str) -> str:
    """Why a path is refused. One beside the MLTable file stays below its folder."""
    if any(ord(letter) < 32 for letter in path) or "\\" in path:
        return "a backslash or control character is in it"
    if path.lower().startswith("file:"):
        return "it names a file of one machine"
    if "://" in path or path.startswith("azureml:"):
        return ""
    if path.startswith("/") or path[1:2] == ":":
        return "it is absolute; give one that begins at the folder of this file"
    if ".." in path.split("/"):
        return "it leads out of the folder"
    return ""


def _mapping(given: Marked | None) -> dict[str, Any]:
    if given is None or given.value is None:
        return {}
    if not isinstance(given.value, dict):
        raise given.wrong("metadata is a mapping.")
    return dict(given.plain())
