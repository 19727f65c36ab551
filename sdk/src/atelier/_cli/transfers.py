"""How far a transfer is: one line that moves on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import time

from atelier._cli import output
from atelier._data.tally import Progress

PAUSE, PLAIN_PAUSE = 0.1, 10.0
CLEAR = "\r\033[K"
WIDTH = 24
PATH_WIDTH = 32


class Meter:
    """Tells a transfer's progress to a person; nothing of it goes where programs read."""

    def __init__(self, verb: str) -> None:
        self._verb = verb
        self._is_terminal = sys.stderr.isatty()
        self._started = self._told_at = time.monotonic()
        self._is_shown = False

    def __call__(self, progress: Progress) -> None:
        now = time.monotonic()
        if now - self._told_at < (PAUSE if self._is_terminal else PLAIN_PAUSE):
            return
        self._told_at = now
        if self._is_terminal:
            self._is_shown = True
            sys.stderr.write(CLEAR + self._line(progress))
            sys.stderr.flush()
        else:
            output.say(self._line(progress))

    def close(self) -> None:
        """Removes the line that moved."""
        if self._is_shown:
            sys.stderr.write(CLEAR)
            sys.stderr.flush()

    def _line(self, progress: Progress) -> str:
        share = progress.bytes_done / progress.bytes if progress.bytes else 1.0
        seconds = max(time.monotonic() - self._started, 0.001)
        pieces = [f"{self._verb} {share:4.0%}", f"{size(progress.bytes_done)} of {size(progress.bytes)}"]
        pieces.append(f"{size(progress.bytes_done / seconds)}/s")
        if progress.files > 1:
            pieces.append(f"{progress.files_done:,} of {output.many(progress.files, 'file')}")
        if self._is_terminal:
            filled = min(WIDTH, round(share * WIDTH))
            pieces.insert(0, "█" * filled + "░" * (WIDTH - filled))
            path = output.printable(progress.path)
            pieces.append(path if len(path) <= PATH_WIDTH else f"…{path[1 - PATH_WIDTH :]}")
        return "  ".join(pieces)


def size(count: float | None) -> str:
    """Bytes in the largest fitting unit."""
    if count is None:
        return ""
    for limit, unit in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= limit:
            return f"{count / limit:.3g} {unit}"
    return f"{count:.0f} B"
