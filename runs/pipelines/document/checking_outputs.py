"""What can be wrong with where a step leaves its outputs."""

from collections.abc import Mapping
from typing import Any

from registry.data import names
from runs.components.declared import Ports
from runs.pipelines.document import bindings
from runs.pipelines.document.judging import Judge
from runs.tracking.jobfile.inputs_outputs import place_of_output
from runs.tracking.jobfile.problems import did_you_mean
from studio.errors import Invalid


def outputs(judge: Judge, ports: Ports | None, given: Mapping[str, Any]) -> None:
    """Where a step says its outputs go: the port is there, and so is the place."""
    for name, value in given.items():
        field = f"outputs.{name}"
        if ports is not None and not ports.is_open and name not in ports.outputs:
            guess = did_you_mean(name, ports.outputs)
            there = ", ".join(ports.outputs) or "none"
            judge.wrong("unknown_port", f"There is no output {name!r}; there is {there}.{guess}", field, port=name)
            continue
        bound = bindings.of_given(value)
        if bound is not None:
            _bound_output(judge, bound, name, field)
        elif isinstance(value, Mapping):
            sentence = misplaced(value["path"]) if value.get("path") else ""
            sentence = sentence or (misnamed(value["name"]) if value.get("name") else "")
            if sentence:
                judge.wrong("bad_value", sentence, field, port=name)


def _bound_output(judge: Judge, bound: bindings.Binding, name: str, field: str) -> None:
    level = judge.level
    if bound.kind != "parent_output":
        sentence = f"{bound.text} can't be where an output goes: write {bindings.parent_output('NAME')}."
        judge.wrong("bad_binding", sentence, field, port=name)
        return
    declared = level.holder.get("outputs") or {}
    if bound.name not in declared:
        guess = did_you_mean(bound.name, declared)
        judge.wrong("unknown_port", f"{bound} names no output of the pipeline.{guess}", field, port=name)
        return
    if bound.name in level.bound_outputs:
        other = level.bound_outputs[bound.name]
        judge.wrong("bad_binding", f"The pipeline's output {bound.name} is given by {other} already.", field, port=name)
        return
    level.bound_outputs[bound.name] = judge.name


def misplaced(path: str) -> str:
    """Why nothing can be written to this place, or ""."""
    try:
        place_of_output(path)
    except Invalid as error:
        return error.message
    return ""


def misnamed(name: str) -> str:
    """Why no data can have this name, or ""."""
    try:
        names.asset_name(name)
    except Invalid as error:
        return error.message
    return ""
