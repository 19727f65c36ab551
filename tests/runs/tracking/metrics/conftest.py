"""A running run of `vision`, and batches for it."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from runs.tracking.metrics import columns, services
from runs.tracking.models import Run
from tests.factories import make_run
from tests.people import People

Log = Callable[..., services.Ingested]


@pytest.fixture
def run(people: People) -> Run:
    return make_run(people.workspace, state="running", with_job=True)


@pytest.fixture
def log(people: People) -> Log:
    """`log(run, seq, [(key, step, value), …], writer="w")`: one batch; the time of a point is its step in ms."""

    def ingest(
        run: Run, seq: int, points: Iterable[tuple[Any, ...]], writer: str = "w", **more: Any
    ) -> services.Ingested:
        listed = [
            {
                "key": point[0],
                "step": point[1],
                "value": point[2],
                "time_ms": point[3] if len(point) > 3 else abs(point[1]),
            }
            for point in points
        ]
        batch = columns.from_points(listed)
        return services.ingest(actor=people.ben, run=run, writer=writer, seq=seq, columns=batch, **more)

    return ingest
