"""What can be wrong with a step: what is put into it, what it runs and where."""

from collections.abc import Mapping
from typing import Any

from registry.data import uris
from runs.components.declared import Ports
from runs.pipelines.document import bindings, checking_outputs, checking_parameters, fitting
from runs.pipelines.document.judging import Judge
from runs.pipelines.document.known import Known, Level
from runs.pipelines.document.problems import Problem
from runs.tracking.jobfile import bindings as command_bindings
from runs.tracking.jobfile.inputs_outputs import LITERAL_TYPES
from runs.tracking.jobfile.problems import did_you_mean
from studio.errors import StudioError


def node(
    known: Known, level: Level, name: str, given: Mapping[str, Any], values: Mapping[str, Any] | None
) -> list[Problem]:
    """Everything that is wrong with one step."""
    judge = Judge(known, level, name)
    ports = level.ports.get(name)
    for key, value in (given.get("inputs") or {}).items():
        _input(judge, ports, key, value)
    if ports is not None and not ports.is_open:
        checking_parameters.missing(judge, ports, given)
        checking_parameters.values_of(judge, ports, given, values)
    checking_outputs.outputs(judge, ports, given.get("outputs") or {})
    if ports is not None and ports.is_open:
        _command(judge, given)
    compute = given.get("compute") or ""
    if compute and "${{" not in compute:
        sentence = known.compute(compute)
        if sentence:
            judge.wrong("unknown_compute", sentence, "compute")
    elif (bound := bindings.parse(compute)) is not None:
        _parent_input(judge, bound, "compute", "string", "compute")
    return judge.found


def _input(judge: Judge, ports: Ports | None, name: str, value: Any) -> None:
    """One input that is given: the port or the parameter is there, and what comes fits."""
    if ports is not None and not ports.is_open and name not in ports.inputs and name not in ports.parameters:
        guess = did_you_mean(name, (*ports.inputs, *ports.parameters))
        there = ", ".join((*ports.inputs, *ports.parameters)) or "none"
        is_wire = bindings.is_bound(value) or isinstance(value, Mapping)
        code = "unknown_port" if is_wire else "unknown_parameter"
        sentence = f"There is no input {name!r}; there is {there}.{guess}"
        judge.wrong(code, sentence, f"inputs.{name}", port=name, parameter=name)
        return
    is_parameter = ports is not None and name in ports.parameters
    wanted = _wanted(ports, name)
    bound = bindings.of_given(value)
    if bound is not None:
        _bound(judge, bound, name, wanted, is_parameter=is_parameter)
    elif not is_parameter:
        _data(judge, ports, name, value, wanted)
    elif isinstance(value, Mapping):
        label = ports.parameters[name].get("label", name) if ports else name
        judge.wrong(
            "wrong_type", f"{label} is a parameter: give it a value, no data.", f"inputs.{name}", parameter=name
        )
    else:
        _within(judge, name, value)


def _wanted(ports: Ports | None, name: str) -> str:
    if ports is None or ports.is_open:
        return fitting.ANY
    return str(ports.inputs[name].get("type", "")) if name in ports.inputs else "parameter"


def _bound(judge: Judge, bound: bindings.Binding, name: str, wanted: str, *, is_parameter: bool) -> None:
    if bound.kind == "parent_input":
        _parent_input(judge, bound, f"inputs.{name}", wanted, name)
        return
    if bound.kind != "output":
        sentence = f"{bound.text} can't be an input: write {bindings.output('NODE', 'PORT')} or {bindings.parent_input('NAME')}."
        judge.wrong("bad_binding", sentence, f"inputs.{name}", port=name)
        return
    given = output_type(judge, bound, f"inputs.{name}", name)
    if given is None or fitting.fits(given, wanted) or (is_parameter and given in LITERAL_TYPES):
        return
    if is_parameter:
        sentence = f"{name} is a parameter and takes no data: bind it to an input of the pipeline, or give it a value."
    else:
        source = f"{bound.name} of {bound.node}"
        sentence = f"{name} takes {fitting.article(wanted)}, and {source} gives {fitting.article(given)}."
    judge.wrong("wrong_type", sentence, f"inputs.{name}", port=name)


