"""The way of large uploads into Django: the event loop gathers what arrives into large pieces for the thread that reads.

A thread that fetches each piece of 64 KiB from the loop by itself spends most of an upload waiting for the two to take turns.
Here they meet once a MiB, at most `MOST_WAITING` bytes wait, and the client is slowed down to what is read.
"""

import asyncio
import sys
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from studio.small_writes import LARGEST_BODY, METHODS, PROGRAMS, Message, Receive, Scope, SmallWrites

PIECE = 1 << 20
MOST_WAITING = 4 * PIECE
LONGEST_LENGTH = 18  # digits
PATIENCE = 60.0  # seconds in which at least a byte comes: a client that stays silent must not keep a thread


def is_large_upload(scope: Scope) -> bool:
    """Whether a program sends more than may wait in memory. Its answer is small all the same."""
    if scope["method"] not in METHODS or not scope["path"].startswith(PROGRAMS):
        return False
    length = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return bool(length.isdigit() and len(length) <= LONGEST_LENGTH and int(length) > LARGEST_BODY)


class LargeUploads(SmallWrites):
    """An ASGI application that hands `is_large_upload` requests to a WSGI application, their bodies as streams."""

    async def __call__(self, scope: Scope, receive: Receive, send: Callable[[Message], Awaitable[None]]) -> None:
        body = Gathered(receive)
        try:
            await self.answer(scope, body, send)
        finally:
            body.stop()


class Gathered:
    """A body for one reader in a thread. Nothing is asked of the client before the first read."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._loop = asyncio.get_running_loop()
        self._room = asyncio.Event()  # of the loop: there is room for more
        self._changed = threading.Condition()  # guards what follows
        self._pieces: deque[bytes] = deque()
        self._waiting = 0
        self._enough = 1  # what the reader waits for
        self._is_over = False
        self._failure: BaseException | None = None
        self._has_begun = False
        self._pump: asyncio.Task[None] | None = None

    def read(self, size: int = -1, /) -> bytes:
        """So many bytes, fewer only at the end. Raises what kept the rest from coming."""
        wanted = sys.maxsize if size is None or size < 0 else size
        taken: list[bytes] = []
        while wanted and (piece := self._take(wanted)):
            taken.append(piece)
            wanted -= len(piece)
        return taken[0] if len(taken) == 1 else b"".join(taken)

    def readline(self, size: int = -1, /) -> bytes:
        """Up to the end of a line. Nobody who sends so much sends lines: this need not be fast."""
        most = sys.maxsize if size is None or size < 0 else size
        line = bytearray()
        while len(line) < most and (byte := self.read(1)):
            line += byte
            if byte == b"\n":
                break
        return bytes(line)

    def stop(self) -> None:
        """In the loop: the answer is out, so nothing more is wanted."""
        if self._pump is not None:
            self._pump.cancel()
        self._end(ConnectionAbortedError("The request is over."))

    def _take(self, most: int) -> bytes:
        with self._changed:
            self._begin()
            self._enough = min(most, PIECE)
            self._wait()
            if not self._waiting and self._failure is not None:
                raise self._failure
            taken = self._up_to(most)
            has_room_again = self._waiting < MOST_WAITING <= self._waiting + len(taken)
        if has_room_again:
            self._loop.call_soon_threadsafe(self._room.set)
        return taken

    def _wait(self) -> None:
        """Until enough is there or nothing more comes. Raises TimeoutError for a client that has fallen silent."""
        before = self._waiting
        while not self._changed.wait_for(lambda: self._waiting >= self._enough or self._is_over, PATIENCE):
            if self._waiting == before:
                raise TimeoutError("The client has sent nothing for too long.")
            before = self._waiting

    def _begin(self) -> None:
        if not self._has_begun and not self._is_over:
            self._has_begun = True
            self._loop.call_soon_threadsafe(self._start)

    def _start(self) -> None:
        if not self._is_over:
            self._pump = self._loop.create_task(self._gather())

    def _up_to(self, most: int) -> bytes:
        taken, left = [], min(most, PIECE)
        while left and self._pieces:
            piece = self._pieces.popleft()
            if len(piece) > left:
                self._pieces.appendleft(piece[left:])
                piece = piece[:left]
            taken.append(piece)
            left -= len(piece)
        found = b"".join(taken)
        self._waiting -= len(found)
        return found

    async def _gather(self) -> None:
        failure: BaseException | None = ConnectionAbortedError("The request is over.")
        try:
            while await self._next():
                pass
            failure = None
        except Exception as error:  # noqa: BLE001 - whatever it is, the reader must know
            failure = error
        finally:
            self._end(failure)

    async def _next(self) -> bool:
        """Take in the next message. Answers whether there are more."""
        message = await self._receive()
        piece: Any = message.get("body", b"")
        with self._changed:
            self._pieces.append(piece)
            before = self._waiting
            self._waiting += len(piece)
            is_full = self._waiting >= MOST_WAITING
            if is_full:
                self._room.clear()
            if before < self._enough <= self._waiting:
                self._changed.notify()
        if is_full:
            await self._room.wait()
        return bool(message.get("more_body"))

    def _end(self, failure: BaseException | None) -> None:
        with self._changed:
            if not self._is_over:
                self._is_over, self._failure = True, failure
            self._changed.notify_all()
