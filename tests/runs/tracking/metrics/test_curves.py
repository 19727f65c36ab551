"""Buckets stand for every point: nothing is dropped, smoothed or invented."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from runs.tracking.metrics import curves
from runs.tracking.metrics.curves import Curve


def curve(steps, values, times=None) -> Curve:
    step = np.array(steps, np.int64)
    return Curve(step, step.copy() if times is None else np.array(times, np.int64), np.array(values, np.float64))


@given(
    steps=st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=300, unique=True).map(sorted),
    data=st.data(),
    buckets=st.integers(1, 60),
)
def test_buckets_of_any_curve_keep_its_count_its_extremes_and_its_oddities(steps, data, buckets) -> None:
    values = data.draw(arrays.arrays(np.float64, len(steps)))
    found = curves.reduced(curve(steps, values), np.array(steps, np.int64), buckets)
    finite = values[np.isfinite(values)]
    assert len(found.count) <= buckets or len(found.count) == len(steps) <= buckets
    assert found.count.sum() == len(steps)
    assert found.nan.sum() == np.isnan(values).sum()
    assert found.above.sum() == (values == np.inf).sum() and found.below.sum() == (values == -np.inf).sum()
    if len(finite):
        assert np.nanmin(found.min) == finite.min() and np.nanmax(found.max) == finite.max()
    assert found.step.tolist() == sorted(found.step.tolist()) and found.step[-1] == steps[-1]


def test_buckets_have_equal_width_and_hold_what_lies_within() -> None:
    steps = np.arange(1_000)
    found = curves.reduced(curve(steps, np.sin(steps)), steps, 10)
    assert found.count.tolist() == [100] * 10
    assert found.step.tolist() == [99 + 100 * number for number in range(10)]
    assert found.last.tolist() == np.sin(found.step).tolist()
    assert found.max[3] == np.sin(steps[300:400]).max()


def test_empty_stretches_are_left_out() -> None:
    steps = [0, 1, 2, 3, 1_000]
    found = curves.reduced(curve(steps, [1, 2, 3, 4, 5]), np.array(steps), 4)
    assert (found.step.tolist(), found.count.tolist()) == ([3, 1_000], [4, 1])


def test_a_curve_with_fewer_points_than_buckets_is_shown_as_it_is() -> None:
    found = curves.reduced(curve([1, 5, 9], [1.0, np.nan, np.inf]), np.array([1, 5, 9]), 100)
    assert found.count.tolist() == [1, 1, 1] and found.nan.tolist() == [0, 1, 0] and found.above.tolist() == [0, 0, 1]


def test_a_stretch_without_a_finite_value_has_no_extremes() -> None:
    found = curves.reduced(curve(range(4), [np.nan, np.inf, 1.0, 2.0]), np.arange(4), 2)
    assert np.isnan(found.min[0]) and np.isnan(found.max[0]) and found.max[1] == 2.0


def test_of_points_at_one_step_the_last_written_is_shown() -> None:
    shown = curves.without_rewinds(curve([1, 2, 2, 3], [1, 2, 20, 3]))
    assert (shown.step.tolist(), shown.value.tolist()) == ([1, 2, 3], [1.0, 20.0, 3.0])


def test_parts_come_together_by_step_then_time_then_arrival() -> None:
    older, newer = curve([1, 2, 3], [1, 2, 3], [10, 20, 30]), curve([2, 3, 4], [22, 33, 4], [15, 30, 40])
    whole = curves.in_order([older, newer])
    assert whole.step.tolist() == [1, 2, 2, 3, 3, 4]
    assert whole.value.tolist() == [1, 22, 2, 3, 33, 4]


def test_a_clock_that_went_back_is_put_in_order() -> None:
    found = curves.by_time(curve([1, 2, 3], [1, 2, 3], [30, 10, 20]))
    assert found.time_ms.tolist() == [10, 20, 30] and found.step.tolist() == [2, 3, 1]
