"""What every source of an import comes down to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import IO, Any, Callable

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


@dataclass(frozen=True)
class SourceExperiment:
    """What is said of an experiment, beside its runs."""

    name: str
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SourceLoggedModel:
    """A model that a run made. `run` is the external id of a run."""

    external_id: str
    experiment: str
    name: str
    run: str = ""
    model_type: str = ""
    is_failed: bool = False
    created: str = ""  # ISO time
    params: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    files: Callable[[], Iterator[SourceFile]] = lambda: iter(())


@dataclass(frozen=True)
class SourceVersion:
    """A numbered version. Its files are those of `run` or `logged_model` (external ids) below `path`, or `files`."""

    external_id: str
    number: int
    source: str
    run: str = ""
    logged_model: str = ""
    path: str | None = None  # not known where the files lie
    description: str = ""
    stage: str = ""
    created: str = ""  # ISO time
    tags: Mapping[str, str] = field(default_factory=dict)
    aliases: Sequence[str] = ()
    files: Callable[[], Iterator[SourceFile]] = lambda: iter(())


@dataclass(frozen=True)
class SourceModel:
    """A registered model with its versions, lowest number first."""

    external_id: str
    name: str
    description: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    versions: Sequence[SourceVersion] = ()


class Source:
    """Where runs come from. `notes` holds what it could not read, in plain words."""

    label: str
    notes: list[str]

    def runs(self) -> Iterator[SourceRun]:
        """Every run, in any order."""
        raise NotImplementedError

    def experiments(self) -> Iterator[SourceExperiment]:
        """What is said of experiments, where the tracker says anything."""
        return iter(())

    def logged_models(self) -> Iterator[SourceLoggedModel]:
        """The models that runs made, where the tracker keeps them apart from files."""
        return iter(())

    def models(self) -> Iterator[SourceModel]:
        """The registry, where there is one."""
        return iter(())


def iso(milliseconds: int | None) -> str | None:
    """ISO time, in UTC."""
    if milliseconds is None:
        return None
    moment = datetime.fromtimestamp(milliseconds / 1000, tz=timezone.utc)
    return moment.isoformat().replace("+00:00", "Z")
