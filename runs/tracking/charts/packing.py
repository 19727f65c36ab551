"""Many lines in one body: a small JSON header, then columns of floats that a browser reads without parsing.

`ATL1`, the header's length as a little-endian 32-bit number, the header, spaces up to a multiple of eight, the columns.
The header says where each column begins (counted from the end of the header, in bytes) and whether it holds 32- or
64-bit floats. Equal columns, such as the steps of runs of one script, are written once.
"""

import struct
from typing import Any

import numpy as np
import orjson

from runs.tracking.metrics.codec import Floats

MAGIC = b"ATL1"
CONTENT_TYPE = "application/octet-stream"
_LARGEST_NARROW = 1e37
_FINEST_NARROW = 1e-4  # of the greatest value: below, neighbours would fall together as 32-bit floats


class Body:
    """Collects columns; `add` answers where one begins."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._places: dict[bytes, int] = {}
        self._size = 0

    def add(self, column: "np.ndarray[Any, Any]") -> int:
        data = column.tobytes()
        place = self._places.get(data)
        if place is None:
            place = self._places[data] = self._size
            padding = -len(data) % 8
            self._parts += (data, b"\0" * padding)
            self._size += len(data) + padding
        return place

    def whole(self, header: dict[str, Any]) -> bytes:
        text = orjson.dumps(header, option=orjson.OPT_SERIALIZE_NUMPY)
        text += b" " * (-(len(MAGIC) + 4 + len(text)) % 8)
        return b"".join((MAGIC, struct.pack("<I", len(text)), text, *self._parts))


def is_wide(values: Floats) -> bool:
    """Whether values need 64 bits: very large ones, and ones that differ only far behind the point."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return False
    low, high = float(finite.min()), float(finite.max())
    largest = max(abs(low), abs(high))
    return largest > _LARGEST_NARROW or 0 < high - low < largest * _FINEST_NARROW or 0 < largest < 1e-30


def unpack(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The header and the columns' bytes."""
    size = struct.unpack_from("<I", data, len(MAGIC))[0]
    at = len(MAGIC) + 4
    return orjson.loads(data[at : at + size]), data[at + size :]
