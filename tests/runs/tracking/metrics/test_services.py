"""Batches are stored whole and once, and the summaries always agree with the points."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from compute.jobs.models import Job, Reason
from runs.tracking.metrics import columns, compaction, queries, services
from runs.tracking.metrics.models import MetricBatch, MetricKey, MetricSummary
from runs.tracking.models import Run
from studio.errors import Conflict, Invalid
from tests.factories import make_run
from tests.people import People


def test_a_batch_is_one_row_and_one_summary_per_metric(run: Run, log) -> None:
    result = log(run, 0, [("loss", 0, 1.0), ("acc", 0, 0.1), ("loss", 1, 0.5)])
    assert (result.accepted, result.duplicate) == (3, False)
    assert MetricBatch.objects.filter(run=run).count() == 1
    loss = {row.key: row for row in queries.summaries(run)}["loss"]
    assert (loss.count, loss.first, loss.last, loss.min, loss.max, loss.mean) == (2, 1.0, 0.5, 0.5, 1.0, 0.75)
    assert (loss.last_step, loss.last_time_ms) == (1, 1)


def test_the_same_batch_again_is_acknowledged_and_stored_once(run: Run, log) -> None:
    log(run, 0, [("loss", 0, 1.0)])
    again = log(run, 0, [("loss", 0, 1.0)])
    assert (again.accepted, again.duplicate) == (0, True)
    assert queries.summaries(run)[0].count == 1


def test_a_batch_sent_again_after_compaction_is_still_known(run: Run, log) -> None:
    for seq in (0, 1, 3):
        log(run, seq, [("loss", seq, 1.0)])
    compaction.compact(run.pk)
    assert all(log(run, seq, [("loss", seq, 1.0)]).duplicate for seq in (0, 1, 3))
    assert not log(run, 2, [("loss", 2, 1.0)]).duplicate
    compaction.compact(run.pk)
    assert queries.points(run, "loss").curve.step.tolist() == [0, 1, 2, 3]
    assert not MetricBatch.objects.filter(run=run).exists()


def test_two_writers_of_one_run_count_separately(run: Run, log) -> None:
    log(run, 0, [("loss", 0, 1.0)], writer="rank-0")
    assert not log(run, 0, [("loss", 1, 2.0)], writer="rank-1").duplicate
    assert queries.summaries(run)[0].count == 2


def test_the_last_value_is_that_of_the_greatest_step_whatever_arrives_last(run: Run, log) -> None:
    log(run, 0, [("loss", 10, 0.1), ("loss", 20, 0.2)])
    log(run, 1, [("loss", 5, 9.0)])
    summary = queries.summaries(run)[0]
    assert (summary.last, summary.last_step, summary.first, summary.first_step, summary.rewinds) == (0.2, 20, 9.0, 5, 1)


def test_at_one_step_the_later_time_wins_and_then_the_later_arrival(run: Run, log) -> None:
    log(run, 0, [("a", 1, 1.0, 500), ("a", 1, 2.0, 400), ("b", 1, 1.0, 500)])
    log(run, 1, [("b", 1, 3.0, 500)])
    found = {row.key: row.last for row in queries.summaries(run)}
    assert found == {"a": 1.0, "b": 3.0}


def test_not_a_number_and_infinities_are_counted_and_kept(run: Run, log) -> None:
    log(run, 0, [("x", 0, "NaN"), ("x", 1, "Infinity"), ("x", 2, "-Infinity"), ("x", 3, 4.0), ("x", 4, "NaN")])
    summary = queries.summaries(run)[0]
    assert (summary.nan_count, summary.inf_count, summary.min, summary.max, summary.mean) == (2, 2, 4.0, 4.0, 4.0)
    assert math.isnan(summary.first) and math.isnan(summary.last)
    values = queries.points(run, "x").curve.value
    assert np.array_equal(values, [np.nan, np.inf, -np.inf, 4.0, np.nan], equal_nan=True)


def test_an_infinite_last_value_is_stored_as_such(run: Run, log) -> None:
    log(run, 0, [("x", 0, "-Infinity"), ("x", 1, "Infinity")])
    log(run, 1, [("x", 2, "Infinity")])
    summary = queries.summaries(run)[0]
    assert (summary.first, summary.last, summary.min, summary.max, summary.mean) == (
        -math.inf,
        math.inf,
        None,
        None,
        None,
    )


def test_sums_beyond_the_range_of_a_float_do_not_break_a_batch(run: Run, log) -> None:
    log(run, 0, [("x", 0, 1.7e308), ("x", 1, 1.7e308)])
    log(run, 1, [("x", 2, 1.7e308)])
    log(run, 2, [("y", 0, -1.7e308)])
    log(run, 3, [("y", 1, -1.7e308)])
    assert {row.key: row.count for row in queries.summaries(run)} == {"x": 3, "y": 2}


def test_steps_reach_to_both_ends_of_64_bits(run: Run, log) -> None:
    log(run, 0, [("x", 2**63 - 1, 1.0, 0), ("x", -(2**63), 2.0, 0)])
    log(run, 1, [("x", 0, 3.0, 0)])
    summary = queries.summaries(run)[0]
    assert (summary.first_step, summary.last_step, summary.max) == (-(2**63), 2**63 - 1, 3.0)
    assert queries.points(run, "x").curve.step.tolist() == [-(2**63), 0, 2**63 - 1]


@pytest.mark.parametrize(
    ("point", "place", "shown"),
    [
        ({"key": "loss", "value": "abc"}, "metrics[1].value", "'abc'"),
        ({"key": "loss", "value": True}, "metrics[1].value", "true"),
        ({"key": "loss", "value": None}, "metrics[1].value", "null"),
        ({"key": "loss", "value": 1.0, "step": 2**63}, "metrics[1].step", str(2**63)),
        ({"key": "loss", "value": 1.0, "step": 1.5}, "metrics[1].step", "1.5"),
        ({"key": "loss", "value": 1.0, "step": True}, "metrics[1].step", "true"),
        ({"key": "loss", "value": 1.0, "time_ms": -1}, "metrics[1].time_ms", "-1"),
    ],
)
def test_one_bad_point_refuses_the_whole_batch_and_is_named(run: Run, log, point, place, shown) -> None:
    good = {"key": "loss", "value": 0.5, "step": 0, "time_ms": 0}
    with pytest.raises(Invalid) as caught:
        columns.from_points([good, point])
    assert place in caught.value.fields
    assert "'loss'" in caught.value.message and shown in caught.value.message and "index 1" in caught.value.message


@pytest.mark.parametrize("name", ["", "  ", "a\0b", "a\nb", "x" * 251, 7, None, "\ud800", "a\x7fb"])
def test_a_name_that_can_not_be_one_is_refused(name) -> None:
    with pytest.raises(Invalid):
        columns.from_points([{"key": name, "value": 1.0}])


def test_names_may_have_any_letters_of_any_language() -> None:
    assert columns.from_points([{"key": "точность/валидация 🎯", "value": 1}]).keys == ["точность/валидация 🎯"]


@pytest.mark.parametrize(
    "data",
    [
        None,
        {"keys": ["a"], "key": [0], "step": [0], "time_ms": [0]},
        {"keys": ["a"], "key": [1], "step": [0], "time_ms": [0], "value": [1.0]},
        {"keys": ["a"], "key": [-1], "step": [0], "time_ms": [0], "value": [1.0]},
        {"keys": ["a"], "key": [0, 0], "step": [0], "time_ms": [0], "value": [1.0]},
        {"keys": ["a", "a"], "key": [0], "step": [0], "time_ms": [0], "value": [1.0]},
        {"keys": "a", "key": [0], "step": [0], "time_ms": [0], "value": [1.0]},
        {"keys": ["a"], "key": [0], "step": [2**63], "time_ms": [0], "value": [1.0]},
        {"keys": ["a"], "key": [0], "step": [0], "time_ms": [0], "value": ["1"]},
    ],
)
def test_columns_of_a_wrong_shape_are_refused(data) -> None:
    with pytest.raises(Invalid):
        columns.from_columns(data)


def test_columns_and_points_mean_the_same() -> None:
    points = columns.from_points([{"key": "a", "step": 1, "time_ms": 2, "value": 3}])
    same = columns.from_columns({"keys": ["a"], "key": [0], "step": [1], "time_ms": [2], "value": [3]})
    assert (points.keys, points.value.tolist(), points.step.tolist()) == (
        same.keys,
        same.value.tolist(),
        same.step.tolist(),
    )


def test_more_than_a_batch_holds_is_refused() -> None:
    with pytest.raises(Invalid, match="10,001"):
        columns.from_points([{"key": "a", "value": 1.0}] * 10_001)


@pytest.mark.parametrize(
    ("writer", "seq"), [("", 0), ("a b", 0), ("x" * 41, 0), (None, 0), ("w", -1), ("w", True), ("w", 2**62)]
)
def test_a_batch_without_a_proper_name_is_refused(people: People, run: Run, writer, seq) -> None:
    with pytest.raises(Invalid):
        services.ingest(actor=people.ben, run=run, writer=writer, seq=seq, columns=columns.nothing())


def test_a_finished_run_takes_nothing_new_but_knows_what_it_has(run: Run, log) -> None:
    log(run, 0, [("loss", 0, 1.0)])
    Run.objects.filter(pk=run.pk).update(state="completed")
    run.refresh_from_db()
    assert log(run, 0, [("loss", 0, 1.0)]).duplicate
    with pytest.raises(Conflict) as caught:
        log(run, 1, [("loss", 1, 1.0)])
    assert caught.value.code == "run_finished"
    assert queries.summaries(run)[0].count == 1


def test_a_run_whose_runner_was_lost_still_takes_what_its_journal_held(run: Run, log) -> None:
    Run.objects.filter(pk=run.pk).update(state="failed")
    Job.objects.filter(pk=run.job_id).update(state="failed", reason=Reason.RUNNER_LOST)
    run.refresh_from_db()
    assert log(run, 0, [("loss", 0, 1.0)]).accepted == 1


def test_goals_decide_which_extreme_is_best(people: People, run: Run, log) -> None:
    log(run, 0, [("loss", 0, 1.0), ("loss", 1, 0.5), ("acc", 0, 0.1), ("acc", 1, 0.9)], goals={"loss": "min"})
    services.set_goals(actor=people.ben, run=run, goals={"acc": "max"})
    assert {row.key: row.best for row in queries.summaries(run)} == {"loss": 0.5, "acc": 0.9}
    with pytest.raises(Invalid):
        services.set_goals(actor=people.ben, run=run, goals={"acc": "up"})


def test_what_comes_besides_is_done_once_and_only_with_its_batch(run: Run, log) -> None:
    done = []
    log(run, 0, [], besides=lambda: done.append(1))
    log(run, 0, [], besides=lambda: done.append(2))
    assert done == [1]

    def fail() -> None:
        raise Invalid("no", "No.")

    with pytest.raises(Invalid):
        log(run, 1, [("loss", 0, 1.0)], besides=fail)
    assert queries.summaries(run) == []
    assert log(run, 1, [("loss", 0, 1.0)]).accepted == 1


def test_names_belong_to_their_workspace(people: People, run: Run, log) -> None:
    other = make_run(people.elsewhere, state="running")
    log(run, 0, [("loss", 0, 1.0)])
    log(other, 0, [("loss", 0, 1.0)])
    assert MetricKey.objects.filter(name="loss").count() == 2


def test_a_batch_costs_a_fixed_number_of_statements(run: Run, log, django_assert_max_num_queries) -> None:
    log(run, 0, [("loss", 0, 1.0), ("acc", 0, 1.0)])
    points = [("loss", step, 1.0) for step in range(400)] + [("acc", step, 1.0) for step in range(400)]
    with django_assert_max_num_queries(6):  # two of them open and close the transaction
        log(run, 1, points)


def test_a_thousand_metrics_fit_into_one_batch(run: Run, log) -> None:
    log(run, 0, [(f"layer/{number}", 0, float(number)) for number in range(1_000)])
    log(run, 1, [(f"layer/{number}", 1, float(number)) for number in range(1_000)])
    assert MetricSummary.objects.filter(run=run, count=2).count() == 1_000


POINT = st.tuples(
    st.sampled_from(["a", "b"]),
    st.integers(-5, 5),
    st.sampled_from([1.0, -2.5, 0.0, "NaN", "Infinity", "-Infinity", 1e308, -1e308, 3.0]),
    st.integers(0, 3),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(POINT, max_size=8), min_size=1, max_size=4), compact_after=st.integers(0, 4))
def test_summaries_of_any_batches_are_those_of_all_points(people: People, log, batches, compact_after) -> None:
    run = make_run(people.workspace, state="running")
    for seq, points in enumerate(batches):
        log(run, seq, points)
        if seq == compact_after:
            compaction.compact(run.pk)
    everything = [point for points in batches for point in points]
    for summary in queries.summaries(run):
        own = [(step, time, float(value)) for key, step, value, time in everything if key == summary.key]
        own.sort(key=lambda point: point[:2])  # stable: the later arrival stays behind
        finite = [value for _, _, value in own if math.isfinite(value)]
        assert summary.count == len(own)
        assert same(summary.last, own[-1][2]) and summary.last_step == own[-1][0]
        assert same(summary.first, own[0][2]) and summary.first_step == own[0][0]
        assert (summary.min, summary.max) == ((min(finite), max(finite)) if finite else (None, None))
        stored = queries.points(run, summary.key).curve
        assert list(zip(stored.step.tolist(), stored.time_ms.tolist(), strict=True)) == [point[:2] for point in own]
        assert all(same(left, right[2]) for left, right in zip(stored.value, own, strict=True))


def same(left: float, right: float) -> bool:
    return left == right or (math.isnan(left) and math.isnan(right))
