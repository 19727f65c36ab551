"""The files in which gateways leave samples, until the studio has taken them."""

import contextlib
import json
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

OPEN, CLOSED = ".part", ".jsonl"
LEFT_ALONE = 180.0  # seconds: a gateway closes its file sooner, so whoever wrote this one is gone
MAX_LINE = 2**20


@dataclass(frozen=True, slots=True)
class Said:
    """One line: a request and its answer. `number` is its place in the file."""

    number: int
    deployment: int
    at: float
    facts: dict[str, Any]
    raw: bytes


def files() -> list[Path]:
    """Those that are written to the end, oldest first."""
    folder = Path(settings.COLLECT_SPOOL)
    if not folder.is_dir():
        return []
    now = time.time()
    for each in folder.glob(f"*{OPEN}"):
        with contextlib.suppress(OSError):
            if now - each.stat().st_mtime > LEFT_ALONE:
                each.rename(each.with_suffix(CLOSED))
    return sorted(folder.glob(f"*{CLOSED}"))


def waiting() -> int:
    """Bytes that lie there."""
    total = 0
    with contextlib.suppress(OSError):
        for each in Path(settings.COLLECT_SPOOL).iterdir():
            with contextlib.suppress(OSError):
                total += each.stat().st_size
    return total


def read(file: Path) -> Iterator[Said]:
    """The lines; one that is none, such as the half last one of a gateway that was killed, is left out."""
    with file.open("rb") as opened:
        for number, raw in enumerate(opened):
            if len(raw) <= MAX_LINE and (found := _read(number, raw)):
                yield found


def keep_only(file: Path, lines: Sequence[Said]) -> None:
    """Leave these lines for another time, under their own numbers; without any the file goes."""
    if not lines:
        file.unlink(missing_ok=True)
        return
    kept = {line.number: line.raw for line in lines}
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".left-", delete=False) as left:
        # What is done leaves an empty line: the names of what is written follow from the numbers.
        for number in range(max(kept) + 1):
            left.write(kept.get(number, b"\n"))
    os.replace(left.name, file)


def _read(number: int, raw: bytes) -> Said | None:
    try:
        facts = json.loads(raw)
        deployment, at = facts["deployment"], float(facts["at"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    is_number = isinstance(deployment, int) and not isinstance(deployment, bool) and 0 < deployment < 2**63
    return Said(number, deployment, at, facts, raw) if is_number and 0 < at < 4e9 else None
