"""Curves side by side, and groups of them as a line with a band."""

import numpy as np
import pytest

from runs.tracking.charts import alignment, bands

X = np.arange(5.0)


def band_of(*rows, centre="mean", spread="std"):
    return bands.band([(X, np.array(row, float)) for row in rows], centre=centre, spread=spread, most=100)


def test_equal_axes_are_their_own_grid():
    assert alignment.grid([X, X]).tolist() == X.tolist()


def test_different_axes_give_all_their_places_while_these_are_few():
    assert alignment.grid([np.array([0.0, 2.0]), np.array([1.0, 2.0])]).tolist() == [0, 1, 2]


def test_many_places_become_equal_distances():
    places = alignment.grid([np.arange(0.0, 500.0), np.arange(0.5, 500.0)], most=11)
    assert len(places) == 11
    assert np.allclose(np.diff(places), np.diff(places)[0])


def test_a_curve_is_straight_between_its_points_and_nothing_beyond_them():
    found = alignment.interpolated(np.array([-1.0, 0.5, 2.0]), np.array([0.0, 1.0]), np.array([0.0, 10.0]))
    assert np.isnan(found[0])
    assert found[1] == 5
    assert np.isnan(found[2])


def test_a_held_value_is_the_latest_before():
    found = alignment.held(np.array([0.0, 1.0, 5.0]), np.array([1, 3]), np.array([10.0, 30.0]))
    assert np.isnan(found[0])
    assert found[1:].tolist() == [10, 30]


def test_mean_and_standard_deviation_are_those_of_numpy():
    rows = np.random.default_rng(3).normal(size=(6, 5))
    found = band_of(*rows)
    assert np.allclose(found.middle, rows.mean(axis=0))
    assert np.allclose(found.high - found.middle, rows.std(axis=0, ddof=1))
    assert found.n.tolist() == [6] * 5


def test_a_standard_error_shrinks_with_the_number_of_runs():
    rows = np.random.default_rng(3).normal(size=(9, 5))
    half = band_of(*rows, spread="sem").high - band_of(*rows, spread="sem").middle
    assert np.allclose(half, rows.std(axis=0, ddof=1) / 3)


@pytest.mark.parametrize(("count", "factor"), [(2, 12.7062), (6, 2.5706), (31, 2.0423), (101, 1.98397)])
def test_a_confidence_interval_uses_students_t(count, factor):
    rows = np.random.default_rng(count).normal(size=(count, 5))
    found = band_of(*rows, spread="ci95")
    assert np.allclose(found.high - found.middle, factor * rows.std(axis=0, ddof=1) / np.sqrt(count), rtol=1e-4)


def test_the_median_and_the_range_from_least_to_greatest():
    found = band_of([1] * 5, [2] * 5, [9] * 5, centre="median", spread="minmax")
    assert found.middle.tolist() == [2] * 5
    assert (found.low.tolist(), found.high.tolist()) == ([1] * 5, [9] * 5)


def test_a_run_that_ended_early_counts_as_far_as_it_came():
    short = (np.arange(3.0), np.array([1.0, 1.0, 1.0]))
    found = bands.band([short, (X, np.full(5, 3.0))], centre="mean", spread="std", most=100)
    assert found.n.tolist() == [2, 2, 2, 1, 1]
    assert found.middle.tolist() == [2, 2, 2, 3, 3]
    assert found.low[3] == found.high[3] == 3


def test_values_that_are_not_finite_are_left_out():
    found = band_of([1, np.nan, 1, 1, 1], [3, 3, np.inf, 3, 3])
    assert np.isfinite(found.middle).all()


def test_a_group_of_one_has_no_spread():
    found = band_of([1, 2, 3, 4, 5])
    assert found.low.tolist() == found.high.tolist() == [1, 2, 3, 4, 5]
