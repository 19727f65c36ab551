"""Capturing stdout and stderr of a script: what it prints still appears, and is added to the journal's console file."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, TextIO


class Capture:
    """Wraps `sys.stdout` and `sys.stderr` until it is ended."""

    def __init__(self, path: Path) -> None:
        self._handle: int | None = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._wrapped: list[tuple[str, Tee]] = []
        for name in ("stdout", "stderr"):
            stream = getattr(sys, name)
            if stream is not None:
                tee = Tee(stream, self)
                setattr(sys, name, tee)
                self._wrapped.append((name, tee))

    def write(self, text: str) -> None:
        """Adds a text to the file; trouble with the disk never reaches the script."""
        if self._handle is None:
            return
        try:
            os.write(self._handle, text.encode("utf-8", "replace"))
        except OSError:
            self.abandon()

    def end(self) -> None:
        """Puts the streams back, unless somebody has replaced them since."""
        for name, tee in self._wrapped:
            if getattr(sys, name) is tee:
                setattr(sys, name, tee.stream)
        self.abandon()

    def abandon(self) -> None:
        """Stops writing; the streams keep working."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)


class Tee:
    """A text stream that also writes to a capture."""

    def __init__(self, stream: TextIO, capture: Capture) -> None:
        self.stream = stream
        self._capture = capture

    def write(self, text: str) -> int:
        """Writes to both."""
        count = self.stream.write(text)
        self._capture.write(text)
        return count

    def writelines(self, lines: Any) -> None:
        """Writes all lines to both."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def __iter__(self) -> Any:
        return iter(self.stream)
