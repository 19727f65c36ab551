"""What decides which steps run, and how often: if_else, do_while, parallel_for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Union

from atelier import _errors
from atelier._pipelines import known, levels, values
from atelier._pipelines.nodes import OF_CONTROL, Node
from atelier._pipelines.wires import NodeInput, NodeOutput, Wire

Record = dict[str, Any]
Blocks = Union[Node, Sequence[Node], None]


class Control(Node):
    """A node that decides. `fields` are those of its type."""

    def __init__(self, kind: str, fields: Callable[[Path], Record], declared: known.Declared | None) -> None:
        super().__init__(levels.required(f"atelier.{kind}"), kind, kind, None, declared)
        self.__dict__["fields"] = fields
        self.level.add(self)

    @property
    def can_have(self) -> tuple[str, ...]:
        return OF_CONTROL

    def to_dict(self, folder: Path) -> Record:
        found: Record = {"type": self.kind, "comment": "", **self._said(folder)}
        found |= self.__dict__["fields"](folder)
        return {**found, **({"outputs": self._outputs()} if self.kind == "parallel_for" else {})}

    def problems(self) -> list[str]:
        return []


class Loop(Control):
    """A do_while: its outputs are those of its body, of the last round."""

    def wire(self, side: str, port: str) -> Wire:
        body: Node = self.__dict__["body"]
        return body.wire(side, port)


def if_else(condition: Any, true_block: Blocks = None, false_block: Blocks = None) -> Node:
    """Runs one block or the other. The condition is an output of the type boolean, an input of the pipeline, or a value."""
    level = levels.required("atelier.if_else")
    if not isinstance(condition, (bool, Wire)):
        raise _errors.UsageError(
            "The condition of an if_else is an output of a node, an input of the pipeline, True or False."
        )
    level.check(condition, "if_else")
    blocks = {"true_block": _nodes(level, true_block), "false_block": _nodes(level, false_block)}
    if not any(blocks.values()):
        raise _errors.UsageError("An if_else needs a true_block or a false_block: a node of this pipeline.")

    def fields(folder: Path) -> Record:
        named = {name: [_binding(one) for one in nodes] for name, nodes in blocks.items() if nodes}
        found = {name: nodes[0] if len(nodes) == 1 else nodes for name, nodes in named.items()}
        return {"condition": values.rendered(condition, folder), **found}

    return Control("if_else", fields, known.Declared())


def do_while(body: Node, condition: Any, mapping: Mapping[Any, Any] | None = None, *, max_iteration_count: int) -> Node:
    """Runs the body until its output `condition` is false; `mapping` leads outputs of it to its inputs in the next round.

    `do_while(step, step.outputs.again, {step.outputs.model: step.inputs.start}, max_iteration_count=10)`
    """
    level = levels.required("atelier.do_while")
    (body,) = _nodes(level, _node(body, "do_while"))
    condition = body.outputs[condition] if isinstance(condition, str) else condition
    if not isinstance(condition, (bool, NodeOutput)):
        raise _errors.UsageError("The condition of a do_while is an output of its body, such as body.outputs.again.")
    level.check(condition, "do_while")
    if isinstance(max_iteration_count, bool) or not isinstance(max_iteration_count, int) or max_iteration_count < 1:
        raise _errors.UsageError("max_iteration_count is the most rounds of a do_while: a whole number from 1.")
    leads = _leads(body, mapping or {})

    def fields(folder: Path) -> Record:
        targets = {name: [one.binding() for one in ends] for name, ends in leads.items()}
        return {
            "body": _binding(body),
            "condition": values.rendered(condition, folder),
            "mapping": {name: ends[0] if len(ends) == 1 else ends for name, ends in targets.items()},
            "limits": {"max_iteration_count": max_iteration_count},
        }

    loop = Loop("do_while", fields, body.declared)
    loop.__dict__["body"] = body
    body.__dict__["is_body"] = True
    return loop


def parallel_for(body: Node, items: Any, *, max_concurrency: int | None = None) -> Node:
    """One round of the body for each of `items`; `loop.outputs.port` is all rounds' output, side by side.

    `items` is a list or mapping of inputs (`[{"rate": 0.1}, {"rate": 0.2}]`), an input of the pipeline, or an output: a
    folder (a round for each file or folder in it) or a JSON file.
    """
    level = levels.required("atelier.parallel_for")
    (body,) = _nodes(level, _node(body, "parallel_for"))
    level.check(items, "parallel_for")
    rounds = items if isinstance(items, (Wire, str)) else _rounds(body, items)

    def fields(folder: Path) -> Record:
        most = {} if max_concurrency is None else {"max_concurrency": max_concurrency}
        return {"body": _binding(body), "items": values.rendered(rounds, folder), **most}

    facts = known.Declared({}, body.declared.outputs) if body.declared else None
    loop = Control("parallel_for", fields, facts)
    body.__dict__["is_body"] = True
    return loop


def _rounds(body: Node, items: Any) -> Any:
    if isinstance(items, Mapping):
        return {str(name): _round(body, one) for name, one in items.items()}
    if isinstance(items, (list, tuple)):
        return [_round(body, one) for one in items]
    raise _errors.UsageError(
        "items of a parallel_for is a list or mapping of inputs, an input of the pipeline or an output."
    )


def _round(body: Node, one: Any) -> Record:
    if not isinstance(one, Mapping):
        raise _errors.UsageError(
            f"Each of items is a mapping of inputs and their values, such as {{'rate': 0.1}}, not {one!r}."
        )
    for name in one:
        body.wire("inputs", str(name))
    return {str(name): values.literal(value, f"input {name} of a round") for name, value in one.items()}


def _leads(body: Node, mapping: Mapping[Any, Any]) -> dict[str, list[NodeInput]]:
    found: dict[str, list[NodeInput]] = {}
    for source, ends in mapping.items():
        output = body.outputs[source] if isinstance(source, str) else source
        listed = [ends] if isinstance(ends, (str, Wire)) else list(ends)
        inputs = [body.inputs[one] if isinstance(one, str) else one for one in listed]
        own = [one for one in inputs if isinstance(one, NodeInput) and one.node is body]
        if not isinstance(output, NodeOutput) or output.node is not body or len(own) < len(inputs):
            raise _errors.UsageError(
                "mapping of a do_while is {body.outputs.NAME: body.inputs.NAME}: outputs of its body to inputs of its body."
            )
        found[output.port] = own
    return found


def _node(given: Any, what: str) -> Node:
    if not isinstance(given, Node):
        raise _errors.UsageError(
            f"The body of a {what} is one node of this pipeline: what calling a component answers."
        )
    return given


def _nodes(level: levels.Level, given: Any) -> list[Node]:
    listed: Iterable[Any] = [] if given is None else [given] if isinstance(given, Node) else given
    found = []
    for one in listed:
        if not isinstance(one, Node) or one.level is not level:
            raise _errors.UsageError(
                f"{one!r} is no node of the pipeline {level.name}; a block is what calling a component answers."
            )
        found.append(one)
    return found


def _binding(node: Node) -> str:
    return f"${{{{parent.jobs.{node.name}}}}}"
