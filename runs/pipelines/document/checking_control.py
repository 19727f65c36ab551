"""The rules of if_else, do_while and parallel_for."""

from collections.abc import Mapping
from typing import Any

from runs.components.declared import Ports
from runs.pipelines.document import bindings, graph
from runs.pipelines.document.checking_nodes import output_type
from runs.pipelines.document.judging import Judge
from runs.pipelines.document.known import Known, Level
from runs.pipelines.document.problems import Problem
from runs.tracking.jobfile.inputs_outputs import LITERAL_TYPES
from runs.tracking.jobfile.problems import did_you_mean

CONDITIONS = ("boolean", "integer", "number", "string", "uri_file", "")


def control(known: Known, level: Level, name: str, node: Mapping[str, Any]) -> list[Problem]:
    """Everything that is wrong with one control node."""
    judge = Judge(known, level, name)
    if node["type"] == "if_else":
        _branch(judge, node)
    else:
        _loop(judge, node)
        _while(judge, node) if node["type"] == "do_while" else _each(judge, node)
    return judge.found


def loop_ports(level: Level, name: str, node: Mapping[str, Any]) -> Ports | None:
    """A loop has the outputs of its body: of the last round, or of all rounds together."""
    body = level.loop_body(name)
    ports = level.ports.get(body)
    if not body or ports is None:
        return None
    outputs = dict(ports.outputs)
    if node["type"] == "parallel_for":
        # What the rounds leave lies side by side: a folder of theirs, or a table when it is read as one.
        outputs = {port: {**spec, "type": ""} for port, spec in outputs.items()}
        outputs |= {port: {"type": ""} for port in node.get("outputs") or {}}
    return Ports({}, outputs, {})


def _branch(judge: Judge, node: Mapping[str, Any]) -> None:
    _condition(judge, node.get("condition"))
    true, false = bindings.nodes_of(node.get("true_block")), bindings.nodes_of(node.get("false_block"))
    for field, names in (("true_block", true), ("false_block", false)):
        for one in names:
            _is_there(judge, one, field)
            if one == judge.name:
                judge.wrong("bad_control", "An if_else can't stand in its own block.", field)
    for one in set(true) & set(false):
        judge.wrong("bad_control", f"{one} stands in both blocks: it would run either way.", "false_block")


def _condition(judge: Judge, condition: Any) -> None:
    if isinstance(condition, bool):
        return
    bound = bindings.parse(condition)
    if bound is not None and bound.kind == "parent_input":
        if bound.name not in judge.level.inputs:
            guess = did_you_mean(bound.name, judge.level.inputs)
            judge.wrong("unknown_input", f"{bound} names no input of the pipeline.{guess}", "condition")
        return
    if bound is None or bound.kind != "output":
        if condition:
            sentence = f"condition is an output, {bindings.output('NODE', 'PORT')}, true or false, not {str(condition)[:80]!r}."
            judge.wrong("bad_control", sentence, "condition")
        return
    kind = output_type(judge, bound, "condition", "")
    if kind is not None and kind not in CONDITIONS:
        judge.wrong("wrong_type", f"condition must be true or false, and {bound.name} of {bound.node} gives a {kind}.", "condition")  # fmt: skip


def _is_there(judge: Judge, name: str, field: str) -> bool:
    if name in judge.level.jobs:
        return True
    guess = did_you_mean(name, judge.level.jobs)
    judge.wrong("unknown_node", f"{field} names the node {name!r}, which is not there.{guess}", field)
    return False


def _loop(judge: Judge, node: Mapping[str, Any]) -> None:
    level = judge.level
    for body in bindings.nodes_of(node.get("body")):
        if not _is_there(judge, body, "body"):
            continue
        if body == judge.name:
            judge.wrong("bad_control", "A loop can't be its own body.", "body")
        elif level.jobs[body].get("type") == "if_else":
            judge.wrong("bad_control", "The body of a loop is a step or a pipeline, no if_else.", "body")
        elif (other := graph.owners(level.jobs).get(body)) not in (None, judge.name):
            judge.wrong("bad_control", f"{body} is the body of {other} already.", "body")
        elif body in graph.branches(level.jobs):
            judge.wrong("bad_control", f"{body} is a block of an if_else: put the loop there instead.", "body")


