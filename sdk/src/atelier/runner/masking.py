"""Secret values hidden in what a job prints: as they are, line by line, and as they are usually encoded.

A help against an accident, not a wall: a job that wants to show a value can always write it another way.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

MASK = b"***"
# A shorter one is found in too much that is none.
SHORTEST = 4


class Masks:
    """What is looked for, in the values of one job."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        found = {form for value in values for form in _forms(value)}
        self.forms = sorted(found, key=len, reverse=True)  # the longest first: one may begin with another

    def hide(self, data: bytes) -> bytes:
        """The bytes with every value replaced."""
        pattern = self._pattern_of(data)
        return pattern.sub(MASK, data) if pattern else data

    def text(self, text: str) -> str:
        return self.hide(text.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")

    def stream(self) -> Stream:
        """A reader of bytes that come in pieces."""
        return Stream(self)

    def split(self, data: bytes) -> tuple[bytes, bytes]:
        """What can be shown, hidden where needed, and what must wait: it may be the beginning of a value."""
        waits = self._waits_from(data)
        pattern = self._pattern_of(data)
        pieces, at = [], 0
        for match in pattern.finditer(data) if pattern else ():
            # From here on more bytes may make it a longer value than this one.
            if match.start() >= waits:
                break
            pieces += [data[at : match.start()], MASK]
            at = match.end()
        if at > waits:  # a value reached into what would have waited
            waits = at + self._waits_from(data[at:])
        return b"".join([*pieces, data[at:waits]]), data[waits:]

    def _pattern_of(self, data: bytes) -> re.Pattern[bytes] | None:
        """What finds the values in these bytes. Most hold none, and looking for each is quicker than one pattern for all."""
        present = [form for form in self.forms if form in data]
        return re.compile(b"|".join(re.escape(form) for form in present)) if present else None

    def _waits_from(self, data: bytes) -> int:
        """Where the longest end begins that is the beginning of a value and not yet all of it."""
        first = len(data)
        for form in self.forms:
            at = data.find(form[:1], max(len(data) - len(form) + 1, 0), first)
            while at >= 0 and not form.startswith(data[at:]):
                at = data.find(form[:1], at + 1, first)
            first = at if at >= 0 else first
        return first


class Stream:
    """Bytes in pieces, with values hidden wherever a piece ends."""

    def __init__(self, masks: Masks) -> None:
        self._masks = masks
        self._rest = b""

    def feed(self, data: bytes) -> bytes:
        """What can be shown with these bytes."""
        shown, self._rest = self._masks.split(self._rest + data)
        return shown

    def close(self) -> bytes:
        """What is left at the end."""
        rest, self._rest = self._rest, b""
        return self._masks.hide(rest)


def _forms(value: str) -> set[bytes]:
    """The ways a value may be printed. Of one with several lines each line counts, too."""
    found: set[bytes] = set()
    for text in {value, value.strip(), *value.splitlines(), *(line.strip() for line in value.splitlines())}:
        if len(text) >= SHORTEST:
            found |= _encoded(text)
    return {form for form in found if len(form) >= SHORTEST}


def _encoded(text: str) -> set[bytes]:
    raw = text.encode()
    escaped = {quote(text), quote(text, safe=""), quote_plus(text), json.dumps(text)[1:-1], repr(text)[1:-1]}
    escaped |= {re.sub(r"%[0-9A-F]{2}", lambda match: match[0].lower(), each) for each in escaped}
    return {raw, raw.replace(b"\n", b"\r\n"), *(each.encode() for each in escaped), *_base64(raw)}


def _base64(raw: bytes) -> set[bytes]:
    """Base64 of the value alone and inside a longer text, where it may begin at any of three places."""
    found = set()
    for before in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            # The first and last letters also hold bits of what stands beside the value: they are left out.
            begins = -(-before * 4 // 3)
            ends = (before + len(raw)) * 4 // 3
            found.add(encode(b"\0" * before + raw)[begins:ends])
    return {form for form in found if len(form) >= 2 * SHORTEST}
