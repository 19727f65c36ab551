"""The log: one JSON line an event on stdout. Lines are gathered and written whole, so that workers' lines never mix."""

from __future__ import annotations

import datetime
import os
import time
from typing import Any

import orjson

STDOUT = 1
# Several processes write to one pipe: up to this size a write comes out in one piece.
PIPE_PIECE = 4096
GATHER = 32


class Log:
    """Writes to stdout. `soon` is called when lines wait: whoever owns a loop flushes from it."""

    def __init__(self, *, deployment: str = "", worker: int | None = None) -> None:
        self._always: dict[str, Any] = {}
        if deployment:
            self._always["deployment"] = deployment
        if worker is not None:
            self._always["worker"] = worker
        self._waiting: list[bytes] = []
        self._second = 0
        self._second_text = ""

    def event(self, event: str, *, level: str = "info", **facts: Any) -> None:
        """Puts a line down at once."""
        self.gather(event, level, facts)
        self.flush()

    def gather(self, event: str, level: str, facts: dict[str, Any]) -> int:
        """Keeps a line for the next flush; answers how many wait."""
        line = {"time": self._now(), "level": level, "event": event, **facts, **self._always}
        self._waiting.append(orjson.dumps(line, default=str, option=orjson.OPT_APPEND_NEWLINE))
        return len(self._waiting)

    def flush(self) -> None:
        lines, self._waiting = self._waiting, []
        for piece in _pieces(lines):
            _write(piece)

    def _now(self) -> str:
        now = time.time()
        second = int(now)
        if second != self._second:
            moment = datetime.datetime.fromtimestamp(second, datetime.timezone.utc)
            self._second, self._second_text = second, moment.strftime("%Y-%m-%dT%H:%M:%S")
        return f"{self._second_text}.{int((now - second) * 1000):03d}Z"


def _pieces(lines: list[bytes]) -> list[bytes]:
    pieces: list[bytes] = []
    for line in lines:
        if pieces and len(pieces[-1]) + len(line) <= PIPE_PIECE:
            pieces[-1] += line
        else:
            pieces.append(line)
    return pieces


def _write(piece: bytes) -> None:
    view = memoryview(piece)
    try:
        while view:
            view = view[os.write(STDOUT, view) :]
    except OSError:
        # Nobody reads the log any more: that is no reason to stop scoring.
        return
