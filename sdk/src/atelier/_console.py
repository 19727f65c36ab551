"""Capturing stdout and stderr of a script: what it prints still appears, and is added to the journal's console file."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from atelier import _notices


class Capture:
    """Listens to what is written to `sys.stdout` and `sys.stderr` until it is ended.

    The streams stay the same objects: a logging handler that was made before the run started is heard as well.
    """

    def __init__(self, path: Path) -> None:
        self._handle: int | None = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._heard: list[tuple[Any, Callable[[str], int]]] = []
        for stream in dict.fromkeys((sys.stdout, sys.stderr)):
            if stream is not None:
                self._listen(stream)

    def write(self, text: str) -> None:
        """Adds a text to the file; trouble with the disk never reaches the script."""
        if self._handle is None:
            return
        try:
            os.write(self._handle, text.encode("utf-8", "replace"))
        except OSError as error:
            self.abandon()
            _notices.warn_once("console", f"the output of this run is no longer recorded: {error}.")

    def end(self) -> None:
        """Stops listening, unless somebody listens on top of it; then nothing is written any more."""
        for stream, write in self._heard:
            if stream.__dict__.get("write") is write:
                del stream.write
        self.abandon()

    def abandon(self) -> None:
        """Stops writing; the streams keep working."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)

    def _listen(self, stream: Any) -> None:
        original = stream.write

        def write(text: str) -> int:
            count: int = original(text)
            self.write(text)
            return count

        try:
            stream.write = write
        except AttributeError:
            # A stream that cannot be listened to keeps working unheard.
            return
        self._heard.append((stream, write))