def output_type(judge: Judge, bound: bindings.Binding, field: str, port: str) -> str | None:
    """The type of the output that is bound; None, with a problem where there is no such output, when nothing is known."""
    level = judge.level
    if bound.node not in level.jobs:
        guess = did_you_mean(bound.node, level.jobs)
        judge.wrong("unknown_node", f"{bound} names a node that is not there.{guess}", field, port=port)
        return None
    if level.jobs[bound.node].get("type") == "if_else":
        judge.wrong("unknown_port", f"{bound.node} only decides: it has no outputs.", field, port=port)
        return None
    ports = level.ports.get(bound.node)
    if ports is not None and bound.name not in ports.outputs:
        guess = did_you_mean(bound.name, ports.outputs)
        there = ", ".join(ports.outputs) or "none"
        judge.wrong(
            "unknown_port", f"{bound.node} has no output {bound.name!r}; it has {there}.{guess}", field, port=port
        )
        return None
    return level.output_type(bound.node, bound.name)


def _parent_input(judge: Judge, bound: bindings.Binding, field: str, wanted: str, name: str) -> None:
    spec = judge.level.inputs.get(bound.name)
    if spec is None or bound.kind != "parent_input":
        guess = did_you_mean(bound.name, judge.level.inputs)
        sentence = f"{bound} names no input of the pipeline.{guess}"
        judge.wrong("unknown_input", sentence, field, port=name)
        return
    kind = str(spec.get("type", ""))
    is_value = kind in LITERAL_TYPES
    if wanted == "parameter":
        if not is_value and kind:
            judge.wrong("wrong_type", f"{name} is a parameter, and the pipeline's input {bound.name} is data.", field, parameter=name)  # fmt: skip
    elif is_value and wanted not in ("", "string"):
        judge.wrong("wrong_type", f"{name} takes {fitting.article(wanted)}, and the pipeline's input {bound.name} is a {kind}.", field, port=name)  # fmt: skip
    elif not is_value and not fitting.fits(kind, wanted):
        judge.wrong("wrong_type", f"{name} takes {fitting.article(wanted)}, and the pipeline's input {bound.name} is {fitting.article(kind)}.", field, port=name)  # fmt: skip


def _within(judge: Judge, name: str, value: Any) -> None:
    """Inputs of the pipeline that are named inside of a text."""
    for bound in bindings.find(value):
        if bound.kind == "parent_input" and bound.name not in judge.level.inputs:
            guess = did_you_mean(bound.name, judge.level.inputs)
            sentence = f"{bound} names no input of the pipeline.{guess}"
            judge.wrong("unknown_input", sentence, f"inputs.{name}", parameter=name)


def _data(judge: Judge, ports: Ports | None, name: str, value: Any, wanted: str) -> None:
    """Data that is named at a port; at a command of its own, a value may stand there too."""
    path = value.get("path") if isinstance(value, Mapping) else value
    is_data = isinstance(value, Mapping) or (isinstance(path, str) and uris.is_reference(path))
    if not is_data and (ports is None or ports.is_open):
        _within(judge, name, value)
        return
    if not isinstance(path, str) or not path:
        shown = str(value)[:60]
        judge.wrong("wrong_type", f"{name} takes {fitting.article(wanted)}, not the value {shown!r}: connect it, or name data.", f"inputs.{name}", port=name)  # fmt: skip
        return
    own = value.get("type", "") if isinstance(value, Mapping) else ""
    kind: str | StudioError = own
    if uris.is_reference(path):
        kind = judge.known.type_of_data(own, path)
    if isinstance(kind, StudioError):
        judge.wrong("unknown_data", f"{name}: {kind.message}", f"inputs.{name}", port=name)
    elif not fitting.fits(kind, wanted):
        judge.wrong("wrong_type", f"{name} takes {fitting.article(wanted)}, and {path[:80]} is {fitting.article(kind)}.", f"inputs.{name}", port=name)  # fmt: skip


def _command(judge: Judge, given: Mapping[str, Any]) -> None:
    """The bindings of a command that stands in its node name what the node has."""
    for binding in command_bindings.find(str(given.get("command") or "")):
        there = {"inputs": given.get("inputs") or {}, "outputs": given.get("outputs") or {}}.get(binding.kind)
        if there is None:
            sentence = f"{binding.text} can't stand in a command; bind ${{{{inputs.x}}}} or ${{{{outputs.x}}}}."
            judge.wrong("bad_binding", sentence, "command")
        elif binding.name not in there and not (binding.is_optional and binding.kind == "inputs"):
            guess = did_you_mean(binding.name, there)
            judge.wrong("unknown_port", f"{binding.text} is not among the node's {binding.kind}.{guess}", "command")
