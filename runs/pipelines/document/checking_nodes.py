"""What can be wrong with a step: its wires, its parameters, where it runs and what it leaves."""

from collections.abc import Mapping
from typing import Any

from atelier.components import catalogue
from atelier.components import checking as parameter_checks

from registry.data import names, uris
from runs.components.declared import STUDIO, Ports
from runs.components.files import interface
from runs.pipelines.document import bindings, fitting, taken
from runs.pipelines.document.known import Known, Level
from runs.pipelines.document.problems import Problem
from runs.tracking.jobfile import bindings as command_bindings
from runs.tracking.jobfile.inputs_outputs import LITERAL_TYPES, place_of_output
from runs.tracking.jobfile.problems import did_you_mean
from studio.errors import Invalid, StudioError


class Judge:
    """Collects the problems of one node."""

    def __init__(self, known: Known, level: Level, name: str) -> None:
        self.known, self.level, self.name = known, level, name
        self.found: list[Problem] = []

    def wrong(self, code: str, sentence: str, field: str = "", *, port: str = "", parameter: str = "") -> None:
        node = f"{self.level.name}.{self.name}" if self.level.name else self.name
        path = f"{self.level.path}jobs.{self.name}" + (f".{field}" if field else "")
        self.found.append(Problem(code, sentence, node, port, parameter, path))


def node(
    known: Known, level: Level, name: str, given: Mapping[str, Any], values: Mapping[str, Any] | None
) -> list[Problem]:
    """Everything that is wrong with one step."""
    judge = Judge(known, level, name)
    ports = level.ports.get(name)
    for key, value in (given.get("inputs") or {}).items():
        _input(judge, ports, key, value)
    if ports is not None and not ports.is_open:
        _missing(judge, ports, given)
        _parameters(judge, ports, given, values)
    _outputs(judge, ports, given.get("outputs") or {})
    if ports is not None and ports.is_open:
        _command(judge, given)
    compute = given.get("compute") or ""
    if compute and "${{" not in compute:
        sentence = known.compute(compute)
        judge.wrong("unknown_compute", sentence, "compute") if sentence else None
    elif (bound := bindings.parse(compute)) is not None:
        _parent_input(judge, bound, "compute", "string", "compute")
    return judge.found


def pipeline_inputs(known: Known, document: Mapping[str, Any], values: Mapping[str, Any] | None) -> list[Problem]:
    """The inputs of the pipeline: data that exists; with the values of a run, nothing missing and nothing that misfits."""
    found = []
    for name, spec in document["inputs"].items():
        sentence, code = _pipeline_input(
            known, name, taken.as_taken(document, name, spec, (values or {}).get(name)), values
        )
        if sentence:
            found.append(Problem(code, sentence, parameter=name, path=f"inputs.{name}"))
    for name in values or {}:
        if name not in document["inputs"]:
            guess = did_you_mean(name, document["inputs"])
            sentence = f"The pipeline has no input {name[:80]!r}.{guess}"
            found.append(Problem("unknown_parameter", sentence, parameter=name, path=f"inputs.{name}"))
    for name, spec in document["outputs"].items():
        if spec.get("path") and (sentence := _place(spec["path"])):
            found.append(Problem("bad_value", sentence, port=name, path=f"outputs.{name}"))
        if spec.get("name") and (sentence := _asset_name(spec["name"])):
            found.append(Problem("bad_name", sentence, port=name, path=f"outputs.{name}"))
    return found


def _pipeline_input(
    known: Known, name: str, spec: Mapping[str, Any], values: Mapping[str, Any] | None
) -> tuple[str, str]:
    value = (values or {}).get(name)
    if spec.get("type") in LITERAL_TYPES:
        value = spec.get("default") if value is None else value
        if value is None:
            is_missing = values is not None and not spec.get("optional")
            return (f"The input {name} has no value.", "missing_input") if is_missing else ("", "")
        return interface.misfit(value, dict(spec), name), "out_of_range"
    path = value.get("path") if isinstance(value, Mapping) else value
    path = path or spec.get("path") or ""
    if not path:
        is_missing = values is not None and not spec.get("optional")
        return (f"The input {name} has no data.", "missing_input") if is_missing else ("", "")
    if not isinstance(path, str):
        return f"{name} takes data: a reference such as azureml:cars@latest.", "wrong_type"
    kind = known.type_of_data(spec.get("type", ""), path) if uris.is_reference(path) else ""
    return (f"{name}: {kind.message}", "unknown_data") if isinstance(kind, StudioError) else ("", "")


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


def _missing(judge: Judge, ports: Ports, given: Mapping[str, Any]) -> None:
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


def _parameters(judge: Judge, ports: Ports, given: Mapping[str, Any], values: Mapping[str, Any] | None) -> None:
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


def _outputs(judge: Judge, ports: Ports | None, outputs: Mapping[str, Any]) -> None:
    for name, value in outputs.items():
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
            sentence = _place(value["path"]) if value.get("path") else ""
            sentence = sentence or (_asset_name(value["name"]) if value.get("name") else "")
            judge.wrong("bad_value", sentence, field, port=name) if sentence else None


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


def _place(path: str) -> str:
    try:
        place_of_output(path)
    except Invalid as error:
        return error.message
    return ""


def _asset_name(name: str) -> str:
    try:
        names.asset_name(name)
    except Invalid as error:
        return error.message
    return ""


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
