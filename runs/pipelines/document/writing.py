"""A document as YAML that people like to read, read back to the identical document."""

import json
from collections.abc import Mapping
from typing import Any

from runs.components.files import interface, pipeline_settings, writing
from runs.pipelines.document.reading import LAYOUT

ORDER = (
    "name", "display_name", "experiment_name", "description", "tags", "properties", "inputs", "outputs", "settings",
    "jobs",
)  # fmt: skip


def to_yaml(document: Mapping[str, Any]) -> str:
    """The text of a document in normal form; reading it gives the identical document."""
    return writing.dumped(to_plain(document))


def to_plain(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as a file says it: short forms, the layout as a property."""
    found: dict[str, Any] = {name: document.get(name) for name in ORDER}
    found["properties"] = dict(document.get("properties") or {})
    if document.get("layout"):
        found["properties"][LAYOUT] = json.dumps(document["layout"], separators=(",", ":"), ensure_ascii=False)
    found["inputs"] = {name: _input(spec) for name, spec in (document.get("inputs") or {}).items()}
    found["outputs"] = {name: writing.output(spec) for name, spec in (document.get("outputs") or {}).items()}
    settings = document.get("settings") or {}
    found["settings"] = {
        name: value for name, value in settings.items() if pipeline_settings.DEFAULTS.get(name) != value
    }
    found["jobs"] = {name: writing.node(one) for name, one in (document.get("jobs") or {}).items()}
    return {"type": "pipeline", **_given(found, ("jobs",))}


def _given(found: Mapping[str, Any], always: tuple[str, ...] = ()) -> dict[str, Any]:
    return {name: value for name, value in found.items() if name in always or value not in (None, "", {}, [])}


def _input(spec: Mapping[str, Any]) -> Any:
    """`rate: 0.1` where the value says its type itself."""
    if set(spec) == {"type", "default"}:
        value = spec["default"]
        is_plain = not (isinstance(value, str) and interface.uris.is_reference(value))
        if is_plain and interface.literal_type(value) == spec["type"]:
            return value
    return writing.ordered(spec, writing.INPUT_ORDER)
