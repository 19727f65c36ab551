"""Runs with metrics, as a page of charts finds them."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest

from runs.tracking.metrics import services as metric_services
from runs.tracking.metrics.columns import Columns
from runs.tracking.models import Run
from runs.tracking.services import attached
from studio.access.models import Workspace
from studio.accounts.models import User

STARTED_MS = 1_800_000_000_000
Points = Sequence[tuple[int, float]]


@pytest.fixture
def start(ben: User, workspace: Workspace) -> Callable[..., Run]:
    """`start("name", lr=0.1)`: a running run in `vision/wall` with these parameters."""

    def begin(name: str, experiment: str = "vision/wall", tags: Mapping[str, str] | None = None, **params) -> Run:
        return attached.start_run(
            actor=ben, workspace=workspace, experiment=experiment, name=name, params=params, tags=tags or {}
        )

    return begin


@pytest.fixture
def log(ben: User) -> Callable[[Run, str, Points], None]:
    """`log(run, "loss", [(1, 0.5)])`, one second a step."""
    sent = iter(range(1000))

    def send(run: Run, key: str, points: Points) -> None:
        step = np.array([one for one, _ in points], np.int64)
        value = np.array([one for _, one in points], np.float64)
        batch = Columns([key], np.zeros(len(step), np.int64), step, STARTED_MS + 1000 * step, value)
        metric_services.ingest(actor=ben, run=run, writer="test", seq=next(sent), columns=batch)

    return send


@pytest.fixture
def get(browser, rita):
    client = browser(rita)
    return lambda path: client.get(f"/w/vision/charts/{path}")
