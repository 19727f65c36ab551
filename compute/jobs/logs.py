"""A job's log: bytes that only grow, in compressed pieces.

Writers say at which byte their data begins, so sending it again changes nothing and a gap is never bridged. Readers ask
by byte or by line, get whole characters, and pay for what they read: a log of a gigabyte is never in memory.
"""

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import zstandard
from django.db import transaction
from django.db.models import F, Q

from compute.jobs import handlers
from compute.jobs.models import FINAL_STATES, Job, LogChunk, Reason
from studio.errors import Conflict, Invalid

CHUNK_BYTES = 256 * 1024  # the largest piece, before compression
# Ends that the studio concluded from silence: what the runner had written may still come.
GUESSED_ENDS = frozenset({Reason.RUNNER_LOST, Reason.STUDIO_STOPPED})
_LEVEL = 3
_RACES = 5  # senders of one log that may be in each other's way before one is told to come back
_LINE_BYTES = 64 * 1024  # of one line; the rest of a longer one is left out of lists and hits
_READ_BYTES = 4 * 1024 * 1024  # unpacked for one answer, whatever was asked for
_SEARCH_BYTES = 64 * 1024 * 1024
_ROWS_AT_ONCE = 64
_local = threading.local()


class LogGap(Conflict):
    """Bytes are missing before these; `expected_offset` is where the log ends."""

    def __init__(self, expected_offset: int) -> None:
        message = f"The log ends at byte {expected_offset}; send from there."
        super().__init__("log_gap", message, fields={"expected_offset": str(expected_offset)})
        self.expected_offset = expected_offset
        self.extensions = {"expected_offset": expected_offset}


@dataclass(frozen=True, slots=True)
class LogSlice:
    """Bytes of a log from `offset` to `next_offset`, cut between characters. `is_final`: nothing follows, ever."""

    data: bytes
    offset: int
    next_offset: int
    size: int
    lines: int
    is_final: bool

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class LogLines:
    """Lines from number `line` on (the first is 0), without their ends; `total` counts an unfinished last line too."""

    line: int
    lines: list[str]
    total: int
    size: int
    is_final: bool


@dataclass(frozen=True, slots=True)
class LogHit:
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class LogSearch:
    """Hits in one stretch of a log; search on from `next_line`, unless `is_complete`."""

    hits: list[LogHit]
    next_line: int
    is_complete: bool


def append(*, job: Job, attempt: int, offset: int, data: bytes) -> int:
    """Add bytes that begin at `offset` of the log; the log's size afterwards.

    What is there already is left out, so a repeated piece changes nothing. Raises LogGap when bytes before it are
    missing, Conflict for an attempt that no longer counts and for a job whose log is closed.
    """
    if offset < 0:
        raise Invalid("bad_offset", "An offset counts bytes from 0 on.")
    for look in range(_RACES):
        if look:  # the first look trusts what the caller read; what it got wrong is judged by the next
            job.refresh_from_db(fields=["log_size", "log_lines", "attempt", "state", "reason"])
        fresh = data[job.log_size - offset :] if offset <= job.log_size else None
        if fresh == b"" and job.attempt == attempt:
            return job.log_size
        if fresh and _store(job, attempt, fresh):
            return job.log_size
        if look:
            _require_current(job, attempt)
        if look and fresh is None:
            raise LogGap(job.log_size)
    raise Conflict("log_busy", "Other senders write this log at the same time.", hint="Send it again.")


def read(job: Job, offset: int = 0, limit: int = _READ_BYTES) -> LogSlice:
    """At most `limit` bytes from `offset` on, cut between characters where the log goes on."""
    size, lines, is_finished = _standing(job)
    start = min(max(offset, 0), size)
    end = min(start + min(max(limit, 16), _READ_BYTES), size)
    data = b"".join(_pieces(job.pk, start, end))
    if end < size or not is_finished:
        data = data[: len(data) - _half_character(data)]
    following = start + len(data)
    return LogSlice(data, start, following, size, lines, is_finished and following == size)


def read_lines(job: Job, line: int, count: int) -> LogLines:
    """At most `count` lines from number `line` on (the first is 0); a very long line is cut."""
    size, ended, is_finished = _standing(job)
    total = ended + _has_unfinished_line(job.pk, size)
    start, number = _place_of_line(job.pk, line)
    found: list[str] = []
    room = _READ_BYTES
    for raw in _lines(_pieces(job.pk, start, size)):
        if len(found) == count or room <= 0:
            break
        if number >= line:
            found.append(raw.decode("utf-8", "replace").removesuffix("\r"))
            room -= len(raw)
        number += 1
    return LogLines(line, found, total, size, is_finished and line + len(found) >= total)


