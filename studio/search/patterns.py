"""Patterns of `~`, `LIKE` and `ILIKE`, so that both databases read them alike and none can hang.

Regular expressions are RE2's: they take time in proportion to the text and know no backreferences or look-around.
SQLite is given RE2 itself; PostgreSQL runs its own engine on what RE2 has accepted, within the statement's time limit.
"""

from functools import lru_cache
from typing import Any

LONGEST = 1_000
MEMORY = 2 * 1024 * 1024


def problem_of(pattern: str) -> str:
    """What is wrong with a regular expression, in a sentence; empty when nothing is."""
    if len(pattern) > LONGEST:
        return f"A regular expression has at most {LONGEST} characters."
    import re2

    try:
        compiled(pattern)
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error.args[0])
        return f"This regular expression can't be used: {reason}. Backreferences and look-around are not supported."
    return ""


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Any:
    """The pattern ready to search with. Raises `re2.error`."""
    import re2

    options = re2.Options()
    options.log_errors = False
    options.max_mem = MEMORY
    return re2.compile(pattern, options=options)


def matches(pattern: str, text: str | None) -> bool | None:
    """Whether the pattern is found in the text: what SQLite calls for every row."""
    return None if text is None else compiled(pattern).search(text) is not None


def glob_of(like: str) -> str:
    """A LIKE pattern as SQLite's GLOB, which minds upper and lower case where its LIKE does not."""
    return "".join(_GLOB.get(character, character) for character in like)


_GLOB = {"%": "*", "_": "?", "*": "[*]", "?": "[?]", "[": "[[]"}
