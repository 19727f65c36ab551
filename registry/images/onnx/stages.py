"""The stages of a build that converts its model: the model's own environment, then the script in it."""

from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from compute.building.plans import PlanFile, Script, Stage
from registry.environments import stages
from registry.environments.models import Environment
from registry.images import zips
from registry.images.onnx import converter, rules
from studio.access.models import Workspace
from studio.storage import blobs
from studio.storage.models import Blob

LIMIT = 5_000_000
CONVERTER, CONVERSION = "converter", "conversion"
SECONDS, MEMORY_MB = 1200, 4096
_HERE = Path(converter.__file__).parent
# What the script imports, and the packages it lies in: all of these say nothing but what they are.
_TOP = _HERE.parents[3]
_PACKAGES = ("registry/__init__.py", "registry/images/__init__.py", "registry/images/onnx/__init__.py")


def of(workspace: Workspace, content: Environment, files: tuple[PlanFile, ...]) -> tuple[Stage, Stage]:
    """The environment and the conversion of a model whose files are named as they shall lie below `/model`."""
    below = replace(stages.stage_of(rules.converting(content)), name=CONVERTER)
    package, script = sent(workspace)
    conversion = Stage(
        name=CONVERSION,
        base=f"stage:{CONVERTER}",
        files=(*files, PlanFile(path="/converter", sha256=package.sha256, unpack=True)),
        script=Script(sha256=script.sha256, seconds=SECONDS, memory_mb=MEMORY_MB),
    )
    return below, conversion


def sent(workspace: Workspace) -> tuple[Blob, Blob]:
    """The converter's package and script in this workspace, stored when they are new there."""
    package = blobs.store(workspace=workspace, stream=BytesIO(_package()), limit=LIMIT)
    return package, blobs.store(workspace=workspace, stream=BytesIO(_script()), limit=LIMIT)


def facts(said: dict[str, Any]) -> dict[str, Any]:
    """What the conversion has found out, from what all scripts of a build said."""
    found = said.get(CONVERSION)
    return dict(found) if isinstance(found, dict) else {}


def stamp() -> str:
    """Which converter images are made with now."""
    return zips.hash_of(_files())


@cache
def _files() -> tuple[tuple[str, bytes], ...]:
    paths = [*(_TOP / name for name in _PACKAGES), *sorted(_HERE.glob("*.py"))]
    return tuple((path.relative_to(_TOP).as_posix(), path.read_bytes()) for path in paths)


@cache
def _package() -> bytes:
    return zips.zipped(_files())


@cache
def _script() -> bytes:
    return (_HERE / "script.py").read_bytes()
