"""`${{inputs.x}}`, `${{outputs.y}}` and the optional groups `$[[ … ]]`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from runs.tracking.jobfile.command import CommandJob, Literal

# No nested quantifiers: a command of 100 kB is read in one pass.
BINDING = re.compile(r"\$\{\{([^{}]*)\}\}")
GROUP_START, GROUP_END = "$[[", "]]"
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
    groups = list(_groups(text))
    for match in BINDING.finditer(text):
        kind, _, name = match[1].strip().partition(".")
        while groups and groups[0][1] <= match.start():
            groups.pop(0)
        optional = bool(groups) and groups[0][0] <= match.start()
        yield Binding(match[0], kind.strip(), name.strip(), optional, match.start())


def is_binding(text: str) -> bool:
    return BINDING.fullmatch(text.strip()) is not None


def resolve(text: str, job: CommandJob) -> str:
    """The text with literal inputs put in and optional groups decided; data stays bound for the runner to place."""
    literals = job.literals
    present = set(literals) | {name for name, spec in job.inputs.items() if spec.is_data and spec.path}
    return BINDING.sub(lambda match: _value(match, literals), _without_groups(text, present))


def _groups(text: str) -> Iterator[tuple[int, int]]:
    """Where each `$[[ … ]]` begins and ends. A search by hand: a pattern would look at the rest again and again."""
    start = text.find(GROUP_START)
    while start >= 0:
        end = text.find(GROUP_END, start)
        if end < 0:
            return
        yield start, end + len(GROUP_END)
        start = text.find(GROUP_START, end)


def _without_groups(text: str, present: set[str]) -> str:
    pieces, at = [], 0
    for start, end in _groups(text):
        inner = text[start + len(GROUP_START) : end - len(GROUP_END)]
        pieces += [text[at:start], _group(inner, present)]
        at = end
    return "".join([*pieces, text[at:]])


def _group(inner: str, present: set[str]) -> str:
    absent = any(found.kind == "inputs" and found.name not in present for found in find(inner))
    return "" if absent else inner.strip()


def _value(match: "re.Match[str]", literals: Mapping[str, Literal]) -> str:
    kind, _, name = match[1].strip().partition(".")
    if kind.strip() == "inputs" and name.strip() in literals:
        return str(literals[name.strip()])
    return f"${{{{{match[1].strip()}}}}}"
