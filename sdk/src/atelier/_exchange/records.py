"""What every source of an import comes down to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO, Any, Callable, Protocol

Point = tuple[int, int, float]  # step, time in ms, value

COMPLETED, FAILED, CANCELED = "completed", "failed", "canceled"


@dataclass(frozen=True)
class Series:
    """All points of one metric, in the order in which they were logged."""

    key: str
    points: Iterable[Point]


@dataclass(frozen=True)
class SourceFile:
    """One file; `open` is called when its bytes are wanted."""

    path: str
    size: int
    open: Callable[[], IO[bytes]]


@dataclass(frozen=True)
class SourceRun:
    """One run as another tracker knows it. Times are ms since the epoch; `parent` is an external id."""

    external_id: str
    experiment: str
    name: str
    state: str
    started_ms: int | None = None
    ended_ms: int | None = None
    parent: str = ""
    description: str = ""
    command: str = ""
    git: Mapping[str, Any] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    series: Callable[[], Iterator[Series]] = lambda: iter(())
    files: Callable[[], Iterator[SourceFile]] = lambda: iter(())


class Source(Protocol):
    """Where runs come from. `notes` holds what it could not read, in plain words."""

    label: str
    notes: list[str]

    def runs(self) -> Iterator[SourceRun]:
        """Every run, in any order."""
        ...
