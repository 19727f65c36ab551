"""Readers of single values: each gives the value, or notes a problem at its place and gives a default."""

import re
from collections.abc import Iterable
from typing import Any

from runs.tracking.jobfile.problems import Place, Problem, did_you_mean
from runs.tracking.jobfile.reader import Entry, Items, Scalar, Table, Tree, to_plain

MAX_STRING = 100_000
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"([0-9]{1,9})\s*([smhd]?)\Z")
_PLACEHOLDER = re.compile(r"<[A-Z][A-Z0-9_ -]*>\Z")
_KINDS = {str: "text", bool: "true or false", int: "a whole number", float: "a number", type(None): "empty"}


class Check:
    """Collects what is wrong, so that a person sees all of it at once."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.notes: list[str] = []
        self.places: dict[str, Place] = {}  # of what can only be judged where the workspace is known

    def wrong(self, path: str, place: Place, text: str) -> None:
        self.problems.append(Problem(path, place, text))

    def text(self, tree: Tree, path: str, *, limit: int = MAX_STRING) -> str:
        """A text; null is empty, a number is its text."""
        value = self.scalar(tree, path)
        if value is None:
            return ""
        # `version: 1.10` and `on: yes` are texts as they were written.
        written = tree.raw if isinstance(tree, Scalar) and not isinstance(value, str) else ""
        text = written or str(value)
        if len(text) > limit:
            self.wrong(path, tree.place, f"{path} is longer than {limit:,} characters")
            return ""
        if _PLACEHOLDER.fullmatch(text.strip()):
            self.wrong(path, tree.place, f"{text.strip()} is a placeholder: put the real value of {path} there")
        return text

    def scalar(self, tree: Tree, path: str) -> str | int | float | bool | None:
        if not isinstance(tree, Scalar):
            kind = "a list" if isinstance(tree, Items) else "a mapping"
            self.wrong(path, tree.place, f"{path} must be a single value, this is {kind}")
            return None
        if isinstance(tree.value, str) and not _storable(tree.value):
            self.wrong(path, tree.place, f"{path} holds a NUL or a half character, which can't be stored")
            return None
        return tree.value

    def choice(self, tree: Tree, path: str, choices: Iterable[str]) -> str:
        """One of `choices`, whatever its case and whether words are joined by `_` or `-`."""
        known = list(choices)
        value = self.scalar(tree, path)
        if value is None:
            return ""
        plain = {_plain(choice): choice for choice in known}
        found = plain.get(_plain(str(value)))
        if found is None:
            guess = did_you_mean(str(value), known)
            self.wrong(
                path, tree.place, f"{path} can't be {str(value)[:60]!r}; it is one of {', '.join(known)}.{guess}"
            )
            return ""
        return found

    def whole(self, tree: Tree, path: str, *, minimum: int, maximum: int) -> int | None:
        value = self.scalar(tree, path)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value <= maximum:
            self.wrong(
                path, tree.place, f"{path} must be a whole number from {minimum:,} to {maximum:,}, not {_shown(value)}"
            )
            return None
        return value

    def seconds(self, tree: Tree, path: str, *, maximum: int = 365 * 86400) -> int | None:
        """Seconds, or a duration such as 30s, 15m, 2h, 7d."""
        value = self.scalar(tree, path)
        if value is None:
            return None
        match = None if isinstance(value, bool | float) else _DURATION.match(str(value).strip().lower())
        seconds = int(match[1]) * _UNITS[match[2]] if match else 0
        if not 0 < seconds <= maximum:
            self.wrong(path, tree.place, f"{path} must be seconds or a duration such as 15m or 2h, not {_shown(value)}")
            return None
        return seconds

    def texts(self, tree: Tree, path: str) -> dict[str, str]:
        """A mapping of names to texts."""
        return {name: self.text(entry.tree, f"{path}.{name}") for name, entry in self.entries(tree, path).items()}

    def entries(self, tree: Tree, path: str) -> dict[str, Entry]:
        """The entries of a mapping; none for null."""
        if isinstance(tree, Table):
            return tree.entries
        if not (isinstance(tree, Scalar) and tree.value is None):
            kind = "a list" if isinstance(tree, Items) else f"{_shown(to_plain(tree))}"
            self.wrong(path, tree.place, f"{path} must be a mapping of names and values, not {kind}")
        return {}

    def known(self, entries: dict[str, Entry], path: str, names: Iterable[str]) -> dict[str, Entry]:
        """The entries with known names; each other one is a problem with a guess."""
        allowed = list(names)
        for name, entry in entries.items():
            if name not in allowed:
                where = f" in {path}" if path else ""
                below = f"{path}.{name}" if path else name
                self.wrong(below, entry.place, f"unknown field {name[:60]!r}{where}.{did_you_mean(name, allowed)}")
        return {name: entry for name, entry in entries.items() if name in allowed}


def _storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _plain(text: str) -> str:
    return re.sub(r"[\s_-]+", "", text).casefold()


def _shown(value: Any) -> str:
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        return repr(value if not isinstance(value, str) else value[:60])
    return _KINDS.get(type(value), "this")
