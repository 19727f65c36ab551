"""`${{inputs.x}}`, `${{outputs.y}}` and the optional groups `$[[ … ]]`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from runs.tracking.jobfile.command import CommandJob, Literal

# No nested quantifiers: a command of 100 kB is read in one pass.
BINDING = re.compile(r"\$\{\{([^{}]*)\}\}")
GROUP = re.compile(r"\$\[\[(.*?)\]\]", re.DOTALL)
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class Binding:
    text: str  # as written, "${{ inputs.lr }}"
    kind: str  # "inputs", "outputs" or what stands before the dot
    name: str
    is_optional: bool  # inside $[[ ]]
    start: int


def find(text: str) -> Iterator[Binding]:
    """Every binding of a text, in order."""
    groups = [match.span() for match in GROUP.finditer(text)]
    for match in BINDING.finditer(text):
        kind, _, name = match[1].strip().partition(".")
        optional = any(start <= match.start() < end for start, end in groups)
        yield Binding(match[0], kind.strip(), name.strip(), optional, match.start())


def is_binding(text: str) -> bool:
    return BINDING.fullmatch(text.strip()) is not None


def resolve(text: str, job: CommandJob) -> str:
    """The text with literal inputs put in and optional groups decided; data stays bound for the runner to place."""
    literals = job.literals
    present = set(literals) | {name for name, spec in job.inputs.items() if spec.is_data and spec.path}
    text = GROUP.sub(lambda match: _group(match[1], present), text)
    return BINDING.sub(lambda match: _value(match, literals), text)


def _group(inner: str, present: set[str]) -> str:
    absent = any(found.kind == "inputs" and found.name not in present for found in find(inner))
    return "" if absent else inner.strip()


def _value(match: "re.Match[str]", literals: Mapping[str, Literal]) -> str:
    kind, _, name = match[1].strip().partition(".")
    if kind.strip() == "inputs" and name.strip() in literals:
        return str(literals[name.strip()])
    return f"${{{{{match[1].strip()}}}}}"
