"""`${{parent.jobs.split.outputs.results}}` and its like: what a value of a pipeline is bound to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_WHOLE = re.compile(r"\s*\$\{\{([^{}]*)\}\}\s*\Z")
_EACH = re.compile(r"\$\{\{([^{}]*)\}\}")
_NAME = r"([A-Za-z_][A-Za-z0-9_-]*)"
_FORMS = (
    ("output", re.compile(rf"parent\s*\.\s*jobs\s*\.\s*{_NAME}\s*\.\s*outputs\s*\.\s*{_NAME}")),
    ("input_of", re.compile(rf"parent\s*\.\s*jobs\s*\.\s*{_NAME}\s*\.\s*inputs\s*\.\s*{_NAME}")),
    ("node", re.compile(rf"parent\s*\.\s*jobs\s*\.\s*{_NAME}")),
    ("parent_input", re.compile(rf"parent\s*\.\s*inputs\s*\.\s*{_NAME}")),
    ("parent_output", re.compile(rf"parent\s*\.\s*outputs\s*\.\s*{_NAME}")),
)


@dataclass(frozen=True, slots=True)
class Binding:
    """`kind` is "output" (of the node), "input_of" (a node), "node", "parent_input", "parent_output" or "unknown"."""

    kind: str
    node: str = ""
    name: str = ""
    text: str = ""

    def __str__(self) -> str:
        return self.text or write(self)


def parse(value: Any) -> Binding | None:
    """What a value is bound to as a whole; None for anything else, also for a text with a binding inside."""
    if not isinstance(value, str):
        return None
    match = _WHOLE.match(value)
    return _read(match[1], match[0].strip()) if match else None


def find(value: Any) -> Iterator[Binding]:
    """Every binding in a text, or in all texts of a mapping or a list."""
    if isinstance(value, str):
        for match in _EACH.finditer(value):
            yield _read(match[1], match[0])
    elif isinstance(value, dict):
        for item in value.values():
            yield from find(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from find(item)


def is_bound(value: Any) -> bool:
    return parse(value) is not None


def fill(text: str, values: dict[str, Any]) -> str:
    """A text with `${{parent.inputs.NAME}}` put in where `values` has the name."""

    def value(match: "re.Match[str]") -> str:
        found = _read(match[1], match[0])
        return str(values[found.name]) if found.kind == "parent_input" and found.name in values else match[0]

    return _EACH.sub(value, text)


def of_given(value: Any) -> Binding | None:
    """What an input or an output of a node is bound to, written as a text or as `{path: ${{…}}, mode}`."""
    return parse(value.get("path")) if isinstance(value, dict) else parse(value)


def nodes_of(block: Any) -> list[str]:
    """The nodes that a block or a body names: `${{parent.jobs.NODE}}`, or a list of them."""
    found = [parse(one) for one in (block if isinstance(block, list | tuple) else [block])]
    return [one.node for one in found if one is not None and one.kind == "node"]


def output(node: str, port: str) -> str:
    return f"${{{{parent.jobs.{node}.outputs.{port}}}}}"


def input_of(node: str, port: str) -> str:
    return f"${{{{parent.jobs.{node}.inputs.{port}}}}}"


def node(name: str) -> str:
    return f"${{{{parent.jobs.{name}}}}}"


def parent_input(name: str) -> str:
    return f"${{{{parent.inputs.{name}}}}}"


def parent_output(name: str) -> str:
    return f"${{{{parent.outputs.{name}}}}}"


def write(binding: Binding) -> str:
    """A binding as files have it."""
    if binding.kind == "output":
        return output(binding.node, binding.name)
    if binding.kind == "input_of":
        return input_of(binding.node, binding.name)
    if binding.kind == "node":
        return node(binding.node)
    if binding.kind == "parent_input":
        return parent_input(binding.name)
    return parent_output(binding.name) if binding.kind == "parent_output" else binding.text


def normal(text: str) -> str:
    """A text whose bindings are written without spaces, as the normal form has them."""
    return _EACH.sub(lambda match: write(_read(match[1], match[0])), text) if "${{" in text else text


def renamed(value: Any, names: dict[str, str]) -> Any:
    """A value whose bindings name nodes by their new names."""
    if isinstance(value, str):
        return _EACH.sub(lambda match: _named(_read(match[1], match[0]), names), value)
    if isinstance(value, dict):
        return {key: renamed(item, names) for key, item in value.items()}
    return [renamed(item, names) for item in value] if isinstance(value, list) else value


def _named(binding: Binding, names: dict[str, str]) -> str:
    if binding.node not in names:
        return str(binding)
    return write(Binding(binding.kind, names[binding.node], binding.name))


def _read(inner: str, text: str) -> Binding:
    for kind, form in _FORMS:
        if match := form.fullmatch(inner.strip()):
            if kind in ("output", "input_of"):
                return Binding(kind, match[1], match[2], text)
            return Binding(kind, match[1], "", text) if kind == "node" else Binding(kind, "", match[1], text)
    return Binding("unknown", "", "", text)
