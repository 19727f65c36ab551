"""Counters that all workers share: one anonymous page of memory, made before they are forked, a row for each."""

from __future__ import annotations

import mmap
from bisect import bisect_left
from typing import Any

ROUTES = ("score", "invocations", "infer", "other")
CODES = (200, 400, 404, 405, 408, 413, 415, 422, 429, 500, 503, 504, 0)
BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)

# What a row holds, in this order: gauges, then counters, then by route the codes, the buckets and the sum.
FACTS = ("pid", "ready", "connections", "in_flight", "stuck")
TOTALS = ("runs", "run_seconds", "run_rows", "crashes", "starts")
_CODE_AT = {code: index for index, code in enumerate(CODES)}
_NAMED = {name: index for index, name in enumerate(FACTS + TOTALS)}
_BY_ROUTE = len(CODES) + len(BOUNDS) + 1 + 1
WIDTH = len(_NAMED) + len(ROUTES) * _BY_ROUTE


class Board:
    """The rows of all workers."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._memory = mmap.mmap(-1, max((workers * WIDTH + 1) * 8, mmap.PAGESIZE))
        self._cells = memoryview(self._memory).cast("d")

    def row(self, worker: int) -> Row:
        return Row(self._cells[worker * WIDTH : (worker + 1) * WIDTH])

    def rows(self) -> list[Row]:
        return [self.row(worker) for worker in range(self.workers)]

    @property
    def was_ready(self) -> bool:
        """Whether all workers have been ready at one time."""
        at = self.workers * WIDTH
        if not self._cells[at] and all(row.get("ready") for row in self.rows()):
            self._cells[at] = 1
        return bool(self._cells[at])

    def total(self, name: str) -> float:
        return sum(row.get(name) for row in self.rows())


class Row:
    """The numbers of one worker. Only its own thread that talks to clients writes them."""

    __slots__ = ("_cells",)

    def __init__(self, cells: Any) -> None:
        self._cells = cells

    def get(self, name: str) -> float:
        return float(self._cells[_NAMED[name]])

    def set(self, name: str, value: float) -> None:
        self._cells[_NAMED[name]] = value

    def add(self, name: str, value: float) -> None:
        self._cells[_NAMED[name]] += value

    def reset_facts(self) -> None:
        """A worker is gone or new: what it did stays counted, what it was is forgotten."""
        for name in FACTS:
            self.set(name, 0)

    def count(self, route: str, status: int, seconds: float) -> None:
        """One request answered."""
        start = self._start(route)
        self._cells[start + _CODE_AT.get(status, len(CODES) - 1)] += 1
        self._cells[start + len(CODES) + bisect_left(BOUNDS, seconds)] += 1
        self._cells[start + _BY_ROUTE - 1] += seconds

    def codes(self, route: str) -> list[float]:
        start = self._start(route)
        return list(self._cells[start : start + len(CODES)])

    def buckets(self, route: str) -> list[float]:
        """Requests by duration: up to each bound, then the longer ones."""
        start = self._start(route) + len(CODES)
        return list(self._cells[start : start + len(BOUNDS) + 1])

    def seconds(self, route: str) -> float:
        return float(self._cells[self._start(route) + _BY_ROUTE - 1])

    @staticmethod
    def _start(route: str) -> int:
        return len(_NAMED) + ROUTES.index(route) * _BY_ROUTE


def page_bytes(pid: int) -> int | None:
    """The memory that a process holds; None where that can't be read."""
    try:
        with open(f"/proc/{pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * mmap.PAGESIZE
    except (OSError, ValueError, IndexError):
        return None
