"""Drift: the worst column first, each in a sentence."""

import random
from typing import Any

import polars
import pytest

from registry.data.explore import drift
from registry.data.explore.drift import Drift
from studio.access.models import Workspace
from tests.factories.data import make_data
from tests.registry.data.explore.test_profile import made

pytestmark = pytest.mark.django_db
ROWS = 2000


def csv(**columns: list[Any]) -> bytes:
    return polars.DataFrame(columns).write_csv().encode()


def compared(workspace: Workspace, before: bytes, now: bytes) -> Drift:
    first, second = (made(make_data(workspace, "cars", {"cars.csv": content})) for content in (before, now))
    return drift.drift(first, second)


def normal(seed: int, mean: float = 0.0) -> list[float]:
    rng = random.Random(seed)
    return [round(rng.gauss(mean, 1), 4) for _ in range(ROWS)]


def test_the_same_data_has_no_drift(workspace: Workspace) -> None:
    found = compared(workspace, csv(x=normal(1), c=["a", "b"] * 1000), csv(x=normal(2), c=["b", "a"] * 1000))
    assert (found.large, found.moderate) == (0, 0)
    assert all(column.psi is not None and column.psi < 0.05 for column in found.columns)
    assert {column.sentence for column in found.columns} == {"x is much as it was.", "c is much as it was."}


def test_a_moved_number_is_measured_and_said(workspace: Workspace) -> None:
    found = compared(workspace, csv(x=normal(1), y=normal(3)), csv(x=normal(2, mean=1.0), y=normal(4)))
    worst = found.columns[0]
    assert (worst.name, worst.level) == ("x", "large")
    # For two normal distributions one standard deviation apart: PSI 1.0, KS 0.383.
    assert worst.psi == pytest.approx(0.95, abs=0.25)
    assert worst.ks == pytest.approx(0.383, abs=0.04)
    assert worst.js is not None
    assert 0.2 < worst.js < 0.5
    assert worst.sentence.startswith("x rose: the median was ")


def test_missing_new_lost_and_retyped_columns_are_said(workspace: Workspace) -> None:
    before = csv(gone=[1] * ROWS, kind=[1, 2] * 1000, holes=[1.5, 2.5] * 1000)
    holes = [None if n % 2 else 1.5 + n % 4 / 2 for n in range(ROWS)]
    now = csv(kind=["a", "b"] * 1000, holes=holes, fresh=[1] * ROWS)
    found = compared(workspace, before, now)
    assert [column.sentence for column in found.columns[:3]] == [
        "fresh is new.",
        "gone is gone.",
        "kind was an int column and is a string column now.",
    ]
    assert "Missing values of holes rose from 0 % to 50 %." in found.columns[3].sentence


def test_new_and_lost_values_of_categories_are_named(workspace: Workspace) -> None:
    found = compared(workspace, csv(c=["Oslo", "Rome"] * 1000), csv(c=["Oslo", "Lima"] * 1000))
    column = found.columns[0]
    assert (column.new_values, column.lost_values, column.level) == (["Lima"], ["Rome"], "large")
    assert column.sentence.endswith("c has 1 new value: Lima. c has lost 1 value: Rome.")