def _while(judge: Judge, node: Mapping[str, Any]) -> None:
    body = judge.level.loop_body(judge.name)
    condition = node.get("condition")
    ports = judge.level.ports.get(body)
    if isinstance(condition, str) and condition and not bindings.is_bound(condition):
        if ports is not None and condition not in ports.outputs:
            guess = did_you_mean(condition, ports.outputs)
            judge.wrong("unknown_port", f"condition names no output of {body}: {condition!r}.{guess}", "condition")
    else:
        bound = bindings.parse(condition)
        _condition(judge, condition)
        if bound is not None and bound.kind == "output" and bound.node != body:
            judge.wrong("bad_control", f"The condition of a do_while is an output of its body, {body}.", "condition")
    for output, targets in (node.get("mapping") or {}).items():
        _mapped(judge, body, ports, output, targets)
    if not (node.get("limits") or {}).get("max_iteration_count"):
        judge.wrong("bad_control", "A do_while needs limits.max_iteration_count, so that it ends.", "limits")


def _mapped(judge: Judge, body: str, ports: Ports | None, output: str, targets: Any) -> None:
    """One line of a mapping: an output of the body that becomes its input in the next round."""
    field = f"mapping.{output}"
    if ports is not None and not ports.is_open and output not in ports.outputs:
        guess = did_you_mean(output, ports.outputs)
        judge.wrong("unknown_port", f"mapping names no output of {body}: {output!r}.{guess}", field, port=output)
    for one in targets if isinstance(targets, list) else [targets]:
        bound = bindings.parse(one)
        name = bound.name if bound is not None and bound.kind == "input_of" else str(one)
        if bound is not None and (bound.kind != "input_of" or bound.node != body):
            judge.wrong("bad_control", f"mapping leads to an input of the body, {bindings.input_of(body, 'NAME')}, not {bound}.", field)  # fmt: skip
        elif ports is not None and not ports.is_open and name not in (*ports.inputs, *ports.parameters):
            guess = did_you_mean(name, (*ports.inputs, *ports.parameters))
            judge.wrong("unknown_port", f"{body} has no input {name!r}.{guess}", field, port=name)


def _each(judge: Judge, node: Mapping[str, Any]) -> None:
    body = judge.level.loop_body(judge.name)
    ports = judge.level.ports.get(body)
    items = node.get("items")
    bound = bindings.parse(items)
    if bound is not None and bound.kind == "parent_input":
        if bound.name not in judge.level.inputs:
            guess = did_you_mean(bound.name, judge.level.inputs)
            judge.wrong("unknown_input", f"{bound} names no input of the pipeline.{guess}", "items")
    elif bound is not None and bound.kind == "output":
        kind = output_type(judge, bound, "items", "")
        if kind in LITERAL_TYPES and kind != "string":
            judge.wrong("wrong_type", f"items can't be the {kind} that {bound.node} gives.", "items")
    elif bound is not None:
        judge.wrong("bad_binding", f"{bound.text} can't be items.", "items")
    else:
        _rounds(judge, body, ports, items)
    for port in node.get("outputs") or {}:
        if ports is not None and not ports.is_open and port not in ports.outputs:
            guess = did_you_mean(port, ports.outputs)
            judge.wrong("unknown_port", f"{body} has no output {port!r}.{guess}", f"outputs.{port}", port=port)


def _rounds(judge: Judge, body: str, ports: Ports | None, items: Any) -> None:
    rounds = list(items.values()) if isinstance(items, dict) else items or []
    if not rounds:
        judge.wrong("bad_control", "items is empty: there would be no round.", "items")
    if ports is None or ports.is_open:
        return
    there = (*ports.inputs, *ports.parameters)
    unknown = {name: None for one in rounds for name in one if name not in there}
    for name in unknown:
        guess = did_you_mean(name, there)
        judge.wrong("unknown_port", f"items gives {name!r}, and {body} has no such input.{guess}", "items", port=name)
