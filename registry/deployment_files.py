"""What the files of real-time and batch deployments share: how they are read, and which local files they need."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from registry.environments import definitions
from studio import plain_yaml

MAX_TEXT = 1_000_000
ENDPOINT, DEPLOYMENT = "endpoint", "deployment"


class Unreadable(Exception):
    """The text is no file of fields; `where` is a line of it or empty."""

    def __init__(self, problem: str, where: str = "") -> None:
        super().__init__(problem)
        self.where = where


@dataclass(frozen=True, slots=True)
class Need:
    """A local path that must be sent: a folder or file as a zip (`folder`, `any`), or a text (`file`)."""

    role: str  # code, model, text
    path: str
    kind: str


@dataclass(frozen=True, slots=True)
class File:
    """What a file says, with only the fields that mean something here."""

    kind: str  # ENDPOINT or DEPLOYMENT
    document: dict[str, Any]
    needs: tuple[Need, ...] = ()
    notes: tuple[str, ...] = ()


def read(text: str) -> dict[str, Any]:
    """The fields of a YAML text. Raises Unreadable."""
    if len(text) > MAX_TEXT:
        raise Unreadable("it is larger than 1 MB")
    try:
        document = plain_yaml.load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = str(error.problem or error.context or "it is not YAML")
        raise Unreadable(problem, f"line {mark.line + 1}" if mark else "") from None
    except yaml.YAMLError as error:
        raise Unreadable(str(error).splitlines()[0] if str(error) else "it is not YAML") from None
    if not isinstance(document, dict) or not all(isinstance(key, str) for key in document):
        raise Unreadable("it holds no fields such as 'name: my-endpoint'")
    return document


def is_deployment(document: Mapping[str, Any], *marks: str) -> bool:
    """Whether its schema, or one of the fields only deployments have, says so."""
    schema = str(document.get("$schema", "")).lower()
    return "deployment" in schema or any(
        mark in document for mark in ("endpoint_name", "model", "code_configuration", *marks)
    )


def needs_of(document: Mapping[str, Any]) -> tuple[Need, ...]:
    """The local paths of a deployment, relative to its file."""
    found = []
    code = code_of(document)
    if code:
        found.append(Need("code", code, "folder"))
    model = document.get("model")
    path = model.get("path") if isinstance(model, Mapping) else model
    if isinstance(path, str) and _is_local(path, is_mapping=isinstance(model, Mapping)):
        found.append(Need("model", path.removeprefix("file:"), "any"))
    found += [Need("text", each, "file") for each in definitions.needs(document.get("environment"))]
    return tuple(found)


def code_of(document: Mapping[str, Any]) -> str:
    """The folder of code that the file names."""
    table = document.get("code_configuration")
    code = table.get("code") if isinstance(table, Mapping) else None
    return code.removeprefix("file:") if isinstance(code, str) else ""


def _is_local(path: str, *, is_mapping: bool) -> bool:
    if path.startswith(("azureml:", "models:/", "runs:/")):
        return False
    return is_mapping or path.startswith((".", "/", "file:"))
