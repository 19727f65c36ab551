"""What steps are given and leave, as plain data: {"type", "value"} or {"type", "uri", "hash", "mode"}; and data looked up once."""

from collections.abc import Mapping
from typing import Any

from registry.data import uris
from runs.tracking.data import finding
from runs.tracking.jobfile.command import DATA_TYPES, CommandJob, InputSpec
from studio.access.models import Workspace

LITERALS = ("string", "number", "integer", "boolean")
Given = dict[str, Any]


def literal(value: Any, kind: str = "") -> Given:
    """A value as a step is given it."""
    return {"type": kind if kind in LITERALS else type_of(value), "value": value}


def type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    return "number" if isinstance(value, float) else "string"


def is_data(given: Mapping[str, Any]) -> bool:
    return "uri" in given or "digest" in given


def stored_type(given: Mapping[str, Any]) -> str:
    """The type of the files that data lies in: a port may have one of the designer's own, such as Dataset."""
    kind = str(given.get("stored") or given.get("type") or "")
    return kind if kind in DATA_TYPES else "uri_folder"


def means_data(value: Any, kind: str = "") -> bool:
    """Whether a value of a document, for a port of the type `kind`, names data rather than being a value itself."""
    if isinstance(value, Mapping):
        return bool(value.get("path")) and value.get("type", "") not in LITERALS
    return isinstance(value, str) and kind not in LITERALS and uris.is_reference(value)


def plain(value: Any) -> Any:
    """The value of a literal input that is written as {type, value} or {type, default}."""
    if isinstance(value, Mapping) and ("value" in value or "default" in value or value.get("type") in LITERALS):
        return value.get("value", value.get("default"))
    return value


def data(workspace: Workspace, value: Any, kind: str, sent: Mapping[str, str], name: str) -> Given:
    """Data that a document names: a version as it is now, a place, an address, or a path that was sent along.

    Raises JobFileError for what means nothing.
    """
    spec = _spec(value, kind)
    if not spec.is_reference:
        digest = sent.get(spec.path, "")
        return {
            "type": spec.type or "uri_folder",
            "path": spec.path,
            "digest": digest,
            "hash": digest,
            "mode": spec.mode,
        }
    job = CommandJob(command="", inputs={name: spec}, file_name="pipeline")
    found = finding.find_inputs(workspace=workspace, job=job)[name]
    given: Given = {"type": found.type, "uri": found.uri, "hash": "", "mode": spec.mode, "path": spec.path}
    if found.version is not None:
        given |= {"version": found.version.pk, "hash": found.version.content_hash}
    return given


def _spec(value: Any, kind: str) -> InputSpec:
    if isinstance(value, Mapping):
        wanted = str(value.get("type") or "")
        wanted = wanted if wanted in DATA_TYPES else ""
        return InputSpec(wanted, path=str(value["path"]), mode=str(value.get("mode") or ""))
    is_web = not str(value).lower().startswith(("azureml:", "/"))
    return InputSpec("uri_file" if is_web and kind != "uri_folder" else "", path=str(value))


def read_as(kind: str, text: str) -> Any:
    """A value that a step wrote as text, as its type says; text that is none of it stays text."""
    if kind == "boolean":
        return text.strip().lower() in ("true", "1", "yes")
    try:
        return int(text) if kind == "integer" else float(text) if kind == "number" else text
    except ValueError:
        return text


def truth(value: Any) -> bool:
    """A condition's value: text counts as what it says."""
    return value.strip().lower() in ("true", "1", "yes") if isinstance(value, str) else bool(value)
