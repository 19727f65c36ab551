"""Builds of a kind that only remembers what it heard."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from compute.building import handlers
from compute.building.results import Result
from compute.jobs.models import Job

KIND = "test_build"


@dataclass
class Remembering(handlers.Owner):
    results: list[Result] = field(default_factory=list)
    moves: list[tuple[str, str]] = field(default_factory=list)

    def answered(self, job: Job, result: Result) -> None:
        self.results.append(result)

    def moved(self, job: Job, to_state: str, problem: str) -> None:
        self.moves.append((to_state, problem))


@pytest.fixture
def owner() -> Iterator[Remembering]:
    found = Remembering()
    handlers.register(KIND, found)
    yield found
    handlers.register(KIND, handlers.Owner())
