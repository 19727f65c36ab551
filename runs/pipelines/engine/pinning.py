"""Every component of a document at the version that its reference means now, so that a run never changes under way."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import atelier

from runs.components import declared
from studio.access.models import Workspace
from studio.errors import Invalid

DEEPEST = 20


@dataclass(slots=True)
class Pins:
    """What the references of a document mean: `known` for the engine, `declarations` for pages."""

    workspace: Workspace
    known: dict[str, dict[str, Any]] = field(default_factory=dict)
    declarations: dict[str, dict[str, Any]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # the reference as written → with its version

    def of(self, reference: str, depth: int) -> str:
        """The reference with its version. Raises NotFound for one that means nothing."""
        if reference not in self.names:
            self._find(reference, depth)
        return self.names[reference]

    def _find(self, reference: str, depth: int) -> None:
        found = declared.find(self.workspace, reference)
        self.names[reference] = found.reference
        if found.reference in self.known:
            return
        self.declarations[found.reference] = found.declaration
        version = found.version
        if version is None:
            self.known[found.reference] = {"type": "studio", "digest": _own_digest(found.reference)}
            return
        pin: dict[str, Any] = {"type": version.type, "digest": version.digest, "definition": version.definition}
        if version.snapshot is not None:
            pin["snapshot"] = version.snapshot.digest
        self.known[found.reference] = pin
        if version.type == "pipeline":
            pin["definition"] = level(self, version.definition, depth + 1)


def pin(workspace: Workspace, document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with pinned references; what they mean stands beside the jobs, in `resolved` and `pinned`."""
    pins = Pins(workspace)
    found = level(pins, document, 0)
    return {**found, "resolved": pins.declarations, "pinned": pins.known}


def level(pins: Pins, holder: Mapping[str, Any], depth: int) -> dict[str, Any]:
    """A document, or a pipeline component, whose jobs name their components with versions."""
    if depth > DEEPEST:
        raise Invalid("pipeline_too_deep", f"Pipelines are nested deeper than {DEEPEST} levels here.")
    jobs = {name: _node(pins, node, depth) for name, node in (holder.get("jobs") or {}).items()}
    return {**holder, "jobs": jobs}


def _node(pins: Pins, node: Mapping[str, Any], depth: int) -> dict[str, Any]:
    component = node.get("component")
    if isinstance(component, str) and component:
        return {**node, "component": pins.of(component, depth)}
    if isinstance(component, Mapping) and "jobs" in component:
        return {**node, "component": level(pins, component, depth + 1)}
    return level(pins, node, depth + 1) if "jobs" in node else dict(node)


def digest_of(value: Any) -> str:
    """SHA-256 of plain data, the same however its keys are ordered."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _own_digest(reference: str) -> str:
    return digest_of([reference, atelier.__version__])
