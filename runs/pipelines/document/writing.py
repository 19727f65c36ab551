"""A document as YAML that people like to read: fields in one order, nothing that says only what is so anyway."""

import json
from collections.abc import Mapping
from typing import Any

import yaml

from runs.components.files import interface, pipeline_settings
from runs.pipelines.document.reading import LAYOUT

_BASE: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
WIDE = 1 << 20  # never fold a line
ORDER = (
    "name", "display_name", "experiment_name", "description", "tags", "properties", "inputs", "outputs", "settings",
    "jobs",
)  # fmt: skip
NODE_ORDER = (
    "type", "display_name", "comment", "description", "tags", "properties", "component", "command", "code", "inputs",
    "outputs", "environment", "environment_variables", "compute", "resources", "limits", "retry_settings",
    "is_deterministic", "condition", "true_block", "false_block", "body", "items", "max_concurrency", "mapping",
)  # fmt: skip
COMPONENT_ORDER = (
    "type", "name", "version", "display_name", "description", "category", "tags", "properties", "is_deterministic",
    "inputs", "outputs", "command", "code", "environment", "environment_variables", "resources", "limits", "jobs",
)  # fmt: skip
INPUT_ORDER = ("type", "path", "mode", "default", "enum", "min", "max", "optional", "label", "description")
ALWAYS = frozenset({"type", "jobs", "command"})


class _Dumper(_BASE):  # type: ignore[misc]
    """Block style, long texts as blocks, no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: Any, value: str) -> Any:
    style = None
    if any(mark in value for mark in "\x85\u2028\u2029\ufeff"):
        style = '"'
    elif "\n" in value:
        # A block that begins with a space or a line break needs an indentation to be told: quotes say it better.
        style = '"' if value[0] in " \n" or "\t" in value else "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _items(dumper: Any, value: list[Any]) -> Any:
    plain = all(not isinstance(item, dict | list) for item in value) and len(str(value)) <= 100
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=plain)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _items)


def to_yaml(document: Mapping[str, Any]) -> str:
    """The text of a document in normal form; reading it gives the identical document."""
    return dumped(to_plain(document))


def component_to_yaml(definition: Mapping[str, Any]) -> str:
    """The text of a component's definition."""
    return dumped(_component(definition))


def dumped(value: Any) -> str:
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDE)
    return text


def to_plain(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as a file says it: short forms, the layout as a property."""
    found: dict[str, Any] = {name: document.get(name) for name in ORDER}
    found["properties"] = dict(document.get("properties") or {})
    if document.get("layout"):
        found["properties"][LAYOUT] = json.dumps(document["layout"], separators=(",", ":"), ensure_ascii=False)
    found["inputs"] = {name: _input(spec) for name, spec in (document.get("inputs") or {}).items()}
    found["outputs"] = {name: _output(spec) for name, spec in (document.get("outputs") or {}).items()}
    settings = document.get("settings") or {}
    found["settings"] = {
        name: value for name, value in settings.items() if pipeline_settings.DEFAULTS.get(name) != value
    }
    found["jobs"] = {name: _node(node) for name, node in (document.get("jobs") or {}).items()}
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
    return _ordered(spec, INPUT_ORDER)


def _output(spec: Mapping[str, Any]) -> Any:
    return None if dict(spec) == {"type": "uri_folder"} else dict(spec)


def _node(node: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(node)
    if isinstance(found.get("component"), Mapping):
        found["component"] = _component(found["component"])
    elif found.get("type") == "command" and found.get("component"):
        found.pop("type")  # a node with a component is a command
    if "command" in found and "component" not in found:
        found["outputs"] = {
            name: one if isinstance(one, str) else _output(one) for name, one in node["outputs"].items()
        }
    kept = ("type", "command", "condition", "items", "is_deterministic")
    return {name: value for name, value in _ordered(found, NODE_ORDER).items() if name in kept or _says(name, value)}


def _says(name: str, value: Any) -> bool:
    return value is False if name == "is_deterministic" and isinstance(value, bool) else value not in (None, "", {}, [])


def _component(definition: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(definition)
    found["inputs"] = {name: _ordered(spec, INPUT_ORDER) for name, spec in (found.get("inputs") or {}).items()}
    found["outputs"] = {name: _output(spec) for name, spec in (found.get("outputs") or {}).items()}
    if "jobs" in found:
        found["jobs"] = {name: _node(node) for name, node in found["jobs"].items()}
    ordered = _ordered(found, COMPONENT_ORDER)
    return {name: value for name, value in ordered.items() if name in ALWAYS or _says(name, value)}


def _ordered(found: Mapping[str, Any], order: tuple[str, ...]) -> dict[str, Any]:
    first = {name: found[name] for name in order if name in found}
    return first | {name: value for name, value in found.items() if name not in first}
