"""What is known of a component before anything is sent: its inputs, its outputs, its parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from atelier.components.declaring import Component

Record = dict[str, Any]


@dataclass(frozen=True)
class Declared:
    """`inputs` by name, each with its `type` and what else is said; `outputs` by name, each its type."""

    inputs: Mapping[str, Record] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    own: Component | None = None  # of the studio: its parameters can be judged in full

    def problems(self, given: Mapping[str, Any]) -> Iterator[str]:
        """What is missing or does not fit, in sentences; `given` has bindings for what only a run knows."""
        parameters = {one.name for one in self.own.parameters} if self.own else set()
        for name, spec in self.inputs.items():
            if (
                name not in parameters
                and name not in given
                and not spec.get("optional")
                and spec.get("default") is None
            ):
                yield f"{name} is not given."
        if self.own is None:
            return
        from atelier.components import checking

        literals = {name: value for name, value in given.items() if name in parameters}
        for problem in checking.check(self.own, literals):
            yield problem.sentence


def of_studio(component: Component) -> Declared:
    """The declaration of one of the studio's own components."""
    inputs: dict[str, Record] = {port.name: port.to_dict() for port in component.inputs}
    inputs |= {one.name: {"type": "string", "is_parameter": True} for one in component.parameters}
    return Declared(inputs, {port.name: str(port.type) for port in component.outputs}, component)


def of_file(found: Mapping[str, Any]) -> Declared:
    """The declaration of a component file."""
    inputs = {str(name): _input(spec) for name, spec in (found.get("inputs") or {}).items()}
    outputs = {str(name): _output(spec) for name, spec in (found.get("outputs") or {}).items()}
    return Declared(inputs, outputs)


def _input(spec: Any) -> Record:
    found = dict(spec) if isinstance(spec, Mapping) else {"type": str(spec)}
    return {"type": "uri_folder", **found}


def _output(spec: Any) -> str:
    return str(spec.get("type") or "uri_folder") if isinstance(spec, Mapping) else "uri_folder"
