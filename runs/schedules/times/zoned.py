"""Wall-clock times in a time zone: what comes next, and what came between.

When the clock jumps forward, a time that the wall skips comes once, an hour's shift later. When it is set back, a time that
the wall shows twice comes once, the first time; only what is due in every hour goes on in both.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from runs.schedules.times.cron import Cron
from runs.schedules.times.recurrence import Recurrence

SHIFT = timedelta(hours=3)  # more than any clock is ever moved
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Timing:
    """A pattern in its zone, from `begins` until `ends`."""

    pattern: Cron | Recurrence
    zone: ZoneInfo
    begins: datetime
    ends: datetime | None = None

    def after(self, moment: datetime) -> datetime | None:
        """The first time strictly after `moment`; None when there is none."""
        return next(self.times_after(moment), None)

    def times_after(self, moment: datetime) -> Iterator[datetime]:
        """In order, each once."""
        last = max(moment, self.begins - timedelta(microseconds=1))
        for due in self._instants(last):
            if self.ends is not None and due > self.ends:
                return
            if due > last:
                yield due
                last = due

    def first(self, moment: datetime, count: int) -> list[datetime]:
        """The next so many times."""
        return list(islice(self.times_after(moment), count))

    def between(self, since: datetime, until: datetime, most: int) -> list[datetime]:
        """The times from `since` to `until`, both included; at most one more than `most`."""
        found: list[datetime] = []
        for due in self.times_after(since - timedelta(microseconds=1)):
            if due > until or len(found) > most:
                break
            found.append(due)
        return found

    def latest(self, since: datetime, until: datetime) -> tuple[datetime, int]:
        """The last time from `since` (which is one) to `until`, and how many came before it."""
        last, passed = since, 0
        for due in islice(self.times_after(since), MOST):
            if due > until:
                break
            last, passed = due, passed + 1
        return last, passed

    def _instants(self, after: datetime) -> Iterator[datetime]:
        if isinstance(self.pattern, Recurrence) and (step := self.pattern.step):
            yield from self._steps(after, step)
            return
        # Around a change of the clock the order of the wall is not the order of time: a window is put in order.
        waiting: list[datetime] = []
        for wall in self._walls(_wall(after - SHIFT, self.zone)):
            instants = self._in_time(wall)
            waiting = sorted({*waiting, *instants})
            edge = instants[0] - SHIFT
            while waiting and waiting[0] < edge:
                yield waiting.pop(0)
        yield from waiting

    def _steps(self, after: datetime, step: timedelta) -> Iterator[datetime]:
        begins = self.begins.replace(second=0, microsecond=0)
        number = max(0, (after - begins) // step)
        while True:
            try:
                yield begins + number * step
            except OverflowError:
                return
            number += 1

    def _walls(self, start: datetime) -> Iterator[datetime]:
        if isinstance(self.pattern, Cron):
            return self.pattern.from_(start)
        return self.pattern.from_(start, _wall(self.begins, self.zone))

    def _in_time(self, wall: datetime) -> list[datetime]:
        first = wall.replace(tzinfo=self.zone, fold=0).astimezone(UTC)
        second = wall.replace(tzinfo=self.zone, fold=1).astimezone(UTC)
        # Of a time that is skipped, fold=1 lies before fold=0.
        if second > first and isinstance(self.pattern, Cron) and self.pattern.is_every_hour:
            return [first, second]
        return [first]


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
