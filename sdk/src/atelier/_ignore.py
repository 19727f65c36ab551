"""The rules of `.gitignore` files: negation, folders only, anchors and `**`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# Later files win over earlier ones of the same folder.
IGNORE_FILES = (".gitignore", ".amlignore", ".atelierignore")


@dataclass(frozen=True)
class Rule:
    """One line of an ignore file."""

    pattern: re.Pattern[str]
    negated: bool
    folders_only: bool


@dataclass(frozen=True)
class RuleSet:
    """The rules of one folder; `base` is that folder, relative to the root of the walk, with a trailing slash."""

    base: str
    rules: tuple[Rule, ...]

    def verdict(self, path: str, is_folder: bool) -> bool | None:
        """True: ignored; False: kept again; None: no rule speaks of it. The last matching rule decides."""
        if not path.startswith(self.base):
            return None
        local = path[len(self.base) :]
        for rule in reversed(self.rules):
            if (is_folder or not rule.folders_only) and rule.pattern.fullmatch(local):
                return not rule.negated
        return None


def ignored(path: str, is_folder: bool, rule_sets: Sequence[RuleSet]) -> bool:
    """Whether a path is ignored. The rules of the innermost folder speak first, as in git."""
    for rule_set in reversed(rule_sets):
        verdict = rule_set.verdict(path, is_folder)
        if verdict is not None:
            return verdict
    return False


def read_rules(folder: Path, base: str) -> RuleSet | None:
    """The rules of the ignore files of one folder, or None where there are none."""
    rules: list[Rule] = []
    for name in IGNORE_FILES:
        path = folder / name
        if path.is_file():
            rules += parse(path.read_text(encoding="utf-8", errors="replace"))
    return RuleSet(base, tuple(rules)) if rules else None


def parse(text: str) -> list[Rule]:
    """The rules of one ignore file."""
    rules = (_rule(line) for line in text.lstrip("\ufeff").splitlines())
    return [rule for rule in rules if rule is not None]


def _rule(line: str) -> Rule | None:
    line = _strip_trailing_spaces(line)
    if not line or line.startswith("#"):
        return None
    negated = line.startswith("!")
    if negated:
        line = line[1:]
    folders_only = line.endswith("/")
    line = line.rstrip("/") if folders_only else line
    if not line:
        return None
    # A slash at the start or in the middle ties the pattern to its folder; without one it matches at any depth.
    anchored = "/" in line
    body = _translate(line.lstrip("/") if line.startswith("/") else line)
    try:
        return Rule(re.compile(body if anchored else f"(?:.*/)?{body}"), negated, folders_only)
    except re.error:
        return None


def _strip_trailing_spaces(line: str) -> str:
    stripped = line.rstrip("\r\n")
    while stripped.endswith(" ") and not stripped.endswith("\\ "):
        stripped = stripped[:-1]
    return stripped


def _translate(glob: str) -> str:
    """A git glob as a regular expression for a whole relative path."""
    out: list[str] = []
    at = 0
    while at < len(glob):
        piece, at = _piece(glob, at)
        out.append(piece)
    return "(?s:" + "".join(out) + ")"


def _piece(glob: str, at: int) -> tuple[str, int]:
    starts_segment = at == 0 or glob[at - 1] == "/"
    if starts_segment and glob.startswith("**/", at):
        return "(?:.*/)?", at + 3
    if starts_segment and glob[at:] == "**":
        return ".+", len(glob)
    if glob[at] == "*":
        end = at
        while end < len(glob) and glob[end] == "*":
            end += 1
        return "[^/]*", end
    if glob[at] == "?":
        return "[^/]", at + 1
    if glob[at] == "[":
        return _set(glob, at)
    if glob[at] == "\\" and at + 1 < len(glob):
        return re.escape(glob[at + 1]), at + 2
    return re.escape(glob[at]), at + 1


def _set(glob: str, at: int) -> tuple[str, int]:
    first = at + 1
    inverted = glob[first : first + 1] in ("!", "^")
    if inverted:
        first += 1
    end = glob.find("]", first + 1)
    if end < 0:
        return re.escape("["), at + 1
    inside = glob[first:end].replace("\\", "\\\\").replace("[", "\\[").replace("^", "\\^").replace("]", "\\]")
    return f"(?!/)[{'^' if inverted else ''}{inside}]", end + 1