def search(job: Job, text: str, limit: int = 100) -> list[LogHit]:
    """The first lines that hold `text`, whatever the case, within the part of the log one call may look through."""
    return search_from(job, text, limit=limit).hits


def tail(job: Job, lines: int) -> str:
    """The last lines of the log."""
    size, _, _ = _standing(job)
    found = b""
    for chunk in LogChunk.objects.filter(job_id=job.pk).order_by("-offset").iterator(chunk_size=4):
        found = _unpacked(chunk.data, chunk.size) + found
        if found.count(b"\n") > lines or len(found) > CHUNK_BYTES:
            break
    kept = found.decode("utf-8", "replace").removesuffix("\n").split("\n")[-lines:]
    return "\n".join(kept) if size else ""


def raw(job: Job) -> Iterator[bytes]:
    """The whole log as far as it has come, in pieces."""
    size, _, _ = _standing(job)
    yield from _pieces(job.pk, 0, size)


def search_from(job: Job, text: str, *, limit: int = 100, line: int = 0) -> LogSearch:
    """The lines from number `line` on that hold `text`, whatever the case; looks through a bounded part of the log."""
    size, _, _ = _standing(job)
    if not text:
        return LogSearch([], line, is_complete=True)
    at, number = _place_of_line(job.pk, line)
    end = min(size, at + _SEARCH_BYTES)
    hits: list[LogHit] = []
    for block in _blocks(_pieces(job.pk, at, end)):
        hits += [hit for hit in _hits(block, text, number) if hit.line >= line]
        if len(hits) >= limit:
            return LogSearch(hits[:limit], hits[limit - 1].line + 1, is_complete=False)
        number += block.count(b"\n")
    return LogSearch(hits, number, is_complete=end == size)


def compact(job: Job) -> int:
    """Merge small pieces into large ones; how many pieces are left. Killed midway it has changed nothing by halves."""
    rows = LogChunk.objects.filter(job_id=job.pk).order_by("offset").values_list("pk", "size")
    left = 0
    for group in _groups(rows.iterator()):
        if len(group) > 1:
            _merge(job.pk, group)
        left += 1
    return left


def _store(job: Job, attempt: int, data: bytes) -> bool:
    """Write bytes at the end of the log; False when it no longer ends where `job` says, or is closed."""
    rows = list(_chunks(job, data))
    still = Q(pk=job.pk, attempt=attempt, log_size=job.log_size)
    is_open = ~Q(state__in=FINAL_STATES) | Q(reason__in=GUESSED_ENDS)
    size, lines = job.log_size + len(data), job.log_lines + sum(row.lines for row in rows)
    with transaction.atomic():
        if not Job.objects.filter(still & is_open).update(log_size=size, log_lines=lines):
            return False
        LogChunk.objects.bulk_create(rows)
        job.log_size, job.log_lines = size, lines
        handlers.of(job.kind).logged(job)
    return True


def _require_current(job: Job, attempt: int) -> None:
    if job.attempt != attempt:
        raise Conflict("stale_attempt", f"Attempt {attempt} of this job is over; attempt {job.attempt} counts.")
    if job.is_finished and job.reason not in GUESSED_ENDS:
        raise Conflict("job_finished", f"This job is {job.state}: its log is closed.")


def _chunks(job: Job, data: bytes) -> Iterator[LogChunk]:
    line = job.log_lines
    for at in range(0, len(data), CHUNK_BYTES):
        chunk = _chunk(job.pk, job.log_size + at, line, data[at : at + CHUNK_BYTES])
        line += chunk.lines
        yield chunk


def _chunk(job_id: int, offset: int, line: int, data: bytes) -> LogChunk:
    lines = data.count(b"\n")
    return LogChunk(job_id=job_id, offset=offset, size=len(data), line=line, lines=lines, data=_packed(data))


def _standing(job: Job) -> tuple[int, int, bool]:
    """The log's size and line ends, and whether the job has ended, as of now: `job` may have been read long ago."""
    size, lines, state = Job.objects.values_list("log_size", "log_lines", "state").get(pk=job.pk)
    return size, lines, state in FINAL_STATES


def _pieces(job_id: int, start: int, end: int) -> Iterator[bytes]:
    """The bytes from `start` to `end`, a piece at a time.

    Each query asks by position, so a compaction in between neither hides nor repeats a byte.
    """
    at = start
    while at < end:
        rows = LogChunk.objects.filter(job_id=job_id, offset__lt=end, offset__gt=at - CHUNK_BYTES)
        rows = rows.annotate(end=F("offset") + F("size")).filter(end__gt=at).order_by("offset")[:_ROWS_AT_ONCE]
        moved = False
        for chunk in rows:
            data = _unpacked(chunk.data, chunk.size)[at - chunk.offset : end - chunk.offset]
            at += len(data)
            moved = True
            yield data
        if not moved:
            return


