"""The files of a table below the folder that its MLTable file is saved to."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mltable import places, sources
from mltable.plan import Place, Plan
from mltable.problems import PlanError


def placed(
    document: Mapping[str, Any], plan: Plan, base: Path, folder: Path, colocated: bool, overwrite: bool
) -> dict[str, Any]:
    """The document with paths that begin at `folder`; files that lie elsewhere are copied there."""
    paths: list[dict[str, str]] = []
    for place in plan.places:
        if not place.is_relative and not colocated:
            paths.append({place.kind: place.value})
        elif not colocated and _is_below(base, folder):
            paths.append({place.kind: "./" + (base / places.plain(place.value)).relative_to(folder).as_posix()})
        else:
            paths += _copied(place, base, folder, overwrite)
    return {**document, "paths": paths}


def _is_below(base: Path, folder: Path) -> bool:
    return base == folder or folder in base.parents


def _copied(place: Place, base: Path, folder: Path, overwrite: bool) -> list[dict[str, str]]:
    found = []
    for source in sources.of_place(place, base):
        target = folder / source.name
        if target.resolve() != source.path.resolve():
            if target.exists() and not overwrite:
                raise PlanError(f"There is a file {target} already.")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source.path, target)
        found.append({"file": f"./{source.name}"})
    return found
