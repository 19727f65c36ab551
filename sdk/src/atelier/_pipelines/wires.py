"""What is known only when a pipeline runs: its inputs, and the outputs and inputs of its nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from atelier import _errors

if TYPE_CHECKING:
    from atelier._pipelines.levels import Level
    from atelier._pipelines.nodes import Node


class Wire:
    """Something that goes from one place of a pipeline to another. It can be handed on, not computed with."""

    level: Level

    def binding(self) -> str:
        """As the pipeline file says it: `${{parent.jobs.split.outputs.results}}`."""
        raise NotImplementedError

    def _unknown(self, *_: object) -> NoReturn:
        raise _errors.UsageError(
            f"{self!r} is known only when the pipeline runs: hand it to a component, or decide with atelier.if_else(…)."
        )

    def __eq__(self, other: object) -> bool:
        return True if other is self else self._unknown()

    __hash__ = object.__hash__
    __bool__ = __int__ = __float__ = __len__ = __iter__ = __lt__ = __le__ = __gt__ = __ge__ = _unknown
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __neg__ = _unknown

    def __format__(self, how: str) -> str:
        self._unknown()


class PipelineInput(Wire):
    """An input of the pipeline. Within a text (`f"exclude names {column}"`) it is put in when the pipeline runs."""

    def __init__(self, level: Level, name: str, type: str) -> None:
        self.level, self.name, self.type = level, name, type

    def binding(self) -> str:
        return f"${{{{parent.inputs.{self.name}}}}}"

    def __str__(self) -> str:
        return self.binding()

    def __format__(self, how: str) -> str:
        return format(self.binding(), how)

    def __repr__(self) -> str:
        return f"The input {self.name} of the pipeline {self.level.name}"


class NodeOutput(Wire):
    """An output of a node; `type` is empty where nobody has said it."""

    def __init__(self, node: Node, port: str, type: str = "") -> None:
        self.node, self.port, self.type = node, port, type
        self.level = node.level

    def binding(self) -> str:
        return f"${{{{parent.jobs.{self.node.name}.outputs.{self.port}}}}}"

    def __repr__(self) -> str:
        return f"The output {self.port} of {self.node.label}"


class NodeInput(Wire):
    """An input of a node, as the mapping of a do_while names it."""

    def __init__(self, node: Node, port: str) -> None:
        self.node, self.port, self.level = node, port, node.level

    def binding(self) -> str:
        return f"${{{{parent.jobs.{self.node.name}.inputs.{self.port}}}}}"

    def __repr__(self) -> str:
        return f"The input {self.port} of {self.node.label}"


class Ports:
    """`node.outputs.model` or `node.outputs["model"]`; the same of inputs. Assigning gives the port what is assigned."""

    def __init__(self, node: Node, side: str) -> None:
        self.__dict__["_node"] = node
        self.__dict__["_side"] = side

    def __getitem__(self, port: str) -> Any:
        return self._node.wire(self._side, port)

    def __setitem__(self, port: str, value: Any) -> None:
        self._node.put(self._side, port, value)

    def __getattr__(self, port: str) -> Any:
        if port.startswith("_"):  # what Python and notebooks ask of any object
            raise AttributeError(port)
        return self[port]

    def __setattr__(self, port: str, value: Any) -> None:
        self[port] = value

    def __dir__(self) -> list[str]:
        return self._node.known(self._side)

    def __repr__(self) -> str:
        return f"The {self._side} of {self._node.label}: {', '.join(self._node.known(self._side)) or 'not known here'}"
