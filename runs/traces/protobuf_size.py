"""How many messages a protobuf text holds, counted before it is parsed.

Two bytes of an empty message become two hundred in memory, and a packed body is a thousandth of itself: a small request
could take all memory of the process.
"""

from functools import cache
from typing import Any

VARINT, EIGHT_BYTES, TEXT, GROUP, GROUP_ENDS, FOUR_BYTES = range(6)
# What a group holds is looked at as if it stood outside.
_SIZES = {EIGHT_BYTES: 8, FOUR_BYTES: 4, GROUP: 0, GROUP_ENDS: 0}


class TooMany(ValueError):
    """The text holds more messages than are taken."""


def check(raw: bytes, kind: Any, *, most: int) -> None:
    """Raise TooMany for more than `most` messages inside one of `kind`, a descriptor. What can't be read is let through."""
    if len(raw) <= 2 * most:
        return  # an empty message is two bytes
    waiting, count = [(_parts(kind), 0, len(raw))], 0
    while waiting:
        parts, at, end = waiting.pop()
        while at < end:
            try:
                key, at = _varint(raw, at)
                size, start = _field(raw, at, key & 7)
            except (IndexError, KeyError):
                return  # broken: the parser itself says so
            at = start + size
            inner = parts.get(key >> 3) if key & 7 == TEXT else None
            if inner is not None:
                count += 1
                if count > most:
                    raise TooMany
                if size:
                    waiting.append((_parts(inner), start, min(at, end)))


def _field(raw: bytes, at: int, wire: int) -> tuple[int, int]:
    """The size of a field's value and where it starts."""
    if wire == VARINT:
        return 0, _varint(raw, at)[1]
    return _varint(raw, at) if wire == TEXT else (_SIZES[wire], at)


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
        if shift > 63:
            raise IndexError


@cache
def _parts(kind: Any) -> dict[int, Any]:
    """The fields of a message that are messages themselves, by number."""
    return {field.number: field.message_type for field in kind.fields if field.message_type is not None}
