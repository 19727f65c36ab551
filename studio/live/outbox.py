"""What one socket still has to be told. A slow reader costs a bounded amount of memory and misses nothing for good.

Hints say "look again", so a second one of the same topic and event replaces the first. Above the limit the newest is
dropped and the reader is told that there is a gap, after which it looks at everything again.
"""

import asyncio
from typing import Any

LIMIT = 256

Message = dict[str, Any]


class Outbox:
    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._waiting: dict[tuple[str, str], Message] = {}
        self._has_gap = False
        self._filled = asyncio.Event()

    def put(self, message: Message) -> None:
        key = (str(message.get("topic")), str(message.get("event", message.get("error"))))
        if key in self._waiting or len(self._waiting) < self._limit:
            self._waiting[key] = message
        else:
            self._has_gap = True
        self._filled.set()

    async def take(self) -> list[Message]:
        """All that waits, in the order it came; waits until there is something."""
        await self._filled.wait()
        self._filled.clear()
        taken = list(self._waiting.values())
        self._waiting.clear()
        if self._has_gap:
            taken.append({"gap": True})
            self._has_gap = False
        return taken

    def note_gap(self) -> None:
        """Hints may have been lost before they reached this socket."""
        self._has_gap = True
        self._filled.set()
