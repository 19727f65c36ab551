"""What a run's interpreter must hold, in one normal form whatever it was written as.

nothing, "current"                          the interpreter of the compute target
"requirements.txt", {requirements: …}       a virtual environment with these packages
{conda_file: path or mapping, image: …}     a virtual environment of the conda file's Python and packages
{image: "python:3.11-slim"}                 a virtual environment of that Python: no Docker target is named
"AzureML-sklearn-1.5@latest" and its like   a virtual environment with what the curated name stands for
"""

import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from registry.environments import conda, curated, images, requirements
from registry.environments.models import Environment
from studio.errors import Invalid

Kind = Environment.Kind


@dataclass(frozen=True, slots=True)
class Definition:
    """Equal definitions have the same digest: they are built once a machine."""

    kind: str
    python: str = ""  # "3.11"; empty for the current interpreter
    packages: tuple[str, ...] = ()  # requirements as pip reads them
    note: str = ""  # what was decided for the job, said plainly; not part of the digest

    @property
    def digest(self) -> str:
        normal = {"kind": self.kind, "python": self.python, "packages": sorted(self.packages)}
        return hashlib.sha256(json.dumps(normal, sort_keys=True).encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "python": self.python, "packages": list(self.packages), "note": self.note}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        return cls(value["kind"], value.get("python", ""), tuple(value.get("packages", ())), value.get("note", ""))


def needs(value: Any) -> list[str]:
    """The paths of the files that `parse` will ask for."""
    if isinstance(value, str):
        return [_path(value)] if _is_file(value) else []
    if isinstance(value, Mapping):
        found = [value.get("conda_file"), value.get("requirements")]
        return [_path(path) for path in found if isinstance(path, str) and path]
    return []


def parse(value: Any, files: Mapping[str, str]) -> Definition:
    """The definition written in a job file's `environment`; `files` holds the text of each path `needs` names.

    Raises Invalid saying what can't be used and what can.
    """
    if value in (None, "", {}, "current", "local"):
        return Definition(Kind.CURRENT)
    if isinstance(value, str):
        return _parse_text(value.strip(), files)
    if isinstance(value, Mapping):
        return _parse_mapping(value, files)
    raise _unknown(value)


def _parse_text(value: str, files: Mapping[str, str]) -> Definition:
    if _is_file(value):
        path = _path(value)
        text = _file(files, path)
        is_conda = path.endswith((".yml", ".yaml"))
        return _from_conda(conda.parse(text, path)) if is_conda else _from_requirements(text, path)
    known = curated.find(value)
    if known is None:
        raise _unknown(value)
    note = (
        f"Instead of {value} a virtual environment of Python {known.python} is used, with the packages it stands for."
    )
    return Definition(Kind.REQUIREMENTS, known.python, known.packages, note)


def _parse_mapping(value: Mapping[str, Any], files: Mapping[str, str]) -> Definition:
    if value.get("build"):
        raise Invalid(
            "environment_build",
            "An environment built from a Dockerfile needs a Docker target, which this version has not.",
            hint="Name an image such as python:3.11, a conda_file or a requirements file.",
        )
    image = str(value.get("image") or "")
    python = str(value.get("python") or images.python_of(image))
    if value.get("conda_file"):
        found = _conda(value["conda_file"], files)
        definition = replace(_from_conda(found), python=found.python or python or _own_python())
    elif value.get("requirements"):
        definition = _from_requirements_value(value["requirements"], files)
        definition = replace(definition, python=python or definition.python)
    elif image or python:
        definition = Definition(Kind.PYTHON, python or _own_python())
    else:
        raise _unknown(value.get("name") or dict(value))
    note = images.note(image, definition.python) if image else ""
    return replace(definition, note=_join(note, definition.note))


def _conda(value: Any, files: Mapping[str, str]) -> conda.CondaFile:
    if isinstance(value, Mapping):
        return conda.read(value, "conda_file")
    path = _path(str(value))
    return conda.parse(_file(files, path), path)


def _from_conda(found: conda.CondaFile) -> Definition:
    return Definition(Kind.CONDA, found.python or _own_python(), found.packages, found.note)


def _from_requirements_value(value: Any, files: Mapping[str, str]) -> Definition:
    if isinstance(value, list):
        return _from_requirements("\n".join(str(line) for line in value), "requirements")
    path = _path(str(value))
    return _from_requirements(_file(files, path), path)


def _from_requirements(text: str, path: str) -> Definition:
    return Definition(Kind.REQUIREMENTS, _own_python(), requirements.parse(text, path))


def _file(files: Mapping[str, str], path: str) -> str:
    if path not in files:
        raise Invalid(
            "environment_file_missing",
            f"The environment names the file {path[:200]!r}, which was not sent.",
            hint="Send its text under `files`, as the command line does.",
            fields={"environment": f"The text of {path[:200]} is missing."},
        )
    return files[path]


def _path(value: str) -> str:
    return value.strip().removeprefix("file:")


def _is_file(value: str) -> bool:
    return _path(value).endswith((".txt", ".yml", ".yaml", ".in")) and not value.startswith(("azureml:", "http"))


def _own_python() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _join(*notes: str) -> str:
    return " ".join(note for note in notes if note)


def _unknown(value: Any) -> Invalid:
    shown = str(value)[:100]
    return Invalid(
        "unknown_environment",
        f"There is no environment {shown!r}.",
        hint="Leave environment out for the current interpreter, or give a requirements.txt, a conda_file or an image.",
        fields={"environment": f"{shown!r} is not known."},
    )
