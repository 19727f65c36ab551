"""One worker's turns at a removal: short transactions, counted on the receipt as they are made, with rests between."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F

from runs.trash import state
from runs.trash.models import Purge
from runs.trash.scopes import Scope
from studio.activity import services as activity

KIND = "purge"  # of its activity
SHORT, LONG = 0.02, 0.05  # seconds a turn should take: other writers wait as long at most
FEWEST, MOST = 5, 2000
LONGEST_REST = 0.1
TELL_EVERY = 1.0


@dataclass(slots=True)
class Tally:
    """What one turn did."""

    rows: Counter[str] = field(default_factory=Counter)
    found: int = 0
    runs: int = 0
    experiments: int = 0
    objects: int = 0
    bytes: int = 0
    points: int = 0
    log_bytes: int = 0
    kept: list[dict[str, str | int]] = field(default_factory=list)

    def count(self, rows: Mapping[str, int]) -> None:
        self.rows.update({kind: number for kind, number in rows.items() if number})

    def keep(self, kind: str, count: int, size: int, why: str) -> None:
        if count:
            self.kept.append({"kind": kind, "count": count, "bytes": size, "why": why})


class Shift:
    """One worker at one removal. `size` is how many rows a turn may take, found out on the way."""

    def __init__(self, purge: Purge) -> None:
        self.purge = purge
        self.scope = Scope.from_json(purge.scope)
        self.size = 200
        self._told_at = 0.0

    @contextmanager
    def turn(self) -> Iterator[Tally]:
        """A transaction that is this worker's alone; raises Superseded, with nothing written, when it is not."""
        tally = Tally()
        with transaction.atomic():
            state.renew(self.purge)  # also the write that takes the lock: what follows is not in anybody's way twice
            began = time.monotonic()
            yield tally
            _write(self.purge, tally)
        self._adapt(time.monotonic() - began)
        self._tell()

    def _adapt(self, seconds: float) -> None:
        if seconds > LONG:
            self.size = max(FEWEST, self.size // 2)
        elif seconds < SHORT:
            self.size = min(MOST, self.size * 2)
        # As long as this turn kept the database, the others have it now.
        time.sleep(min(seconds, LONGEST_REST))

    def _tell(self) -> None:
        if time.monotonic() - self._told_at < TELL_EVERY:
            return
        self._told_at = time.monotonic()
        found = Purge.objects.filter(pk=self.purge.pk).values("run_total", "run_count").get()
        activity.report(
            workspace=self.purge.workspace,
            kind=KIND,
            subject=self.purge.subject,
            state="running",
            progress=found["run_count"] / found["run_total"] if found["run_total"] else None,
            message=f"{found['run_count']:,} of {found['run_total']:,} runs removed",
        )


def _write(purge: Purge, tally: Tally) -> None:
    """Add a turn to the receipt. The lease was renewed in this transaction, so nobody else writes it now."""
    now = Purge.objects.filter(pk=purge.pk).values("rows", "kept").get()
    Purge.objects.filter(pk=purge.pk).update(
        rows=dict(Counter(now["rows"]) + tally.rows),
        kept=_joined([*now["kept"], *tally.kept]),
        run_total=F("run_total") + tally.found,
        run_count=F("run_count") + tally.runs,
        experiment_count=F("experiment_count") + tally.experiments,
        object_count=F("object_count") + tally.objects,
        bytes_freed=F("bytes_freed") + tally.bytes,
        point_count=F("point_count") + tally.points,
        log_bytes=F("log_bytes") + tally.log_bytes,
    )


def _joined(kept: list[dict[str, str | int]]) -> list[dict[str, str | int]]:
    """One line for each kind and reason."""
    lines: dict[tuple[object, object], dict[str, str | int]] = {}
    for item in kept:
        line = lines.setdefault((item["kind"], item["why"]), {**item, "count": 0, "bytes": 0})
        line["count"] = int(line["count"]) + int(item["count"])
        line["bytes"] = int(line["bytes"]) + int(item["bytes"])
    return list(lines.values())
