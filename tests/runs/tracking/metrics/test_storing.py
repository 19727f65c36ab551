"""Points without a number: both tables or none, alone in a statement or within somebody's transaction, and the same either way."""

import time
from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest
from django.db import IntegrityError, transaction

from runs.tracking.metrics import columns, keys, queries, services, storing
from runs.tracking.metrics.models import MetricBatch, MetricSummary
from runs.tracking.models import Run

pytestmark = pytest.mark.django_db(transaction=True)
VALUES = [1.5, -2.0, float("nan"), float("inf"), 1e300, -0.0, 7.0]


@pytest.fixture(autouse=True)
def _own_numbers() -> None:
    keys.forget()


def points_of(run: Run) -> list[tuple[Any, ...]]:
    curve = queries.points(run, "loss", limit=100).curve
    columns_of = (curve.step.tolist(), curve.time_ms.tolist(), map(repr, curve.value.tolist()))
    return list(zip(*columns_of, strict=True))


def summary_of(run: Run) -> dict[str, Any]:
    found = MetricSummary.objects.filter(run=run).values().get()
    return {name: value for name, value in found.items() if name not in ("id", "run_id", "key_id")}


@pytest.mark.parametrize("outer", [nullcontext, transaction.atomic])
def test_points_one_by_one_are_what_a_batch_of_them_is(run: Run, people: Any, outer: Any) -> None:
    other = Run.objects.create(
        workspace=run.workspace, experiment=run.experiment, state="running", created_by=people.ben
    )
    for step, value in enumerate(VALUES):
        with outer():
            services.append_point(run=run, key="loss", step=step, time_ms=1_000 + step, value=value)
    batch = columns.from_points(
        [{"key": "loss", "step": step, "time_ms": 1_000 + step, "value": value} for step, value in enumerate(VALUES)]
    )
    with outer():
        services.append(run=other, columns=batch)
    assert points_of(run) == points_of(other)
    assert summary_of(run) == summary_of(other)
    assert MetricBatch.objects.filter(run=run).count() == len(VALUES)


def test_of_a_metric_that_is_not_there_nothing_is_stored(run: Run) -> None:
    with pytest.raises(IntegrityError):
        storing.store_point(run.pk, storing.Point(10**9, 0, 0, 1.0))
    assert not MetricBatch.objects.filter(run=run).exists()
    assert not MetricSummary.objects.filter(run=run).exists()


def test_a_number_that_turned_out_to_be_nobodys_is_forgotten(run: Run) -> None:
    keys._numbers[run.workspace_id, "loss"] = 10**9
    with pytest.raises(IntegrityError):
        services.append_point(run=run, key="loss", step=0, time_ms=0, value=1.0)
    services.append_point(run=run, key="loss", step=0, time_ms=0, value=1.0)
    assert summary_of(run)["count"] == 1


def test_names_made_in_a_transaction_that_fails_are_not_remembered(run: Run) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        services.append_point(run=run, key="loss", step=0, time_ms=0, value=1.0)
        raise ZeroDivisionError
    assert not keys._numbers
    services.append_point(run=run, key="loss", step=0, time_ms=0, value=1.0)
    assert summary_of(run)["count"] == 1


def test_two_batches_of_one_nanosecond_are_both_kept(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 1_760_000_000_000_000_000)
    for step in range(3):
        services.append_point(run=run, key="loss", step=step, time_ms=0, value=float(step))
    assert [step for step, _, _ in points_of(run)] == [0, 1, 2]
    assert summary_of(run)["count"] == 3


def test_a_batch_is_refused_whole(run: Run) -> None:
    key_id = keys.key_ids(run.workspace_id, ["loss"])["loss"]
    numbers = [np.array(values, np.int64) for values in ([key_id, 10**9], [0, 0], [0, 0])]
    digests = list(services.summarise.digests(*numbers, np.array([1.0, 2.0])))
    with pytest.raises(IntegrityError):
        storing.store_batch(run.pk, 2, b"", digests)
    assert not MetricBatch.objects.filter(run=run).exists()
    assert not MetricSummary.objects.filter(run=run).exists()
