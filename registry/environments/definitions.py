"""What an interpreter must hold, in one normal form whatever it was written as.

nothing, "current"                          the interpreter of the compute target
"requirements.txt", {requirements: …}       these packages
{conda_file: path or mapping, image: …}     the conda file's Python and packages, upon the image where there is Docker
{image: "python:3.11-slim"}                 that Python
{build: {path, dockerfile_path}}            an image of a Dockerfile and its folder: needs Docker
"AzureML-sklearn-1.5@latest" and its like   what the curated name stands for

Names of registered environments are not read here but in `registry.environments.finding`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from registry.environments import conda, curated, images, references, requirements, serving
from registry.environments.curated import own_python
from registry.environments.models import Environment
from studio.errors import Invalid

Kind = Environment.Kind
LONGEST_PATH = 500


@dataclass(frozen=True, slots=True)
class Definition:
    """Equal definitions have the same digest: they are built once."""

    kind: str
    python: str = ""  # "3.11"; empty for the current interpreter
    packages: tuple[str, ...] = ()  # requirements as pip reads them
    note: str = ""  # what was decided for the job, said plainly; not part of the digest
    image: str = ""  # the base image that was named, where it is more than a wish for a Python
    context: str = ""  # SHA-256 of the zip with the Dockerfile
    dockerfile: str = ""  # its path in the context
    inference: Mapping[str, Any] = field(default_factory=dict)  # {"scoring_route": {"port": 5001, "path": "/score"}, …}
    variables: Mapping[str, str] = field(default_factory=dict)  # of every process in it

    @property
    def digest(self) -> str:
        further = {
            "image": self.image,
            "context": self.context,
            "dockerfile": self.dockerfile,
            "inference_config": dict(self.inference),
            "environment_variables": dict(self.variables),
        }
        return _hash({**self._interpreter, **{name: value for name, value in further.items() if value}})

    @property
    def venv_digest(self) -> str:
        """What tells two virtual environments apart: image, routes and variables don't."""
        return _hash(self._interpreter)

    @property
    def _interpreter(self) -> dict[str, Any]:
        return {"kind": self.kind, "python": self.python, "packages": sorted(self.packages)}

    @property
    def needs_docker(self) -> bool:
        return self.kind == Kind.DOCKERFILE

    def to_json(self) -> dict[str, Any]:
        found = {"kind": self.kind, "python": self.python, "packages": list(self.packages), "note": self.note}
        further = {
            "image": self.image,
            "context": self.context,
            "dockerfile": self.dockerfile,
            "inference_config": dict(self.inference),
            "environment_variables": dict(self.variables),
        }
        return found | {name: value for name, value in further.items() if value}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        return cls(
            kind=value["kind"],
            python=value.get("python", ""),
            packages=tuple(value.get("packages", ())),
            note=value.get("note", ""),
            image=value.get("image", ""),
            context=value.get("context", ""),
            dockerfile=value.get("dockerfile", ""),
            inference=value.get("inference_config") or {},
            variables=value.get("environment_variables") or {},
        )


def needs(value: Any) -> list[str]:
    """The paths of the files that `parse` will ask for."""
    if isinstance(value, str):
        return [_path(value)] if _is_file(value) else []
    if isinstance(value, Mapping):
        found = [value.get("conda_file"), value.get("requirements")]
        return [_path(path) for path in found if isinstance(path, str) and path]
    return []


def needed_folder(value: Any) -> str:
    """The folder of the Dockerfile that `parse` will ask for; empty where there is none."""
    build = value.get("build") if isinstance(value, Mapping) else None
    return _path(str(build.get("path") or ".")) if isinstance(build, Mapping) else ""


def parse(value: Any, files: Mapping[str, str], *, context: str = "", on_docker: bool = False) -> Definition:
    """The definition written in a job file's `environment`, or as an environment file.

    `files` holds the text of each path that `needs` names, `context` the SHA-256 of the folder that `needed_folder`
    names. `on_docker` only decides what the note says. Raises Invalid saying what can't be used and what can.
    """
    if value in (None, "", {}, "current", "local"):
        return Definition(Kind.CURRENT)
    if isinstance(value, str):
        return _parse_text(value.strip(), files, on_docker)
    if isinstance(value, Mapping):
        found = _dockerfile(value, context) if value.get("build") else _parse_mapping(value, files, on_docker)
        return replace(
            found,
            inference=serving.routes(value.get("inference_config")),
            variables=serving.variables(value.get("environment_variables")),
        )
    raise unknown(value)


