"""The log: folded, kept in a file, and sent from there by offset, so that no byte is lost or sent twice."""

from __future__ import annotations

import codecs
import os
import threading
import time
from pathlib import Path
from typing import Callable

from atelier.runner import client as http
from atelier.runner.masking import Masks

LINE_LIMIT = 64 * 1024
FRAME_SECONDS = 5.0
PARTIAL_SECONDS = 1.0
CHUNK = 256 * 1024
FLUSH_SECONDS = 0.15


class Folder:
    """Turns a process's raw output into the text of the log.

    A line that a progress bar rewrites with carriage returns keeps its last state, and shows at most one state every
    five seconds. Lines above 64 kB are broken. Bytes that are no UTF-8 become replacement characters.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._line = ""  # what is held back of the last line
        self._is_open = False  # whether the log's last line has no end yet
        self._rewinds = False  # whether the last line has been rewritten
        self._frame = ""  # the state of the last line that was shown
        self._frame_at = -FRAME_SECONDS
        self._since = 0.0  # since when the last line waits

    def feed(self, data: bytes) -> str:
        """The text that is complete with these bytes."""
        text = self._decoder.decode(data).replace("\0", "\ufffd")
        if not text:
            return ""
        if not self._line:
            self._since = self._clock()
        *lines, rest = (self._line + text).split("\n")
        ready = "".join([self._whole(line) for line in lines])
        return ready + self._hold(rest)

    def idle(self) -> str:
        """The text that has waited long enough: a prompt without a line end, the state of a progress bar."""
        text = self._line.rstrip("\r")
        if not text:
            return ""
        if self._rewinds:
            return self._show_frame()
        if self._clock() - self._since < PARTIAL_SECONDS:
            return ""
        # The carriage return stays: it may be the first half of a line end.
        self._line = self._line[len(text) :]
        self._is_open = True
        return text

    def close(self) -> str:
        """The text that is left at the end of the output."""
        text = self._line + self._decoder.decode(b"", True)
        self._line = ""
        return self._whole(text) if text or self._is_open else ""

    def _whole(self, line: str) -> str:
        """One line that has ended, in its last state."""
        body = line.rstrip("\r")
        rewinds = self._rewinds or "\r" in body
        state = _last_state(body)
        was_open, shown = self._is_open, self._frame
        self._rewinds, self._is_open, self._frame = False, False, ""
        if not rewinds:
            return _broken(state) + "\n"
        if state == shown and not was_open:
            return ""
        return ("\n" if was_open else "") + _broken(state) + "\n"

    def _hold(self, rest: str) -> str:
        """Hold back an unfinished line, except for what is due."""
        body = rest.rstrip("\r")
        self._line = rest
        if "\r" in body:
            self._rewinds = True
            self._line = rest[body.rfind("\r") + 1 :]
        if self._rewinds:
            return self._show_frame()
        if len(rest) <= LINE_LIMIT:
            return ""
        text = _broken(rest)
        cut = text.rfind("\n") + 1
        self._line = text[cut:]
        return text[:cut]

    def _show_frame(self) -> str:
        state = self._line.rstrip("\r")
        now = self._clock()
        if now - self._frame_at < FRAME_SECONDS or not state.strip() or state == self._frame:
            return ""
        self._frame_at, self._frame = now, state
        before, self._is_open = ("\n" if self._is_open else ""), False
        return before + _broken(state) + "\n"


def _last_state(line: str) -> str:
    return line[line.rfind("\r") + 1 :]


def _broken(line: str) -> str:
    if len(line) <= LINE_LIMIT:
        return line
    return "\n".join(line[at : at + LINE_LIMIT] for at in range(0, len(line), LINE_LIMIT))


class Spool:
    """The log's file. Writing wakes the sender."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = threading.Lock()
        self._size = os.fstat(self._handle).st_size
        self.changed = threading.Event()
        self.masks = Masks()  # what no line may show

    @property
    def size(self) -> int:
        return self._size

    def write(self, text: str) -> None:
        """Appends text; what the disk does not take is lost to the log but stops nothing."""
        data = text.encode("utf-8", "replace")
        if not data:
            return
        with self._lock:
            view = memoryview(data)
            try:
                while view:
                    written = os.write(self._handle, view)
                    self._size += written
                    view = view[written:]
            except OSError:
                return
            finally:
                self.changed.set()

    def note(self, text: str) -> None:
        """A line of the runner's own."""
        self.write("".join(f"[atelier] {line}\n" for line in self.masks.text(text).splitlines() or [""]))

    def read(self, offset: int, limit: int) -> bytes:
        with self.path.open("rb") as stream:
            stream.seek(offset)
            return stream.read(limit)


class Sender(threading.Thread):
    """Sends the spool from the byte the studio has acknowledged, for as long as it takes."""

    def __init__(
        self,
        spool: Spool,
        client: http.Client,
        *,
        job: int,
        attempt: int,
        base: int,
        on_cancel: Callable[[], None],
        on_gone: Callable[[], None],
    ) -> None:
        super().__init__(name="log-sender", daemon=True)
        self._spool = spool
        self._client = client
        self._path = f"jobs/{job}/log"
        self._attempt = attempt
        self._base = base  # the studio's offset of the spool's first byte
        self._acknowledged = 0
        self._on_cancel = on_cancel
        self._on_gone = on_gone
        self._closing = threading.Event()
        self._done = threading.Event()

    @property
    def is_drained(self) -> bool:
        """Whether the studio has every byte."""
        return self._acknowledged >= self._spool.size

    def close(self, timeout: float | None) -> bool:
        """Sends the rest and ends; whether all has arrived in time."""
        self._closing.set()
        self._spool.changed.set()
        self._done.wait(timeout)
        return self.is_drained

    def run(self) -> None:
        try:
            while not (self._closing.is_set() and self.is_drained):
                self._spool.changed.wait(1.0)
                self._spool.changed.clear()
                self._send_all()
                # What comes in the next moment goes with one request instead of many.
                if not self._closing.is_set():
                    time.sleep(FLUSH_SECONDS)
        except http.Refused:
            self._on_gone()
        finally:
            self._done.set()

    def _send_all(self) -> None:
        """Sends until the studio has everything. Raises `Refused` when it wants no more of it."""
        patience = http.Patience()
        while not self.is_drained:
            try:
                self._send()
                patience.reset()
            except http.Unreachable as error:
                time.sleep(patience.pause(error))
            except http.Refused as error:
                if error.is_final:
                    raise
                # Not the studio's own words, or a passing trouble: the bytes are kept, so asking again costs nothing.
                time.sleep(patience.pause())

    def _send(self) -> None:
        data = self._spool.read(self._acknowledged, CHUNK)
        headers = {"X-Offset": str(self._base + self._acknowledged), "X-Attempt": str(self._attempt)}
        try:
            answer = self._client.post_bytes(self._path, data, headers)
        except http.Refused as error:
            expected = error.body.get("expected_offset")
            if not isinstance(expected, int) or error.status != 409:
                raise
            self._resume_at(expected)
            return
        self._acknowledged = min(int(answer["size"]) - self._base, self._spool.size)
        if answer.get("cancel"):
            self._on_cancel()

    def _resume_at(self, expected: int) -> None:
        """The studio has fewer bytes than we believed, or somebody else has written there: go on from what it has."""
        at = expected - self._base
        if 0 <= at <= self._spool.size and at != self._acknowledged:
            self._acknowledged = at
        else:
            self._base = expected - self._acknowledged
