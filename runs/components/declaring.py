"""A component file's definition as the declaration that pages, palette and panel are drawn from."""

from collections.abc import Mapping
from typing import Any

from atelier.components.declaring import in_words

from runs.tracking.jobfile.inputs_outputs import LITERAL_TYPES

OWN_CATEGORY = "Registered"
STUDIO, WORKSPACE = "studio", "workspace"  # where a component comes from


def declaration(definition: Mapping[str, Any], *, name: str, version: str, reference: str) -> dict[str, Any]:
    """What `declaring.Component.to_dict()` is for the studio's own: literal inputs are parameters, data inputs ports."""
    inputs, parameters = split(definition.get("inputs") or {})
    return {
        "name": name,
        "version": version,
        "reference": reference,
        "label": definition.get("display_name") or in_words(name),
        "category": definition.get("category") or OWN_CATEGORY,
        "description": definition.get("description", ""),
        "inputs": inputs,
        "outputs": {key: _port(key, spec) for key, spec in (definition.get("outputs") or {}).items()},
        "parameters": parameters,
        "is_deterministic": bool(definition.get("is_deterministic", True)),
        "packages": [],
        "keywords": sorted(definition.get("tags") or {}),
        "source": WORKSPACE,
        "type": definition.get("type", "command"),
    }


def split(declared: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Declared inputs as ports and as parameters."""
    ports = {name: _port(name, spec) for name, spec in declared.items() if spec.get("type") not in LITERAL_TYPES}
    parameters = {name: _parameter(name, spec) for name, spec in declared.items() if name not in ports}
    return ports, parameters


def _port(name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    found = {
        "type": spec.get("type", ""),
        "label": spec.get("label") or in_words(name),
        "description": spec.get("description", ""),
    }
    optional = {"optional": True} if spec.get("optional") or spec.get("path") else {}
    return {**found, **optional}


def _parameter(name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "kind": "choice" if spec.get("enum") else spec["type"],
        "label": spec.get("label") or in_words(name),
        "default": spec.get("default"),
        "choices": [str(one) for one in spec.get("enum") or ()],
        "minimum": spec.get("min"),
        "maximum": spec.get("max"),
        "optional": bool(spec.get("optional")),
        "description": spec.get("description", ""),
    }
    return {key: value for key, value in found.items() if key == "kind" or _says(value)}


def _says(value: Any) -> bool:
    """Whether a field is worth telling: 0 is a bound like any other."""
    return value is not None and value is not False and value not in ("", [])
