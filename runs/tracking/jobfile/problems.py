"""What is wrong with a job file, and where."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn

from studio.errors import Invalid

MAX_SHOWN = 20
SHORT = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Line and column, from 1; line 0 where there is none (plain data, an override)."""

    line: int
    column: int
    note: str = ""  # "--set inputs.lr" for what did not come from the file


@dataclass(frozen=True, slots=True)
class Problem:
    path: str  # the field, "inputs.lr"
    place: Place
    text: str

    def sentence(self, file_name: str) -> str:
        """`job.yml:5:3: unknown field 'comand'. Did you mean 'command'?`"""
        text = self.text if self.text.endswith(("?", ".")) else f"{self.text}."
        if self.place.note:
            return f"{self.place.note}: {text}"
        if not self.place.line:
            return f"{file_name}: {text}"
        return f"{file_name}:{self.place.line}:{self.place.column}: {text}"


class JobFileError(Invalid):
    """A job file that can't be run as it is; nothing was created."""

    def __init__(self, file_name: str, problems: Iterable[Problem]) -> None:
        found = sorted(problems, key=lambda problem: (problem.place.line, problem.place.column))
        more = f" ({len(found) - 1} more)" if len(found) > 1 else ""
        super().__init__(
            "invalid_job_file",
            found[0].sentence(file_name) + more,
            hint="Nothing was created. docs/job-file.md lists every field.",
            fields=_by_field(file_name, found[:MAX_SHOWN]),
        )
        self.problems = found


def _by_field(file_name: str, found: list[Problem]) -> dict[str, str]:
    """Each problem under its field's path, or a number where there is none or it is taken."""
    fields: dict[str, str] = {}
    for number, problem in enumerate(found, start=1):
        name = problem.path if problem.path and problem.path not in fields else f"{problem.path} #{number}".strip()
        fields[name] = problem.sentence(file_name)
    return fields


def refuse(file_name: str, problem: Problem) -> NoReturn:
    raise JobFileError(file_name, [problem])


def did_you_mean(wanted: str, known: Iterable[str]) -> str:
    """` Did you mean 'command'?` or nothing."""
    names = {name.casefold(): name for name in known}
    short = len(wanted) < SHORT  # of a name of two letters one is half
    close = difflib.get_close_matches(wanted.casefold()[:100], list(names), n=1, cutoff=0.5 if short else 0.6)
    return f" Did you mean {names[close[0]]!r}?" if close else ""
