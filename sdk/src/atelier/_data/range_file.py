"""A file of the studio that is read where it lies: what is asked for is fetched, no more."""

from __future__ import annotations

import io
from typing import Any

from atelier import _client, _errors
from atelier._data.patience import Patience

BUFFER = 2 << 20
BLOCK = 8 << 20
ANSWER_SECONDS = 120.0
PLAIN = {"Accept": "*/*", "Accept-Encoding": "identity"}


class RangeFile(io.RawIOBase):
    """Reads by ranges; raises when the file becomes another one meanwhile."""

    def __init__(self, api: _client.Client, address: str) -> None:
        super().__init__()
        found = api.request("HEAD", address, headers=PLAIN)
        self._api = api
        self._address = address
        self._etag = found.headers.get("ETag", "")
        self._size = int(found.headers.get("Content-Length") or 0)
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("There is nothing before the beginning of a file.")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        view = memoryview(buffer).cast("B")
        end = min(self._at + len(view), self._size)
        if self._at >= end:
            return 0
        data = Patience().keep(lambda: self._range(self._at, end))
        view[: len(data)] = data
        self._at += len(data)
        return len(data)

    def readall(self) -> bytes:
        """The rest at once, rather than in the small pieces of the base class."""
        pieces = []
        while piece := self.read(BLOCK):
            pieces.append(piece)
        return b"".join(pieces)

    def _range(self, start: int, end: int) -> bytes:
        headers = {**PLAIN, "Range": f"bytes={start}-{end - 1}", "If-Range": self._etag}
        with self._api.opened(self._address, headers=headers) as response:
            if response.status_code != 206 or response.headers.get("ETag", "") != self._etag:
                raise _errors.Conflict("The file was changed while it was read. Open it again.", status=409)
            return response.read()


def opened(api: _client.Client, address: str) -> io.BufferedReader:
    """The file, to be read like one of this machine."""
    return io.BufferedReader(RangeFile(api, address), BUFFER)