def _lines(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Lines without their ends, each cut to a length that memory and screen can bear; the last may be unfinished."""
    rest = b""
    for piece in pieces:
        first, *others = piece.split(b"\n")
        rest = (rest + first)[:_LINE_BYTES]
        for line in others:
            yield rest
            rest = line[:_LINE_BYTES]
    if rest:
        yield rest


def _blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes cut at line ends; a line longer than a piece may be is cut anywhere."""
    rest = b""
    for piece in pieces:
        window = rest + piece
        cut = window.rfind(b"\n") + 1
        if not cut and len(window) > CHUNK_BYTES:
            cut = len(window)
        rest = window[cut:]
        if cut:
            yield window[:cut]
    if rest:
        yield rest


def _hits(block: bytes, text: str, number: int) -> Iterator[LogHit]:
    """The lines of a block that hold the text; `number` is that of its first line."""
    if not text.isascii():
        for index, line in enumerate(block.decode("utf-8", "replace").split("\n")):
            if text.lower() in line.lower():
                yield LogHit(number + index, line[:_LINE_BYTES].removesuffix("\r"))
        return
    lowered, needle = block.lower(), text.lower().encode()
    at = lowered.find(needle)
    counted = 0
    while at >= 0:
        start, end = block.rfind(b"\n", 0, at) + 1, block.find(b"\n", at)
        end = len(block) if end < 0 else end
        number += block.count(b"\n", counted, start)
        counted = start
        yield LogHit(number, block[start : min(end, start + _LINE_BYTES)].decode("utf-8", "replace").removesuffix("\r"))
        at = lowered.find(needle, end)


def _place_of_line(job_id: int, line: int) -> tuple[int, int]:
    """A byte at which a line begins and its number, at or a little before the line asked for."""
    # The last piece with fewer line ends before it than wanted holds the one the wanted line begins after.
    chunk = LogChunk.objects.filter(job_id=job_id, line__lt=line).order_by("-line", "-offset").first()
    if chunk is None:
        return 0, 0
    data = _unpacked(chunk.data, chunk.size)
    at = -1
    for _ in range(min(line - chunk.line, chunk.lines)):
        at = data.index(b"\n", at + 1)
    if at < 0:
        return chunk.offset, chunk.line
    return chunk.offset + at + 1, chunk.line + min(line - chunk.line, chunk.lines)


def _has_unfinished_line(job_id: int, size: int) -> bool:
    last = b"".join(_pieces(job_id, size - 1, size)) if size else b""
    return last not in (b"", b"\n")


def _half_character(data: bytes) -> int:
    """How many bytes at the end begin a UTF-8 character that is not complete."""
    for back in range(1, min(3, len(data)) + 1):
        byte = data[-back]
        if byte & 0xC0 == 0x80:
            continue
        wanted = 4 if byte >= 0xF0 else 3 if byte >= 0xE0 else 2 if byte >= 0xC0 else 1
        return back if wanted > back else 0
    return 0


def _groups(rows: Iterable[tuple[int, int]]) -> Iterator[list[int]]:
    """Neighbouring pieces that fit into one."""
    group: list[int] = []
    total = 0
    for pk, size in rows:
        if group and total + size > CHUNK_BYTES:
            yield group
            group, total = [], 0
        group.append(pk)
        total += size
    if group:
        yield group


def _merge(job_id: int, pks: Sequence[int]) -> None:
    rows = list(LogChunk.objects.filter(pk__in=pks).order_by("offset"))
    if len(rows) != len(pks):
        return
    data = b"".join(_unpacked(row.data, row.size) for row in rows)
    with transaction.atomic():
        # Whoever deletes them all has the right to write them again; a rival finds fewer.
        if LogChunk.objects.filter(pk__in=pks).delete()[0] != len(pks):
            transaction.set_rollback(True)
            return
        LogChunk.objects.bulk_create([_chunk(job_id, rows[0].offset, rows[0].line, data)])


def _packed(data: bytes) -> bytes:
    if not hasattr(_local, "compressor"):
        _local.compressor = zstandard.ZstdCompressor(level=_LEVEL)
    return _local.compressor.compress(data)


def _unpacked(data: bytes | memoryview, size: int) -> bytes:
    if not hasattr(_local, "decompressor"):
        _local.decompressor = zstandard.ZstdDecompressor()
    return _local.decompressor.decompress(data, max_output_size=size)
