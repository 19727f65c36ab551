"""Nodes and components as YAML that people like to read: fields in one order, nothing that says only what is so anyway."""

from collections.abc import Mapping
from typing import Any

import yaml

_BASE: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
WIDE = 1 << 20  # never fold a line
NODE_ORDER = (
    "type", "display_name", "comment", "description", "tags", "properties", "component", "command", "code", "inputs",
    "outputs", "environment", "environment_variables", "compute", "resources", "limits", "retry_settings",
    "is_deterministic", "condition", "true_block", "false_block", "body", "items", "max_concurrency", "mapping",
)  # fmt: skip
COMPONENT_ORDER = (
    "type", "name", "version", "display_name", "description", "category", "tags", "properties", "is_deterministic",
    "inputs", "outputs", "command", "code", "additional_includes", "environment", "environment_variables", "resources", "limits", "jobs",
)  # fmt: skip
INPUT_ORDER = ("type", "path", "mode", "default", "enum", "min", "max", "optional", "label", "description")
ALWAYS = frozenset({"type", "jobs", "command"})


class _Dumper(_BASE):
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


def component_to_yaml(definition: Mapping[str, Any]) -> str:
    """The text of a component's definition."""
    return dumped(component(definition))


def dumped(value: Any) -> str:
    text: str = yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDE)
    return text


def output(spec: Mapping[str, Any]) -> Any:
    """A declared output; a folder needs no words."""
    return None if dict(spec) == {"type": "uri_folder"} else dict(spec)


def node(given: Mapping[str, Any]) -> dict[str, Any]:
    """A node as a file says it."""
    found = dict(given)
    if isinstance(found.get("component"), Mapping):
        found["component"] = component(found["component"])
    elif found.get("type") == "command" and found.get("component"):
        found.pop("type")  # a node with a component is a command
    if "command" in found and "component" not in found:
        found["outputs"] = {
            name: one if isinstance(one, str) else output(one) for name, one in given["outputs"].items()
        }
    kept = ("type", "command", "condition", "items", "is_deterministic")
    return {name: value for name, value in ordered(found, NODE_ORDER).items() if name in kept or _says(name, value)}


def _says(name: str, value: Any) -> bool:
    return value is False if name == "is_deterministic" and isinstance(value, bool) else value not in (None, "", {}, [])


def component(definition: Mapping[str, Any]) -> dict[str, Any]:
    """A component as a file says it."""
    found = dict(definition)
    found["inputs"] = {name: ordered(spec, INPUT_ORDER) for name, spec in (found.get("inputs") or {}).items()}
    found["outputs"] = {name: output(spec) for name, spec in (found.get("outputs") or {}).items()}
    if "jobs" in found:
        found["jobs"] = {name: node(one) for name, one in found["jobs"].items()}
    return {
        name: value for name, value in ordered(found, COMPONENT_ORDER).items() if name in ALWAYS or _says(name, value)
    }


def ordered(found: Mapping[str, Any], order: tuple[str, ...]) -> dict[str, Any]:
    """The same with the fields of `order` first."""
    first = {name: found[name] for name in order if name in found}
    return first | {name: value for name, value in found.items() if name not in first}
