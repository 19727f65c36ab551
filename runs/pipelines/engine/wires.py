"""What the values of a node are bound to, as the engine follows them."""

from dataclasses import dataclass
from typing import Any

from runs.pipelines.document import bindings

KINDS = {"output": "output", "node": "node", "parent_input": "input", "parent_output": "result", "input_of": "input_of"}


@dataclass(frozen=True, slots=True)
class Wire:
    """`kind` is "output" (of the node `name`, at `port`), "node" (`name`), "input" (of the pipeline) or "result" (its output)."""

    kind: str
    name: str
    port: str = ""


def read(value: Any) -> Wire | None:
    """What a value of a node is bound to; None where it is no binding. `{path: ${{…}}}` counts as its path."""
    found = bindings.of_given(value)
    if found is None or found.kind not in KINDS:
        return None
    kind = KINDS[found.kind]
    return Wire(kind, found.name) if not found.node else Wire(kind, found.node, found.name)
