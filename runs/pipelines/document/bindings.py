"""`${{parent.jobs.split.outputs.results}}` and its like, read and written."""

from runs.components.files.bindings import (
    Binding,
    fill,
    find,
    input_of,
    is_bound,
    node,
    nodes_of,
    of_given,
    output,
    parent_input,
    parent_output,
    parse,
    renamed,
    write,
)

__all__ = [
    "Binding",
    "fill",
    "find",
    "input_of",
    "is_bound",
    "node",
    "nodes_of",
    "of_given",
    "output",
    "parent_input",
    "parent_output",
    "parse",
    "renamed",
    "write",
]
