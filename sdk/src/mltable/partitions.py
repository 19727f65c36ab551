"""Columns read out of the paths of files: `/{department}/{day:yyyy/MM/dd}/sales.csv`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from re import Pattern

from mltable.problems import PlanError, shown

MAX_TEXT = 1_000
MAX_COLUMNS = 20
_FIELD = re.compile(r"\{([^{}:]+)(?::([^{}]+))?\}")
_NAME = re.compile(r"[A-Za-z_][\w .-]{0,200}")
_TIMES: dict[str, tuple[str, str]] = {
    "yyyy": ("%Y", r"\d{4}"), "MM": ("%m", r"\d{2}"), "dd": ("%d", r"\d{2}"), "HH": ("%H", r"\d{2}"),
    "mm": ("%M", r"\d{2}"), "ss": ("%S", r"\d{2}"),
}  # fmt: skip
_TOKEN = re.compile("|".join(_TIMES) + "|.", re.DOTALL)


@dataclass(frozen=True)
class Partition:
    """A pattern of paths. `columns` are (name, strptime format or "") in the order in which they stand."""

    text: str
    pattern: Pattern[str]
    columns: tuple[tuple[str, str], ...]

    def values(self, path: str) -> dict[str, str | datetime] | None:
        """What a path holds for each column; None when it does not fit the pattern."""
        found = self.pattern.search("/" + path.lstrip("/"))
        if found is None:
            return None
        values: dict[str, str | datetime] = {}
        for (name, written), text in zip(self.columns, found.groups()):
            try:
                values[name] = datetime.strptime(text, written) if written else text
            except ValueError:
                return None
        return values


def parse(text: str, *, line: int = 0) -> Partition:
    """A partition format. Raises PlanError."""
    if len(text) > MAX_TEXT:
        raise PlanError(f"A partition format has at most {MAX_TEXT:,} characters.", line)
    parts: list[str] = []
    columns: list[tuple[str, str]] = []
    at = 0
    for field in _FIELD.finditer(text):
        parts.append(_words(text[at : field.start()], line))
        name, times = field.group(1).strip(), field.group(2) or ""
        if not _NAME.fullmatch(name) or any(name == other for other, _ in columns):
            raise PlanError(f"The column {shown(name)} of the partition format is no name, or is given twice.", line)
        pattern, written = _times(times, line) if times else (r"[^/]+?", "")
        parts.append(f"({pattern})")
        columns.append((name, written))
        at = field.end()
    parts.append(_words(text[at:], line))
    if len(columns) > MAX_COLUMNS:
        raise PlanError(f"A partition format names at most {MAX_COLUMNS} columns.", line)
    if not columns:
        raise PlanError(f"The partition format {shown(text)} names no column such as {{year}}.", line)
    return Partition(text, re.compile("".join(parts) + "$"), tuple(columns))


def _words(text: str, line: int) -> str:
    if "{" in text or "}" in text:
        raise PlanError("A bracket of the partition format is never closed, or was never opened.", line)
    return "".join("[^/]*" if letter == "*" else re.escape(letter) for letter in text)


def _times(text: str, line: int) -> tuple[str, str]:
    pattern, written = "", ""
    for token in _TOKEN.findall(text):
        known = _TIMES.get(token)
        if known is None and token.isalpha():
            raise PlanError(
                f"A date of the partition format is made of {', '.join(_TIMES)}; {shown(text)} is not.", line
            )
        written += known[0] if known else token.replace("%", "%%")
        pattern += known[1] if known else re.escape(token)
    return pattern, written
