"""What the agent remembers of one module between its looks, also across its own restarts."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from typing import Any

from atelier.edge.specs import Spec

LONGEST_PAUSE = 300.0
MOST_EVENTS = 50
STEADY_SECONDS = 120.0


@dataclass
class Memory:
    """`good` is what got ready last; `given_up` the key of what did not, and shall not be tried again by itself."""

    good: dict[str, Any] | None = None
    given_up: str = ""
    problem: str = ""
    ready_key: str = ""  # of what got ready at least once
    tried_key: str = ""  # of what was started last
    started_at: float = 0.0
    since: str = ""
    state: str = ""
    restarts: int = 0
    fails: int = 0  # in a row
    bad_looks: int = 0
    not_before: float = 0.0
    is_over: bool = False  # it ended and shall not be started again

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Memory:
        known = cls.__dataclass_fields__
        return cls(**{name: each for name, each in value.items() if name in known})

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def good_spec(self) -> Spec | None:
        return Spec.from_json(self.good) if self.good else None

    def begin(self, key: str) -> None:
        """It is started now. What is tried for the first time begins without a history."""
        if key != self.tried_key:
            self.fails, self.restarts, self.not_before = 0, 0, 0.0
        self.tried_key, self.started_at, self.bad_looks, self.is_over = key, time.time(), 0, False

    def fail(self) -> None:
        """Once more it did not stay: the next start waits longer."""
        if self.started_at and time.time() - self.started_at > STEADY_SECONDS:
            self.fails = 0
        self.fails += 1
        self.not_before = time.time() + min(LONGEST_PAUSE, 2.0 ** (self.fails - 1))

    def be(self, state: str) -> bool:
        """Whether the state is another than before."""
        if state == self.state:
            return False
        self.state, self.since = state, now()
        return True


@dataclass
class Diary:
    """What happened and was not reported yet; the oldest is dropped when there is too much."""

    events: list[dict[str, str]] = field(default_factory=list)

    def note(self, kind: str, module: str = "", detail: str = "") -> None:
        self.events.append({"kind": kind, "module": module, "detail": detail[:1000], "at": now()})
        del self.events[:-MOST_EVENTS]

    def told(self, count: int) -> None:
        """The first so many were reported."""
        del self.events[:count]


def now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="seconds")
