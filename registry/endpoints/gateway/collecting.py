"""Samples of requests and answers, kept for the studio as files of JSON lines.

A sample is noted when its answer is out, in a bounded queue; a thread writes the queue down once a second. What finds no
room (in the queue, or on the disk) is dropped and counted: no request ever waits for it, and none fails of it. Of headers
nothing is kept but the content types and the request's id.
"""

import asyncio
import contextlib
import json
import logging
import os
import random
import re
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from registry.endpoints.gateway.heads import Answer, Request
    from registry.endpoints.gateway.instances import Deployment

logger = logging.getLogger("gateway")
FLUSH_SECONDS = 1.0
ROLL_SECONDS, ROLL_BYTES = 60.0, 8 * 2**20
MAX_QUEUE, MAX_QUEUE_BYTES = 2_000, 32 * 2**20
MAX_BODY = 64 * 1024  # of a request, and of an answer; what is larger is not kept
OPEN, CLOSED = ".part", ".jsonl"
_TYPE = re.compile(rb"(?i)(?:^|\r\n)content-type:[ \t]*([^\r\n]{1,200})")
_ENCODED = re.compile(rb"(?i)(?:^|\r\n)content-encoding:")


class Sample:
    """One request that was chosen, and its answer as far as it has come."""

    __slots__ = ("answer", "answer_head", "at", "body", "deployment", "head", "identity", "size")

    def __init__(self, deployment: "Deployment", head: "Request", identity: bytes, body: bytes) -> None:
        self.deployment = deployment
        self.head = head
        self.identity = identity
        self.body = body
        self.at = time.time()
        self.answer_head: Answer | None = None
        self.answer: list[bytes] = []
        self.size = 0  # of the answer so far

    def more(self, data: bytes) -> None:
        self.size += len(data)
        if self.size <= MAX_BODY:
            self.answer.append(data)
        else:
            self.answer = []

    def line(self, missed: int) -> bytes:
        """As the studio reads it."""
        assert self.answer_head is not None
        said = {
            "deployment": self.deployment.id,
            "id": self.identity.decode("ascii", "replace"),
            "at": round(self.at, 3),
            "path": self.head.path.decode("ascii", "replace")[:200],
            "status": self.answer_head.status,
            "request_type": _kind(self.head.fields),
            "request": _text(self.head.fields, self.body),
            "response_type": _kind(self.answer_head.fields),
            "response": _text(self.answer_head.fields, b"".join(self.answer)),
            "missed": missed,
        }
        return json.dumps(said, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


class Collector:
    """All samples of one gateway, on their way to `folder`; without a folder nothing is sampled."""

    def __init__(self, name: str, folder: Path | None, limit: int) -> None:
        self.name = name
        self.folder = folder
        self.limit = limit  # bytes that may lie in the folder until the studio takes them
        self.queue: deque[Sample] = deque()
        self.queued = 0
        self.kept = self.lost = 0  # since the start, for the metrics
        self.missed: dict[int, int] = {}  # of each deployment, since its last line
        self.number = 0
        self.file: Path | None = None
        self.opened_at = 0.0
        self.written = 0

    def sample(self, deployment: "Deployment", head: "Request", identity: bytes, body: bytes) -> Sample | None:
        """The request, if chance chooses it."""
        if self.folder is None or head.method != b"POST" or random.random() >= deployment.sampling:
            return None
        return Sample(deployment, head, identity, body)

    def keep(self, sample: Sample) -> None:
        """The answer is out. Those that tell of an error are not kept: no prediction was made."""
        head = sample.answer_head
        if head is None or not 200 <= head.status < 300:
            return
        size = len(sample.body) + sample.size
        is_large = len(sample.body) > MAX_BODY or sample.size > MAX_BODY
        if is_large or len(self.queue) >= MAX_QUEUE or self.queued + size > MAX_QUEUE_BYTES:
            self._lose(sample)
            return
        self.queue.append(sample)
        self.queued += size

    def _lose(self, sample: Sample) -> None:
        self.lost += 1
        self.missed[sample.deployment.id] = self.missed.get(sample.deployment.id, 0) + 1

    async def run(self) -> None:
        """Write down what has come, until cancelled."""
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            try:
                await self.flush()
            except Exception:
                logger.exception("samples were not written")

    async def end(self) -> None:
        """Write down the last ones and close the file."""
        with contextlib.suppress(Exception):
            await self.flush()
            await asyncio.to_thread(self._close)

    async def flush(self) -> None:
        taken, self.queue, self.queued = self.queue, deque(), 0
        if not taken and self.file is None:
            return
        missed, self.missed = self.missed, {}
        written = await asyncio.to_thread(self._write, taken, missed)
        self.kept += written
        for deployment, count in missed.items():  # nothing of theirs was written: told with their next line
            self.missed[deployment] = self.missed.get(deployment, 0) + count
        for sample in list(taken)[written:]:
            self._lose(sample)

    # in a thread

    def _write(self, taken: deque[Sample], missed: dict[int, int]) -> int:
        """Answers how many were written; takes those out of `missed` that were told."""
        if self.file is not None and (time.monotonic() - self.opened_at > ROLL_SECONDS or self.written > ROLL_BYTES):
            self._close()
        if not taken:
            return 0
        lines = [sample.line(missed.get(sample.deployment.id, 0) if first else 0) for sample, first in _firsts(taken)]
        try:
            self._append(b"".join(lines))
        except OSError as error:
            logger.warning("%d samples were dropped: %s", len(taken), error)
            return 0
        for sample in taken:
            missed.pop(sample.deployment.id, None)
        return len(taken)

    def _append(self, data: bytes) -> None:
        """Raises OSError, also when as much lies there as may."""
        assert self.folder is not None
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if _lying(self.folder) + len(data) > self.limit:
            raise OSError(f"{self.folder} holds as much as it may; the studio has not taken it yet")
        if self.file is None:
            self.number += 1
            self.file = self.folder / f"{int(time.time())}-{self.name}-{self.number:06d}{OPEN}"
            self.opened_at, self.written = time.monotonic(), 0
        handle = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "ab") as file:
            file.write(data)
        self.written += len(data)

    def _close(self) -> None:
        """From now on the studio may take the file."""
        if self.file is not None:
            with contextlib.suppress(OSError):  # taken already: it had been left alone for long
                self.file.rename(self.file.with_suffix(CLOSED))
            self.file = None


def _firsts(taken: deque[Sample]) -> list[tuple[Sample, bool]]:
    """Each with whether it is the first of its deployment."""
    seen: set[int] = set()
    found = []
    for sample in taken:
        found.append((sample, sample.deployment.id not in seen))
        seen.add(sample.deployment.id)
    return found


def _lying(folder: Path) -> int:
    total = 0
    for each in folder.iterdir():
        with contextlib.suppress(OSError):
            total += each.stat().st_size
    return total


def _kind(fields: bytes) -> str:
    found = _TYPE.search(fields)
    return found.group(1).decode("latin-1").strip() if found else ""


def _text(fields: bytes, body: bytes) -> Any:
    """None for what is no plain text."""
    if _ENCODED.search(fields):
        return None
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None
