"""The times of a run's steps: bars on one axis, and the chain of steps that decided how long it took."""

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from runs.pipelines.models import Step

TICKS = 6
ROUND_SECONDS = (
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bar:
    """A step's bar; `left`, `waited` and `width` in hundredths of the axis: how long it waited for a place, then ran."""

    step: Step
    left: float
    waited: float
    width: float
    depth: int
    is_critical: bool
    took: timedelta | None

    @property
    def start(self) -> float:
        """Where it began to run."""
        return self.left + self.waited


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Times:
    bars: list[Bar]
    ticks: list[Tick]
    critical: list[Step]
    critical_took: timedelta
    span: timedelta


def times_of(steps: Sequence[Step], needs: Mapping[int, Sequence[int]], *, now: datetime) -> Times | None:
    """The bars of the steps that have begun. None when none has."""
    begun = [step for step in steps if step.started_at is not None and not step.is_reused]
    if not begun:
        return None
    first = min(step.ready_at or step.started_at or now for step in begun)
    last = max(step.ended_at or now for step in begun)
    span = max(last - first, timedelta(seconds=1))
    chain = critical_path(steps, needs, now=now)
    on_path = {step.pk for step in chain}
    bars = [_bar(step, first, span, step.pk in on_path, now) for step in begun]
    took = sum((_took(step, now) for step in chain), timedelta())
    return Times(bars, _ticks(span), chain, took, span)


def critical_path(steps: Sequence[Step], needs: Mapping[int, Sequence[int]], *, now: datetime) -> list[Step]:
    """The chain that ended last: from the step that ended last back, each time to what it waited for longest.

    Only steps that ran themselves count: of a container, those within it. What is within one waits for what the
    container waited for.
    """
    leaves = {step.pk: step for step in steps if step.started_at is not None and step.run_id is not None}
    if not leaves:
        return []
    ends = {pk: step.ended_at or now for pk, step in leaves.items()}
    family = _Family(steps, needs)
    at = max(leaves, key=lambda pk: ends[pk])
    chain = [at]
    while True:
        before = [pk for pk in family.before(at, leaves) if pk not in chain]
        if not before:
            return [leaves[pk] for pk in reversed(chain)]
        at = max(before, key=lambda pk: ends[pk])
        chain.append(at)


class _Family:
    """Which steps are within which, to tell what a step waited for."""

    def __init__(self, steps: Sequence[Step], needs: Mapping[int, Sequence[int]]) -> None:
        self._needs = needs
        self._steps = {step.pk: step for step in steps}
        self._within: dict[int, list[int]] = defaultdict(list)
        for step in steps:
            if step.parent_id is not None:
                self._within[step.parent_id].append(step.pk)

    def before(self, pk: int, leaves: Container[int]) -> list[int]:
        """The leaves that the step waited for: its own, else those of the nearest container that waited for some."""
        step = self._steps.get(pk)
        while step is not None:
            needed = [*self._needs.get(step.pk, ()), *self._round_before(step)]
            found = [leaf for one in needed for leaf in self._below(one, leaves)]
            if found:
                return found
            step = self._steps.get(step.parent_id or 0)
        return []

    def _round_before(self, step: Step) -> list[int]:
        """Rounds of a do_while come one after another."""
        loop = self._steps.get(step.parent_id or 0)
        if loop is None or loop.kind != Step.Kind.LOOP:
            return []
        return [pk for pk in self._within[loop.pk] if self._steps[pk].position == step.position - 1]

    def _below(self, pk: int, leaves: Container[int]) -> list[int]:
        if pk in leaves:
            return [pk]
        return [leaf for one in self._within.get(pk, ()) for leaf in self._below(one, leaves)]


def _bar(step: Step, first: datetime, span: timedelta, is_critical: bool, now: datetime) -> Bar:
    started = step.started_at or now
    ready = min(step.ready_at or started, started)
    running = _began(step) or started
    end = step.ended_at or now
    share = 100 / span.total_seconds()
    return Bar(
        step=step,
        left=round((ready - first).total_seconds() * share, 3),
        waited=round((running - ready).total_seconds() * share, 3),
        width=round(max((end - running).total_seconds() * share, 0.2), 3),
        depth=step.path.count("."),
        is_critical=is_critical,
        took=_took(step, now),
    )


def _began(step: Step) -> datetime | None:
    """When its command began: before that it waited for a slot and its environment."""
    return step.run.started_at if step.run is not None and step.run.started_at else None


def _took(step: Step, now: datetime) -> timedelta:
    return (step.ended_at or now) - (step.started_at or now)


def _ticks(span: timedelta) -> list[Tick]:
    whole = span.total_seconds()
    every = next((step for step in ROUND_SECONDS if whole / step <= TICKS), ROUND_SECONDS[-1])
    return [Tick(round(100 * at / whole, 3), _label(at)) for at in range(0, int(whole) + 1, every)]


def _label(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}h {minutes:02d}m"
    return f"{minutes}m {rest:02d}s" if minutes else f"{rest}s"
