"""What is wrong with a pipeline: at its node, in one sentence, the same on the canvas, in REST and in the terminal."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from runs.tracking.jobfile.problems import Place
from runs.tracking.jobfile.problems import Problem as FileProblem
from studio.errors import Invalid

MAX_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Problem:
    """`node` is the node's name, of one in a nested pipeline "outer.inner"; empty for the pipeline itself."""

    code: str
    sentence: str
    node: str = ""
    port: str = ""  # the input or output
    parameter: str = ""
    path: str = ""  # the field, "jobs.train.inputs.data"
    line: int = 0  # from 1; 0 where there is none
    column: int = 0

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


class InvalidPipeline(Invalid):
    """A pipeline that can't run as it is; nothing was made. `problems` has all that is wrong."""

    def __init__(self, problems: Iterable[Problem], file_name: str = "") -> None:
        found = list(problems)
        more = f" ({len(found) - 1} more)" if len(found) > 1 else ""
        super().__init__(
            "invalid_pipeline",
            said(found[0], file_name) + more,
            hint="Nothing was started. docs/pipelines.md says what a pipeline file may hold.",
            fields=_by_field(found[:MAX_SHOWN], file_name),
        )
        self.problems = found


def said(problem: Problem, file_name: str = "") -> str:
    """The sentence with what it speaks of: `pipeline.yml:12:7: …`, or `train: …`."""
    if problem.line and file_name:
        return f"{file_name}:{problem.line}:{problem.column}: {problem.sentence}"
    return f"{problem.node}: {problem.sentence}" if problem.node else problem.sentence


def of_file(found: FileProblem) -> Problem:
    """A problem of the reader as one of the pipeline."""
    node, port = _where(found.path)
    first = found.text.split(" ", 1)[0]
    text = found.text[:1].upper() + found.text[1:] if first.isalpha() else found.text
    text = text if text.endswith(("?", ".")) else f"{text}."
    if found.place.note:
        text = f"{found.place.note}: {text}"
    code = getattr(found, "code", "bad_value")
    return Problem(code, text, node, port, "", found.path, found.place.line, found.place.column)


def placed(problems: Iterable[Problem], places: Mapping[str, Place]) -> list[Problem]:
    """The problems with line and column, where the file has the field or what holds it."""
    return [_placed(problem, places) for problem in problems]


def _placed(problem: Problem, places: Mapping[str, Place]) -> Problem:
    path = problem.path
    while path and path not in places:
        path = path.rpartition(".")[0]
    place = places.get(path)
    if place is None or problem.line:
        return problem
    values = asdict(problem) | {"line": place.line, "column": place.column}
    return Problem(**values)


def _where(path: str) -> tuple[str, str]:
    """`jobs.outer.component.jobs.inner.inputs.x` → ("outer.inner", "x")."""
    names, port = [], ""
    parts = path.split(".")
    while len(parts) > 1 and parts[0] == "jobs":
        names.append(parts[1])
        parts = parts[2:]
        if len(parts) > 1 and parts[0] in ("inputs", "outputs"):
            port = parts[1]
        if parts[:1] == ["component"]:
            parts = parts[1:]
    if not names and len(parts) > 1 and parts[0] in ("inputs", "outputs"):
        port = parts[1]
    return ".".join(names), port


def _by_field(found: list[Problem], file_name: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for number, problem in enumerate(found, start=1):
        name = problem.path or problem.node or "pipeline"
        fields[name if name not in fields else f"{name} #{number}"] = said(problem, file_name)
    return fields
