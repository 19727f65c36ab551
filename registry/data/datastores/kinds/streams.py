"""A sender's bytes in portions of the size a store wants."""

from studio.storage.blobs import Readable

PART = 8 << 20  # what is held in memory of one file on its way into an object store


class Filled:
    """Reads exactly as many bytes as asked for until the end: senders give what they have."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._kept = bytearray()
        self._place = 0
        self._is_over = False

    def read(self, size: int = -1, /) -> bytes:
        while not self._is_over and (size < 0 or len(self._kept) < size):
            piece = self._stream.read(min(PART, 1 << 20) if size < 0 else min(size - len(self._kept), 1 << 20))
            self._is_over = not piece
            self._kept += piece
        wanted = len(self._kept) if size < 0 else min(size, len(self._kept))
        answer = bytes(memoryview(self._kept)[:wanted])
        del self._kept[:wanted]
        self._place += wanted
        return answer

    def tell(self) -> int:
        return self._place


def part_size(number: int, first: int = PART) -> int:
    """The size of the part with this number, from 1 on: 10,000 parts, which is the most there may be, hold 500 GB."""
    return first << min(number // 1000, 3)
