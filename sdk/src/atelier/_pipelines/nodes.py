"""A node of a pipeline that is written in Python."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from atelier import _errors
from atelier._pipelines import environments, places, values
from atelier._pipelines.known import Declared
from atelier._pipelines.levels import NAME, Level
from atelier._pipelines.wires import NodeInput, NodeOutput, PipelineInput, Ports, Wire

Record = dict[str, Any]
SETTINGS = (
    "compute", "comment", "display_name", "description", "environment", "environment_variables", "resources", "limits",
    "retry_settings", "tags", "properties", "is_deterministic",
)  # fmt: skip
OF_CONTROL = ("comment", "display_name")


class Node:
    """A step. `node.outputs.port` is a wire; settings are assigned: `node.compute = "gpu"`, `node.limits = {"timeout": 60}`."""

    name: str
    compute: str | PipelineInput | None
    comment: str
    display_name: str
    description: str
    environment: Any
    environment_variables: Mapping[str, str]
    resources: Mapping[str, Any]
    limits: Mapping[str, Any]
    retry_settings: Mapping[str, Any]
    tags: Mapping[str, str]
    properties: Mapping[str, str]
    is_deterministic: bool

    def __init__(self, level: Level, kind: str, stem: str, component: Any, declared: Declared | None) -> None:
        hidden = self.__dict__
        hidden |= {"level": level, "kind": kind, "stem": stem, "component": component, "declared": declared}
        hidden |= {"site": places.site(), "settings": {}, "given": {}, "kept": {}, "is_named": False, "name": ""}
        hidden |= {"inputs": Ports(self, "inputs"), "outputs": Ports(self, "outputs"), "bound": {}}

    # What stands in `__dict__` so that a mistyped setting is told and not kept.
    level: Level
    kind: str
    stem: str
    component: Any
    declared: Declared | None
    site: places.Site
    settings: Record
    given: Record
    kept: dict[str, values.Output]  # outputs with a place or a name of their own
    bound: dict[str, str]  # output -> the pipeline's output that it is
    is_named: bool
    inputs: Ports
    outputs: Ports

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "name":
            self._rename(value)
        elif name in self.can_have:
            self.level.check(value, self.label)
            self.settings[name] = environments.environment(value) if name == "environment" else value
        else:
            known = ("name", *self.can_have)
            raise _errors.UsageError(
                f"{self.label} has no setting {name!r}.{values.meant(name, known)} There are: {values.one_of(known)}."
            )

    def __getattr__(self, name: str) -> Any:
        if name in SETTINGS:
            return self.__dict__["settings"].get(name, "")
        raise AttributeError(f"A node has no {name!r}; its outputs are node.outputs.{name}.")

    def __repr__(self) -> str:
        return f"<Node {self.label}>"

    @property
    def can_have(self) -> tuple[str, ...]:
        return SETTINGS

    @property
    def label(self) -> str:
        """What a sentence calls it."""
        return self.name or self.stem

    def _rename(self, name: Any) -> None:
        if not isinstance(name, str) or not NAME.match(name):
            raise _errors.UsageError(f"{name!r} can't name a node: use letters, digits, '_' and '-', a letter first.")
        self.__dict__.update(name=name, is_named=True)

    def call(self, name: str) -> None:
        """Gives it the name that the function's variable has."""
        self.__dict__["name"] = name

    def known(self, side: str) -> list[str]:
        """The names of its inputs or outputs, where they are known."""
        return list(getattr(self.declared, side)) if self.declared else []

    def wire(self, side: str, port: str) -> Wire:
        """The wire of a port. Raises UsageError where the component is known to have none of this name."""
        if self.declared is not None and port not in getattr(self.declared, side):
            there = self.known(side)
            what = side[:-1]
            raise _errors.UsageError(
                f"{self.label} has no {what} {port!r}.{values.meant(port, there)} There is: {values.one_of(there)}."
            )
        if side == "inputs":
            return NodeInput(self, port)
        return NodeOutput(self, port, self.declared.outputs[port] if self.declared else "")

    def put(self, side: str, port: str, value: Any) -> None:
        """Gives an input its value, or an output its place. Raises UsageError for what can't be."""
        self.wire(side, port)
        if side == "outputs":
            if not isinstance(value, values.Output):
                raise _errors.UsageError(
                    f"The output {port} of {self.label} takes atelier.Output(…): where it goes, or its name."
                )
            self.kept[port] = value
        elif value is None:
            self.given.pop(port, None)
        else:
            self.given[port] = self._value(port, value)

    def _value(self, port: str, value: Any) -> Any:
        what = f"input {port} of {self.label}"
        if isinstance(value, Node):
            there = (
                values.one_of(f"outputs.{name}" for name in value.known("outputs"))
                if value.declared
                else "outputs.NAME"
            )
            raise _errors.UsageError(f"The {what} takes an output, no node: use {value.label}'s {there}.")
        wire = value.path if isinstance(value, values.Input) else value
        self.level.check(wire, self.label)
        if isinstance(wire, NodeInput):
            raise _errors.UsageError(f"The {what} takes an output of a node; {wire!r} is none.")
        if isinstance(value, values.Input):
            return value.default if value.is_literal else value
        if isinstance(value, Wire):
            return value
        spec = self.declared.inputs[port] if self.declared else {}
        is_data = spec.get("type") in values.DATA
        if isinstance(value, Path) or (is_data and isinstance(value, str) and not places.is_reference(value)):
            return values.data(value, str(spec.get("type", "")))
        return values.literal(value, what)

    def to_dict(self, folder: Path) -> Record:
        """The node as the document has it; its paths start from the folder."""
        component = self.component(folder) if callable(self.component) else values.rendered(self.component, folder)
        found: Record = {"type": self.kind, "component": component, "compute": "", "comment": ""}
        found |= self._said(folder)
        return {**found, "inputs": values.rendered(self.given, folder), "outputs": self._outputs()}

    def _said(self, folder: Path) -> Record:
        said = {name: values.rendered(value, folder) for name, value in self.settings.items()}
        return {name: value for name, value in said.items() if value not in (None, "", {}, [])}

    def _outputs(self) -> Record:
        kept: Record = {name: one.to_dict() for name, one in self.kept.items()}
        return {**kept, **{port: f"${{{{parent.outputs.{name}}}}}" for port, name in self.bound.items()}}

    def problems(self) -> list[str]:
        """What is missing or does not fit, as far as the component is known."""
        given = values.rendered(self.given, Path())
        return list(self.declared.problems(given)) if self.declared else []
