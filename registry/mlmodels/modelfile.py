"""A model file, Azure's: which files or which address make the next version of which model."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import yaml

from studio import plain_yaml
from studio.errors import Invalid

MAX_TEXT = 200_000
TYPES = ("custom_model", "mlflow_model", "triton_model")
MEANT = ("name", "version", "path", "type", "description", "tags", "stage")
# Said by Azure's files and of no meaning here: what a model holds is read of its files.
PASSED_OVER = ("$schema", "properties", "flavors", "datastore", "default_deployment_template", "intellectual_property")
ARTIFACTS = "artifacts"
_OF_JOB = re.compile(r"azureml://(?:.*/)?jobs/(?P<run>[^/]+)/outputs/(?P<output>[^/]+)/paths/(?P<path>.+)")
_OF_MODEL = re.compile(r"azureml:(?P<name>[^:@/]+)[:@](?P<ref>[^:@/]+)")
_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:/")


@dataclass(frozen=True, slots=True)
class ModelFile:
    """What a file says. `source` is an address of the studio or elsewhere; without one, the files lie at `path`."""

    name: str
    version: str
    type: str
    path: str = ""
    source: str = ""
    description: str = ""
    tags: Mapping[str, Any] = field(default_factory=dict)
    stage: str = ""


def read(text: str) -> ModelFile:
    """The file's text, read. Raises Invalid saying what can't be meant."""
    found = _document(text)
    for name in found:
        if name not in (*MEANT, *PASSED_OVER):
            guess = get_close_matches(str(name), MEANT, n=1)
            more = f" Did you mean {guess[0]!r}?" if guess else ""
            raise _wrong(f"the field {str(name)[:60]!r} is not known.{more}")
    kind = _text(found, "type") or "custom_model"
    if kind not in TYPES:
        raise _wrong(f"type is one of {', '.join(TYPES)}, not {kind[:40]!r}")
    tags = found.get("tags") or {}
    if not isinstance(tags, Mapping) or any(isinstance(value, Mapping | list) for value in tags.values()):
        raise _wrong("tags are names with texts")
    path, source = _place(_needed(found, "path"))
    return ModelFile(
        name=_needed(found, "name"),
        version=_text(found, "version"),
        type=kind,
        path=path,
        source=source,
        description=_text(found, "description"),
        tags={str(name): "" if value is None else str(value) for name, value in tags.items()},
        stage=_text(found, "stage"),
    )


def _document(text: str) -> Mapping[Any, Any]:
    if len(text) > MAX_TEXT or "\0" in text:
        raise _wrong("it is too large, or is not text")
    try:
        found = plain_yaml.load(text)
    except yaml.YAMLError as error:
        raise _wrong(f"it is no YAML ({str(error).splitlines()[0][:200]})") from None
    if not isinstance(found, Mapping):
        raise _wrong("it must hold fields such as name and path")
    return found


def _place(path: str) -> tuple[str, str]:
    """A path of the file's machine, or the address that its form means here."""
    if path.startswith("file:"):
        return path.removeprefix("file://").removeprefix("file:"), ""
    if job := _OF_JOB.fullmatch(path):
        if job["output"] != ARTIFACTS:
            raise _wrong(
                f"the output {job['output'][:40]!r} of a job is no place of models here: name outputs/artifacts"
            )
        return "", f"runs:/{job['run']}/{job['path']}"
    if model := _OF_MODEL.fullmatch(path):
        return "", f"models:/{model['name']}/{model['ref']}"
    return ("", path) if _ADDRESS.match(path) or path.startswith("azureml:") else (path, "")


def _needed(found: Mapping[Any, Any], name: str) -> str:
    value = _text(found, name)
    if not value.strip():
        raise _wrong(f"it gives no {name}")
    return value.strip()


def _text(found: Mapping[Any, Any], name: str) -> str:
    value = found.get(name)
    if isinstance(value, Mapping | list):
        raise _wrong(f"{name} is a text")
    return "" if value is None else str(value)


def _wrong(problem: str) -> Invalid:
    sentence = f"The model file can't be used: {problem}" + ("" if problem.endswith("?") else ".")
    return Invalid("invalid_model_file", sentence, fields={"text": sentence})
