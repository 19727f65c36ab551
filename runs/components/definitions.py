"""A component file as it is sent → its definition, with what else has to be sent along."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runs.components.files import component, includes
from runs.components.files.checking import FileCheck, Shared
from runs.tracking.jobfile import reader
from runs.tracking.jobfile.needs import Need
from runs.tracking.jobfile.problems import JobFileError, Problem
from studio.errors import Invalid

MAX_SHOWN = 20
# What people read of a component, and what does not decide what it does.
WORDS = ("name", "version", "display_name", "description", "category", "tags", "properties")


@dataclass(frozen=True, slots=True)
class ReadComponent:
    definition: dict[str, Any]
    problems: tuple[Problem, ...]
    needs: tuple[Need, ...]
    notes: tuple[str, ...]


class InvalidComponent(Invalid):
    """A component file that can't be registered; nothing was kept."""

    def __init__(self, file_name: str, problems: tuple[Problem, ...]) -> None:
        more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(
            "invalid_component",
            problems[0].sentence(file_name) + more,
            hint="Nothing was registered. docs/pipelines.md says what a component file may hold.",
            fields={
                one.path or f"file #{number}": one.sentence(file_name)
                for number, one in enumerate(problems[:MAX_SHOWN])
            },
        )
        self.problems = problems


def read(text: str, file_name: str = "component.yml", files: Mapping[str, str] | None = None) -> ReadComponent:
    """What a component file says. `needs` of the answer is what it names beside it; texts that were sent are read in."""
    check = FileCheck(Shared(files or {}))
    try:
        table = reader.read(text, file_name, component.LIMITS)
        found = component.definition(check, table, "", 0)
    except JobFileError as error:
        return ReadComponent({}, tuple(error.problems), (), ())
    if not found.get("name"):
        check.wrong("name", table.place, "name is missing: lower-case letters, digits and '_'", "bad_name")
    problems = tuple(sorted(check.problems, key=lambda one: (one.place.line, one.place.column)))
    return ReadComponent(found, problems, tuple(check.shared.needs.values()), tuple(check.notes))


def digest(definition: Mapping[str, Any], snapshot: str) -> str:
    """Of everything that decides what it does: the same for two files that differ in words only."""
    meant = {key: value for key, value in definition.items() if key not in (*WORDS, "code", includes.FIELD)}
    text = json.dumps([meant, snapshot], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def code_below(definition: Mapping[str, Any]) -> list[str]:
    """The folders of code that steps inside a pipeline component name."""
    found = []
    for node in (definition.get("jobs") or {}).values():
        inner = node.get("component")
        for one in (node, inner if isinstance(inner, Mapping) else {}):
            found += [code] if (code := includes.sent_as(one)) else []
        found += code_below(inner) if isinstance(inner, Mapping) else []
    return found
