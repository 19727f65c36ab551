"""What can be wrong with the values of a step: those that are missing, and those that a component does not take."""

from collections.abc import Mapping
from typing import Any

from atelier.components import catalogue
from atelier.components import checking as parameter_checks

from runs.components.declared import Ports
from runs.components.declaring import STUDIO
from runs.components.files import interface
from runs.pipelines.document import bindings
from runs.pipelines.document.judging import Judge
from runs.pipelines.document.known import Level


def missing(judge: Judge, ports: Ports, given: Mapping[str, Any]) -> None:
    """Ports that have to be connected, and parameters of registered components that have no value."""
    brought = _brought(judge.level, judge.name)
    if brought is None:
        return
    inputs = {*(given.get("inputs") or {}), *brought}
    for name, port in ports.inputs.items():
        if name not in inputs and not port.get("optional"):
            label = port.get("label") or name
            judge.wrong("missing_input", f"{label} is not connected.", f"inputs.{name}", port=name)
    declared = judge.level.kinds.get(judge.name)
    if declared is not None and declared.kind == STUDIO:
        return
    for name, spec in ports.parameters.items():
        if name not in inputs and spec.get("default") is None and not spec.get("optional"):
            judge.wrong("missing_input", f"{spec.get('label') or name} has no value.", f"inputs.{name}", parameter=name)


def _brought(level: Level, name: str) -> set[str] | None:
    """The inputs that the rounds of a parallel_for bring to its body; None where that is known only when it runs."""
    for loop, node in level.jobs.items():
        if node.get("type") != "parallel_for" or level.loop_body(loop) != name:
            continue
        items = node.get("items")
        if isinstance(items, str):
            return None
        rounds = list(items.values()) if isinstance(items, Mapping) else items or []
        return set.intersection(*({key for key in one if one[key] is not None} for one in rounds)) if rounds else None
    return set()


def values_of(judge: Judge, ports: Ports, given: Mapping[str, Any], values: Mapping[str, Any] | None) -> None:
    """The values of parameters; one that an input of the pipeline brings is judged by that input's value."""
    literals = {}
    for name, value in (given.get("inputs") or {}).items():
        if name in ports.parameters and not isinstance(value, Mapping):
            literals[name] = _resolved(judge.level, value, values)
    declared = judge.level.kinds.get(judge.name)
    if declared is not None and declared.kind == STUDIO:
        component = catalogue.named(declared.declaration["name"])
        for problem in parameter_checks.check(component, literals):
            if isinstance(literals.get(problem.parameter), _Unknown):
                continue
            judge.wrong("out_of_range", problem.sentence, f"inputs.{problem.parameter}", parameter=problem.parameter)
        return
    for name, value in literals.items():
        if value is None or isinstance(value, _Unknown) or (isinstance(value, str) and "${{" in value):
            continue
        spec = ports.parameters[name]
        kind = "string" if spec["kind"] == "choice" else spec["kind"]
        bounds = {"type": kind, "enum": spec.get("choices"), "min": spec.get("minimum"), "max": spec.get("maximum")}
        sentence = interface.misfit(value, bounds, spec.get("label") or name)
        if sentence:
            judge.wrong("out_of_range", sentence, f"inputs.{name}", parameter=name)


class _Unknown(str):
    """A value that is known only when the pipeline runs; it reads like the binding it is."""


def _resolved(level: Level, value: Any, values: Mapping[str, Any] | None) -> Any:
    bound = bindings.parse(value)
    if bound is None:
        return value
    if bound.kind != "parent_input":
        return _Unknown(value)
    found = (values or {}).get(bound.name)
    found = (level.inputs.get(bound.name) or {}).get("default") if found is None else found
    return _Unknown(value) if found is None else found
