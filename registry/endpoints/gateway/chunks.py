"""Bodies in chunks: taken apart strictly, so that a chunk which two programs read differently never passes."""

import re

from registry.endpoints.gateway.heads import Refused

MAX_LINE = 256
MAX_TRAILER = 8 * 1024
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,12})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?")
_SIZES, _DATA, _DATA_END, _TRAILER = range(4)


class Chunks:
    """Reads a chunked body piece by piece. `rest` is what came after its end."""

    __slots__ = ("is_done", "left", "rest", "state", "trailer")

    def __init__(self) -> None:
        self.state = _SIZES
        self.left = 0
        self.trailer = 0
        self.rest = b""
        self.is_done = False

    def feed(self, data: bytes) -> bytes:
        """The content within `data`. Raises Refused for what is no chunk."""
        if self.rest:
            data, self.rest = self.rest + data, b""
        found: list[bytes] = []
        at = 0
        while not self.is_done:
            if self.state == _DATA:
                piece = data[at : at + self.left]
                found.append(piece)
                at += len(piece)
                self.left -= len(piece)
                if self.left:
                    break
                self.state = _DATA_END
            moved = self._line(data, at)
            if moved == at:
                break
            at = moved
        self.rest = data[at:]
        return found[0] if len(found) == 1 else b"".join(found)

    def _line(self, data: bytes, at: int) -> int:
        """Take the line at `at`; where it ended, or `at` when it is not all there."""
        if self.state == _DATA_END:
            if not b"\r\n".startswith(data[at : at + 2]):
                raise _bad()
            if len(data) < at + 2:
                return at
            self.state = _SIZES
            return at + 2
        end = data.find(b"\r\n", at)
        if end < 0:
            if len(data) - at > (MAX_LINE if self.state == _SIZES else MAX_TRAILER) or b"\n" in data[at:]:
                raise _bad()
            return at
        if self.state == _SIZES:
            self._size(data[at:end])
        else:
            self._trailer(data[at:end])
        return end + 2

    def _size(self, line: bytes) -> None:
        found = _SIZE.fullmatch(line) if len(line) <= MAX_LINE else None
        if found is None:
            raise _bad()
        self.left = int(found[1], 16)
        self.state = _DATA if self.left else _TRAILER

    def _trailer(self, line: bytes) -> None:
        """Trailers are read past and dropped."""
        self.trailer += len(line) + 2
        if self.trailer > MAX_TRAILER or b"\n" in line or b"\r" in line:
            raise _bad()
        self.is_done = not line


def wrapped(data: bytes) -> bytes:
    """One chunk; empty data is none, since that would be the end."""
    return b"%x\r\n%b\r\n" % (len(data), data) if data else b""


def _bad() -> Refused:
    return Refused(400, "bad_chunk", "The body's chunks are malformed.")
