"""An environment file, Azure's or ours: the name and version it gives, and which files it needs beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import yaml

from registry.environments import definitions
from studio import plain_yaml
from studio.errors import Invalid

MAX_TEXT = 200_000
MEANT = ("image", "conda_file", "requirements", "python", "build", "inference_config", "environment_variables")
# Said by Azure's files and of no meaning here.
PASSED_OVER = ("$schema", "type", "properties", "datastore", "os_type")
KNOWN = (*MEANT, *PASSED_OVER, "name", "version", "description", "tags")


@dataclass(frozen=True, slots=True)
class EnvironmentFile:
    """What a file says."""

    name: str
    version: str
    description: str
    tags: Mapping[str, Any] = field(default_factory=dict)
    definition: Any = None

    @property
    def files(self) -> list[str]:
        """Paths whose texts are needed."""
        return definitions.needs(self.definition)

    @property
    def folder(self) -> str:
        """The folder of a Dockerfile that is needed; empty where there is none."""
        return definitions.needed_folder(self.definition)


def read(text: str) -> EnvironmentFile:
    """The file's text, read. Raises Invalid saying what can't be meant."""
    if len(text) > MAX_TEXT or "\0" in text:
        raise _wrong("it is too large, or is not text")
    try:
        found = plain_yaml.load(text)
    except yaml.YAMLError as error:
        raise _wrong(f"it is no YAML ({str(error).splitlines()[0][:200]})") from None
    if not isinstance(found, Mapping):
        raise _wrong("it must hold fields such as name and conda_file")
    _refuse_unknown(found)
    if str(found.get("os_type") or "linux").casefold() != "linux":
        raise _wrong("os_type is Linux here, and nothing else")
    tags = found.get("tags") or {}
    if not isinstance(tags, Mapping):
        raise _wrong("tags are names with texts")
    definition = {name: found[name] for name in MEANT if found.get(name)}
    if not definition:
        raise _wrong("it says nothing of what is in the environment: give image, conda_file, requirements or build")
    return EnvironmentFile(
        name=_text(found, "name"),
        version=_text(found, "version"),
        description=_text(found, "description"),
        tags=tags,
        definition=definition,
    )


def _refuse_unknown(found: Mapping[Any, Any]) -> None:
    for name in found:
        if name not in KNOWN:
            guess = get_close_matches(str(name), KNOWN, n=1)
            more = f" Did you mean {guess[0]!r}?" if guess else ""
            raise _wrong(f"the field {str(name)[:60]!r} is not known.{more}")


def _text(found: Mapping[Any, Any], name: str) -> str:
    value = found.get(name)
    if isinstance(value, Mapping | list):
        raise _wrong(f"{name} is a text")
    return "" if value is None else str(value)


def _wrong(problem: str) -> Invalid:
    sentence = f"The environment file can't be used: {problem}" + ("" if problem.endswith("?") else ".")
    return Invalid("invalid_environment", sentence, fields={"text": sentence})
