"""The new-run form and the text of a job file are two pictures of one document; this turns one into the other."""

from collections.abc import Mapping
from typing import Any

import yaml

from runs.tracking import durations
from studio import plain_yaml
from studio.errors import Invalid

REQUIREMENTS = "requirements.txt"
Document = dict[str, Any]


def from_fields(fields: Mapping[str, Any], kept: Mapping[str, Any] | None = None) -> Document:
    """The job document of a valid `NewRunForm`. `kept` is the document before: what the form can't show stays.

    Raises Invalid naming the field whose lines can't be read.
    """
    document: Document = {**(kept or {}), "type": "command"}
    _put(document, "experiment_name", fields["experiment"])
    _put(document, "display_name", fields["name"])
    _put(document, "description", fields["description"])
    document["command"] = fields["command"].replace("\r\n", "\n")
    _put(document, "inputs", _inputs(fields["inputs"]))
    _put(document, "environment_variables", _variables(fields["variables"]))
    _put(document, "limits", _limits(fields["timeout"]))
    _put(document, "compute", fields["compute"])
    _put_environment(document, fields["environment"], fields["environment_text"])
    return document


def to_fields(document: Mapping[str, Any], files: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The initial values of `NewRunForm` for a job document."""
    kind, text = _environment(document.get("environment"), files or {})
    timeout = (document.get("limits") or {}).get("timeout")
    return {
        "experiment": document.get("experiment_name", ""),
        "name": document.get("display_name", ""),
        "description": document.get("description", ""),
        "command": document.get("command", ""),
        "inputs": to_text(document.get("inputs") or {}) if document.get("inputs") else "",
        "environment": kind,
        "environment_text": text,
        "compute": str(document.get("compute") or "local").removeprefix("azureml:"),
        "variables": "\n".join(
            f"{key}={value}" for key, value in (document.get("environment_variables") or {}).items()
        ),
        "timeout": durations.as_text(int(timeout)) if timeout else "",
    }


def to_text(document: Mapping[str, Any]) -> str:
    """The document as YAML, keys in the order a person would write them."""
    return yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True, width=100)


def files_of(fields: Mapping[str, Any]) -> dict[str, str]:
    """The texts that the document of these fields refers to by name."""
    if fields["environment"] != "requirements":
        return {}
    return {REQUIREMENTS: fields["environment_text"].replace("\r\n", "\n")}


def _put(document: Document, key: str, value: Any) -> None:
    if value:
        document[key] = value
    else:
        document.pop(key, None)


def _put_environment(document: Document, kind: str, text: str) -> None:
    if kind == "current":
        document.pop("environment", None)
    elif kind == "requirements":
        document["environment"] = {"requirements": REQUIREMENTS}
    elif kind == "conda":
        document["environment"] = {"image": "python", "conda_file": _mapping(text, "environment_text")}


def _environment(value: Any, files: Mapping[str, str]) -> tuple[str, str]:
    if not value:
        return "current", ""
    if isinstance(value, Mapping) and "requirements" in value:
        return "requirements", files.get(str(value["requirements"]), "")
    if isinstance(value, Mapping) and isinstance(value.get("conda_file"), Mapping):
        return "conda", to_text(value["conda_file"])
    if isinstance(value, Mapping) and str(value.get("conda_file")) in files:
        return "conda", files[str(value["conda_file"])]
    return "other", to_text(value) if isinstance(value, Mapping) else str(value)


def _inputs(text: str) -> dict[str, Any]:
    return _mapping(text, "inputs") if text.strip() else {}


def _mapping(text: str, field: str) -> dict[str, Any]:
    try:
        value = plain_yaml.load(text)
    except yaml.YAMLError:
        value = None
    if not isinstance(value, dict):
        raise _invalid(field, "These lines can't be read: write one a line, as name: value.")
    return {str(key): item for key, item in value.items()}


def _variables(text: str) -> dict[str, str]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if any("=" not in line for line in lines):
        raise _invalid("variables", "Write one variable a line, as NAME=value.")
    return {name.strip(): value for name, _, value in (line.partition("=") for line in lines)}


def _limits(text: str) -> dict[str, int]:
    if not text.strip():
        return {}
    try:
        return {"timeout": durations.parse_seconds(text)}
    except ValueError as error:
        raise _invalid("timeout", str(error)) from None


def _invalid(field: str, message: str) -> Invalid:
    return Invalid("invalid_job", message, fields={field: message})