def _parse_text(value: str, files: Mapping[str, str], on_docker: bool) -> Definition:
    if _is_file(value):
        path = _path(value)
        text = _file(files, path)
        is_conda = path.endswith((".yml", ".yaml"))
        return _from_conda(conda.parse(text, path)) if is_conda else _from_requirements(text, path)
    reference = references.read(value)
    found = of_curated(reference, value, on_docker=on_docker) if reference else None
    if found is None:
        raise unknown(value)
    return found


def of_curated(reference: references.Reference, value: str, *, on_docker: bool = False) -> Definition | None:
    """What a curated name stands for, or None when it is none; `value` is how it was written."""
    known = curated.find(reference.name, is_azures=reference.registry == "azureml")
    if known is None:
        return None
    place = "image" if on_docker else "virtual environment"
    note = f"Instead of {value} a {place} of Python {known.python} is used, with the packages it stands for"
    note += f": {'; '.join(known.changes)}." if known.changes else "."
    return Definition(Kind.REQUIREMENTS, known.python, known.packages, note)


def _dockerfile(value: Mapping[str, Any], context: str) -> Definition:
    build = value["build"]
    if not isinstance(build, Mapping):
        raise _wrong("build names a folder: {path: ./context, dockerfile_path: Dockerfile}.")
    if value.get("image") or value.get("conda_file"):
        raise _wrong("An environment has an image, with a conda file or without, or a build, not both.")
    path = str(build.get("dockerfile_path") or "Dockerfile")
    if len(path) > LONGEST_PATH:
        raise _wrong("The path of the Dockerfile is too long.")
    if not context:
        raise Invalid(
            "environment_build",
            "An environment built from a Dockerfile needs its folder, which was not sent, and a Docker target.",
            hint="Register it with `atelier environment create -f env.yml` and name it, or send its zip to `folders/<sha256>`.",
            fields={"environment": "The folder of the Dockerfile is missing."},
        )
    return Definition(Kind.DOCKERFILE, context=context, dockerfile=path)


def _parse_mapping(value: Mapping[str, Any], files: Mapping[str, str], on_docker: bool) -> Definition:
    image = str(value.get("image") or "").strip()
    python = str(value.get("python") or images.python_of(image))
    if value.get("conda_file"):
        found = _conda(value["conda_file"], files)
        definition = replace(_from_conda(found), python=found.python or python or own_python())
    elif value.get("requirements"):
        definition = _from_requirements_value(value["requirements"], files)
        definition = replace(definition, python=python or definition.python)
    elif image or python:
        definition = Definition(Kind.PYTHON, python or own_python())
    else:
        raise unknown(value.get("name") or dict(value))
    note = images.note(image, definition.python, on_docker=on_docker) if image else ""
    kept = image if images.is_kept(image) else ""
    return replace(definition, image=kept, note=_join(note, definition.note))


def _conda(value: Any, files: Mapping[str, str]) -> conda.CondaFile:
    if isinstance(value, Mapping):
        return conda.read(value, "conda_file")
    path = _path(str(value))
    return conda.parse(_file(files, path), path)


def _from_conda(found: conda.CondaFile) -> Definition:
    return Definition(Kind.CONDA, found.python or own_python(), found.packages, found.note)


def _from_requirements_value(value: Any, files: Mapping[str, str]) -> Definition:
    if isinstance(value, list):
        return _from_requirements("\n".join(str(line) for line in value), "requirements")
    path = _path(str(value))
    return _from_requirements(_file(files, path), path)


def _from_requirements(text: str, path: str) -> Definition:
    return Definition(Kind.REQUIREMENTS, own_python(), requirements.parse(text, path))


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


def _join(*notes: str) -> str:
    return " ".join(note for note in notes if note)


def _hash(normal: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(normal, sort_keys=True).encode()).hexdigest()


def _wrong(sentence: str) -> Invalid:
    return Invalid("invalid_environment", sentence, fields={"environment": sentence})


def unknown(value: Any) -> Invalid:
    """What is said of a name or a thing that is no environment."""
    shown = str(value)[:100]
    return Invalid(
        "unknown_environment",
        f"There is no environment {shown!r}.",
        hint="Leave environment out for the current interpreter, or give a requirements.txt, a conda_file or an image.",
        fields={"environment": f"{shown!r} is not known."},
    )
