"""Why a command failed, in a sentence for people: the command writes it into a file, the runner reads it."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

VARIABLE = "ATELIER_PROBLEM_FILE"
LIMIT = 1000  # letters
MOST_BYTES = 4 * LIMIT


def tell(sentence: str) -> None:
    """Hand the sentence over, where somebody waits for one. A file that can't be written changes nothing."""
    path = os.environ.get(VARIABLE, "")
    if path:
        with contextlib.suppress(OSError):
            Path(path).write_text(shortened(sentence), encoding="utf-8")


def told(path: Path) -> str:
    """What the command handed over, in one line; empty when it did not. What is no plain file is not read."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(handle, "rb") as stream:
            return shortened(stream.read(MOST_BYTES).decode("utf-8", "replace"))
    except OSError:
        return ""


def shortened(text: str) -> str:
    """One line of at most LIMIT letters, without what can't be shown."""
    line = "".join(letter if letter.isprintable() else " " for letter in text[:MOST_BYTES])
    line = " ".join(line.split())
    return line if len(line) <= LIMIT else line[: LIMIT - 2].rstrip() + " …"
