"""Arrays as PNG files, with nothing but zlib."""

from __future__ import annotations

import struct
import zlib
from typing import Any

from atelier import _errors

COLOUR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
MAX_PIXELS = 64_000_000


def of_array(array: Any) -> bytes:
    """An array (height, width[, channels]) as PNG. Floats go from 0 to 1, whole numbers from 0 to 255."""
    try:
        import numpy
    except ImportError as error:
        raise _errors.UsageError("An image from an array needs numpy. Give a file or its bytes instead.") from error
    if hasattr(array, "detach"):
        array = array.detach().cpu().numpy()
    pixels = numpy.asarray(array)
    if pixels.ndim == 2:
        pixels = pixels[:, :, None]
    # As torch has them: channels first.
    if pixels.ndim == 3 and pixels.shape[2] not in COLOUR_TYPES and pixels.shape[0] in COLOUR_TYPES:
        pixels = pixels.transpose(1, 2, 0)
    if pixels.ndim != 3 or pixels.shape[2] not in COLOUR_TYPES or not 0 < pixels.size <= MAX_PIXELS:
        raise _errors.UsageError(
            f"An array of the shape {pixels.shape} is no image: (height, width) or with 1 to 4 channels."
        )
    if pixels.dtype.kind not in "biuf":
        raise _errors.UsageError(f"An array of {pixels.dtype} is no image: give floats from 0 to 1 or bytes.")
    if pixels.dtype.kind in "bf":
        pixels = numpy.nan_to_num(pixels.astype("float64")).clip(0, 1) * 255 + 0.5
    pixels = pixels.clip(0, 255).astype("uint8")
    height, width, channels = pixels.shape
    rows = numpy.zeros((height, 1 + width * channels), "uint8")
    rows[:, 1:] = pixels.reshape(height, -1)
    head = struct.pack(">IIBBBBB", width, height, 8, COLOUR_TYPES[channels], 0, 0, 0)
    parts = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows.tobytes(), 6)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
