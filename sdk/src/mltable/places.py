"""Which files a plan's paths mean, by their names below the folder of the MLTable file."""

from __future__ import annotations

from collections.abc import Iterable

from mltable.plan import Place


def plain(path: str) -> str:
    """A relative path without `./` and without a slash at its end."""
    parts = [part for part in path.strip().split("/") if part not in ("", ".")]
    return "/".join(parts)


def means(place: Place, name: str) -> bool:
    """Whether a place means the file of this name: `*` stays in one folder, `**` goes through any."""
    base = plain(place.value)
    if place.kind == "file":
        return name == base
    if place.kind == "folder":
        return not base or name.startswith(base + "/")
    return _fits(base.split("/"), name.split("/"))


def chosen(place: Place, names: Iterable[str]) -> list[str]:
    """Those of the names that a place means."""
    return [name for name in names if means(place, name)]


def _fits(pattern: list[str], name: list[str]) -> bool:
    """Part by part. Never tries a part of the name twice against the same part of the pattern: no pattern is slow."""
    # The places in `name` that the pattern read so far can end at.
    ends = {0}
    for part in pattern:
        if part == "**":
            ends = set(range(min(ends), len(name) + 1)) if ends else set()
        else:
            ends = {at + 1 for at in ends if at < len(name) and _part_fits(part, name[at])}
    # `x/**` means the files below x, and a name is a file's.
    return len(name) in ends and len(name) > 0


def _part_fits(pattern: str, text: str) -> bool:
    """Within one part, by going back to the last star only."""
    at = read = 0
    star, resumed = -1, 0
    while read < len(text):
        if at < len(pattern) and pattern[at] == "*":
            star, resumed, at = at, read, at + 1
        elif at < len(pattern) and pattern[at] in ("?", text[read]):
            at, read = at + 1, read + 1
        elif star >= 0:
            resumed += 1
            at, read = star + 1, resumed
        else:
            return False
    return all(letter == "*" for letter in pattern[at:])
