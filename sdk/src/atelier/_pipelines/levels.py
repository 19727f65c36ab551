"""A pipeline while its function runs: the nodes it has made, and how they are named."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

from atelier import _errors
from atelier._pipelines.wires import PipelineInput, Wire

if TYPE_CHECKING:
    from atelier._pipelines.nodes import Node

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,254}\Z")
_running: ContextVar[Level | None] = ContextVar("atelier_pipeline", default=None)


class Level:
    """One pipeline, or one nested in another."""

    def __init__(self, name: str, code: CodeType, outer: Level | None = None) -> None:
        """Raises UsageError for a pipeline that calls itself, also by another one."""
        self.name = name
        self.codes: tuple[CodeType, ...] = (*(outer.codes if outer else ()), code)
        if code in self.codes[:-1]:
            raise _errors.UsageError(
                f"The pipeline {name} calls itself; a loop is atelier.do_while or atelier.parallel_for."
            )
        self.inputs: dict[str, PipelineInput] = {}
        self._code = code
        self._made: list[Node] = []
        self._named: dict[str, Node] = {}

    @property
    def nodes(self) -> dict[str, Node]:
        """The nodes by name, in the order in which they were made."""
        return self._named or {node.name: node for node in self._made}

    def add(self, node: Node) -> Node:
        """One more node, which is answered."""
        self._made.append(node)
        return node

    def check(self, value: Any, where: str) -> None:
        """Raises UsageError for a wire of another pipeline."""
        if isinstance(value, Wire) and value.level is not self:
            raise _errors.UsageError(
                f"{value!r} can't be used in {where}: it belongs to the pipeline {value.level.name}. Make it an input of "
                f"{self.name}, and hand it over where {self.name} is called."
            )

    def run(self, function: Callable[..., Any]) -> Any:
        """What the function answers with the inputs. Its nodes are named after the variables that hold them."""
        outer, before = _running.set(self), sys.getprofile()
        found: dict[str, Any] = {}

        def watch(frame: FrameType, event: str, _: Any) -> None:
            if event == "return" and frame.f_code is self._code:
                found.update(frame.f_locals)

        try:
            sys.setprofile(watch)
            answer = function(**self.inputs)
        finally:
            sys.setprofile(before)
            _running.reset(outer)
        self._name_all(found)
        return answer

    def _name_all(self, variables: Mapping[str, Any]) -> None:
        given = [node for node in self._made if node.is_named]
        taken: dict[str, Node] = {}
        for node in given:
            if node.name in taken:
                raise _errors.UsageError(
                    f"{node.site}: two nodes are named {node.name!r}; {taken[node.name].site} has the other."
                )
            taken[node.name] = node
        held = {id(value): name for name, value in reversed(list(variables.items()))}
        left = [node for node in self._made if not node.is_named]
        for node in sorted(left, key=lambda one: id(one) not in held):
            name = _free(held.get(id(node)) or node.stem, taken)
            node.call(name)
            taken[name] = node
        self._named = {node.name: node for node in self._made}


def current() -> Level | None:
    """The pipeline whose function runs."""
    return _running.get()


def required(what: str) -> Level:
    """The same. Raises UsageError when there is none."""
    found = current()
    if found is None:
        raise _errors.UsageError(
            f"{what} makes a node of a pipeline: call it in a function that has @atelier.pipeline."
        )
    return found


def _free(wanted: str, taken: Mapping[str, Node]) -> str:
    """The name, or with the next number; what names can't have becomes `_`."""
    stem = re.sub(r"[^A-Za-z0-9_-]+", "_", wanted)[:200] or "node"
    stem = stem if NAME.match(stem) else f"_{stem}"
    number, name = 1, stem
    while name in taken:
        number += 1
        name = f"{stem}_{number}"
    return name
