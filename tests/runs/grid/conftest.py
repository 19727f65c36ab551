"""Runs with values, and REST callers."""

import math
from collections.abc import Callable

import pytest

from runs.grid import shelf
from runs.tracking.metrics.models import MetricKey, MetricSummary
from runs.tracking.models import Experiment, Param, Run, Tag
from tests.factories import make_experiment, make_run

BASE = "/api/v1/workspaces/vision/"


@pytest.fixture(autouse=True)
def empty_shelf():
    """What one test kept is not another's."""
    shelf.memory.clear()


@pytest.fixture
def digits(workspace) -> Experiment:
    return make_experiment(workspace, "vision/digits")


@pytest.fixture
def make(workspace, digits) -> Callable[..., Run]:
    """`make("a", lr="0.1", loss=0.3, tags={"team": "nlp"})`: a completed run with a parameter and a metric's last value."""
    goals = {"loss": "min", "acc": "max"}

    def one(name: str, *, tags=None, parent=None, experiment=None, params=None, state="completed", **values) -> Run:
        run = make_run(workspace, experiment=experiment or digits, name=name, parent=parent, state=state, with_job=True)
        texts = {key: value for key, value in values.items() if isinstance(value, str)} | (params or {})
        Param.objects.bulk_create(Param(run=run, key=key, value=value) for key, value in texts.items())
        Tag.objects.bulk_create(Tag(run=run, key=key, value=value) for key, value in (tags or {}).items())
        for name_, value in values.items():
            if not isinstance(value, str):
                key, _ = MetricKey.objects.get_or_create(
                    workspace=workspace, name=name_, defaults={"goal": goals.get(name_, "")}
                )
                last, low = (None, None) if math.isnan(value) else (value, value - 0.1)
                MetricSummary.objects.create(
                    run=run, key=key, count=2, first=value, last=last, min=low, max=value, total=2 * value if last else 0,
                    finite_count=2 if last is not None else 0,
                )  # fmt: skip
        return run

    return one


@pytest.fixture
def ask(api, ben):
    """`ask("grid/rows", {...})` as Ben: the body of a 200."""
    client = api(ben, base=BASE)

    def post(path: str, body: dict, status: int = 200):
        answer = client.post(path, body)
        assert answer.status_code == status, answer.content
        return answer.json()

    return post
