"""What was asked, per deployment and minute, until the studio has taken it."""

import time
from typing import Any

from registry.endpoints import histogram

MAX_ROWS = 5_000  # kept while Redis is away; the oldest go first
BUCKET = histogram.bucket


class Minute:
    """One deployment's minute so far."""

    __slots__ = (
        "bytes_in", "bytes_out", "client_errors", "durations", "minute", "mirrored", "requests", "seconds",
        "sent", "server_errors", "touched",
    )  # fmt: skip

    def __init__(self, minute: int) -> None:
        self.minute = minute
        self.requests = self.mirrored = self.client_errors = self.server_errors = 0
        self.bytes_in = self.bytes_out = 0
        self.seconds = 0.0  # all durations together: divided by the time it is how many were open at a time
        self.durations: dict[int, int] = {}
        self.touched = self.sent = 0

    def as_json(self, gateway: str, deployment: int, now: float) -> dict[str, Any]:
        passed = min(60.0, max(1.0, now - self.minute * 60))
        return {
            "gateway": gateway,
            "deployment": deployment,
            "minute": self.minute * 60,
            "requests": self.requests,
            "mirrored": self.mirrored,
            "client_errors": self.client_errors,
            "server_errors": self.server_errors,
            "durations": {str(number): count for number, count in self.durations.items()},
            "concurrency": round(self.seconds / passed, 4),
            "bytes_in": self.bytes_in,
            "bytes_out": self.bytes_out,
        }


class Counts:
    """One deployment's."""

    __slots__ = ("before", "counter", "current", "deployment", "endpoint", "name", "seconds_before", "total")

    def __init__(self, counter: "Counter", deployment: int, endpoint: str, name: str) -> None:
        self.counter = counter
        self.deployment = deployment
        self.endpoint = endpoint
        self.name = name
        self.current = Minute(-1)
        # Since the start, for Prometheus: answers by status, durations and their sum of the minutes that are over.
        self.total: dict[int, int] = {}
        self.before: dict[int, int] = {}
        self.seconds_before = 0.0

    def add(self, status: int, seconds: float, bytes_in: int, bytes_out: int, *, mirrored: bool = False) -> None:
        now = int(time.time() // 60)
        row = self.current
        if row.minute != now:
            self.before, self.seconds_before = self.durations(), self.seconds
            row = self.current = self.counter.row(self.deployment, now)
        row.touched += 1
        if mirrored:
            row.mirrored += 1
        else:
            row.requests += 1
            self.total[status] = self.total.get(status, 0) + 1
        if status >= 500:
            row.server_errors += 1
        elif status >= 400:
            row.client_errors += 1
        row.seconds += seconds
        number = BUCKET(seconds * 1000)
        row.durations[number] = row.durations.get(number, 0) + 1
        row.bytes_in += bytes_in
        row.bytes_out += bytes_out

    def durations(self) -> dict[int, int]:
        """All since the start."""
        return histogram.added([self.before, self.current.durations])

    @property
    def seconds(self) -> float:
        return self.seconds_before + self.current.seconds


class Counter:
    """All of them, and what of it is not told yet."""

    def __init__(self) -> None:
        self.counts: dict[int, Counts] = {}
        self.rows: dict[tuple[int, int], Minute] = {}
        self.lost = 0

    def of(self, deployment: int, endpoint: str, name: str) -> Counts:
        found = self.counts.get(deployment)
        if found is None:
            found = self.counts[deployment] = Counts(self, deployment, endpoint, name)
        return found

    def row(self, deployment: int, minute: int) -> Minute:
        found = self.rows.get((deployment, minute))
        if found is None:
            while len(self.rows) >= MAX_ROWS:
                self.rows.pop(next(iter(self.rows)))
                self.lost += 1
            found = self.rows[deployment, minute] = Minute(minute)
        return found

    def untold(self) -> list[tuple[int, Minute, int]]:
        """(deployment, its minute, how far it was counted) of what has grown since it was told."""
        return [(key[0], row, row.touched) for key, row in self.rows.items() if row.touched != row.sent]

    def told(self, rows: list[tuple[int, Minute, int]]) -> None:
        """These have arrived. Minutes that are over are forgotten."""
        for _, row, touched in rows:
            row.sent = touched
        over = int(time.time() // 60) - 1
        for key in [key for key, row in self.rows.items() if row.minute < over and row.sent == row.touched]:
            del self.rows[key]

    def forget(self, living: set[int]) -> None:
        """Deployments that are gone leave the metrics once all of theirs was told."""
        waiting = {deployment for deployment, _ in self.rows}
        for deployment in [each for each in self.counts if each not in living and each not in waiting]:
            del self.counts[deployment]
