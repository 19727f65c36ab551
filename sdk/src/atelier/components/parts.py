"""What lies side by side: the parts of a folder, or what an MLTable lists, as the rounds of a parallel_for leave it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from atelier.components.errors import ComponentError

if TYPE_CHECKING:
    from mltable.plan import Plan

FILE_NAME = "MLTable"
ROUNDS = "rounds"  # in the metadata of an MLTable: what each of its places is of
_ODD = re.compile(r"[^\w.+-]+")
_SAID = re.compile(r"(?P<column>[\w.+-]+)=(?P<value>[\w.+-]*)")


@dataclass(frozen=True)
class Part:
    """One of several: what it is of, such as `season=1`, and where it lies on this machine."""

    name: str
    path: Path


def is_listed(folder: Path) -> bool:
    """Whether an MLTable says what belongs to the folder."""
    return (folder / FILE_NAME).is_file()


def of(folder: Path) -> Iterator[Part]:
    """The parts, in order. Those that lie elsewhere are fetched, each when it is come to. Raises ComponentError."""
    return _listed(folder) if is_listed(folder) else _beside(folder)


def is_plain_list(folder: Path) -> bool:
    """Whether the folder's MLTable lists places and neither says how they are read nor what is done with the rows."""
    plan = _plan(folder)
    return plan.reader is None and not plan.steps


def name_of(column: str, value: object) -> str:
    """What the partition of a column's value is called, as a folder may be: `season=1`."""
    said = "" if value is None else str(value)
    return f"{_plain(column).lstrip('_.') or 'column'}={_plain(said)}"


def said_by(name: str) -> tuple[str, str] | None:
    """The column and the value that a part's name says; None for a name that says none."""
    found = _SAID.fullmatch(name)
    return None if found is None else (found["column"], found["value"])


def _plain(text: str) -> str:
    return _ODD.sub("-", text.strip())


def _beside(folder: Path) -> Iterator[Part]:
    for path in sorted(folder.iterdir()):
        if not path.name.startswith(("_", ".")):
            yield Part(path.name, path)


def _listed(folder: Path) -> Iterator[Part]:
    from mltable import addresses, problems

    plan = _plan(folder)
    names = plan.metadata.get(ROUNDS) or []
    for number, place in enumerate(plan.places):
        if place.kind == "pattern":
            raise ComponentError("The list names its parts by a pattern; files and folders are wanted.")
        name = str(names[number]) if isinstance(names, list) and number < len(names) else str(number)
        try:
            yield Part(name, folder / place.value if place.is_relative else addresses.bring(place.value))
        except problems.PlanError as error:
            raise ComponentError(f"The part {name} could not be fetched: {error}") from error


def _plan(folder: Path) -> Plan:
    from mltable import plan

    try:
        return plan.parse((folder / FILE_NAME).read_text(encoding="utf-8-sig"))
    except plan.PlanError as error:
        raise ComponentError(f"The list of parts could not be read: {error}") from error
