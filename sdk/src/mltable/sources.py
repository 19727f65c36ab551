"""The files that a plan's places mean, on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mltable import addresses, places
from mltable.plan import FILE_NAME, Place, Plan
from mltable.problems import PlanError


@dataclass(frozen=True)
class Source:
    """A file: where it lies here, its name below the place it was named by, and how its address is shown in rows."""

    path: Path
    name: str
    shown: str


def of_plan(plan: Plan, base: Path) -> list[Source]:
    """Every file, in the order of the places and by name, none twice. Raises PlanError for a place that means none."""
    found: dict[Path, Source] = {}
    for place in plan.places:
        for source in of_place(place, base):
            found.setdefault(source.path, source)
    return list(found.values())


def of_place(place: Place, base: Path) -> list[Source]:
    """The files of one place."""
    found = _local(place, base) if place.is_relative and not addresses.is_address(place.value) else _elsewhere(place)
    if not found:
        raise PlanError(f"There is no file at the {place.kind} {place.value}.", place.line)
    return found


def _local(place: Place, base: Path) -> list[Source]:
    if place.kind == "file":
        path = base / places.plain(place.value)
        return [Source(path, path.name, str(path))] if path.is_file() else []
    return [Source(base / name, name, str(base / name)) for name in places.chosen(place, _names(base, place))]


def _names(base: Path, place: Place) -> list[str]:
    """The files below the part of the place that is no pattern; not the MLTable file itself."""
    fixed = place.value.split("*", 1)[0].rpartition("/")[0] if place.kind == "pattern" else place.value
    root = base / places.plain(fixed)
    found = (path.relative_to(base).as_posix() for path in root.rglob("*") if path.is_file())
    return sorted(name for name in found if name != FILE_NAME)


def _elsewhere(place: Place) -> list[Source]:
    if place.kind == "pattern":
        return _pattern(place)
    path = addresses.bring(place.value)
    if path.is_file():
        return [Source(path, path.name, place.value)]
    names = _names(path, Place("folder", "./"))
    return [Source(path / name, name, f"{place.value.rstrip('/')}/{name}") for name in names]


def _pattern(place: Place) -> list[Source]:
    """The files of a pattern: the folder before its first star is brought here."""
    fixed = place.value.split("*", 1)[0].rpartition("/")[0]
    if addresses.place_of(fixed) is None:
        raise PlanError(
            f"A pattern names files of a datastore or beside the MLTable; {place.value} does not.", place.line
        )
    path = addresses.bring(fixed)
    wanted = Place("pattern", place.value[len(fixed) + 1 :])
    names = places.chosen(wanted, _names(path, Place("folder", "./")))
    return [Source(path / name, name, f"{fixed}/{name}") for name in names]
