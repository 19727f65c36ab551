"""Curves and summaries are read in a few statements, whatever their size and wherever their points lie."""

from datetime import UTC, datetime

import numpy as np
import pytest

from runs.tracking.metrics import codec, compaction, keys, queries, reading, services
from runs.tracking.metrics.columns import Columns
from runs.tracking.metrics.models import MetricChunk, MetricSummary
from runs.tracking.models import Run
from tests.factories import make_run
from tests.people import People


def fill(
    people: People, run: Run, points: int, *, key: str = "loss", at_once: int = 10_000, start: int = 0
) -> np.ndarray:
    """Log a curve of so many points; its values."""
    values = np.random.default_rng(points).normal(size=points)
    for seq, at in enumerate(range(0, points, at_once)):
        steps = np.arange(at, min(at + at_once, points), dtype=np.int64)
        batch = Columns([key], np.zeros(len(steps), np.int64), steps + start, 1_000 + 10 * steps, values[steps])
        services.ingest(actor=people.ben, run=run, writer=f"{key}-{start}", seq=seq, columns=batch)
    return values


def test_a_long_curve_is_read_in_buckets_by_three_statements(
    people: People, run: Run, django_assert_num_queries
) -> None:
    values = fill(people, run, 60_000)
    compaction.compact(run.pk)
    fill(people, run, 5_000, key="loss", start=60_000)
    with django_assert_num_queries(3):
        (series,) = queries.buckets(run, ["loss"], buckets=500)
    assert (series.points, len(series.buckets.count), series.is_sampled) == (65_000, 500, True)
    assert series.buckets.max[:400].max() <= values.max()


def test_several_curves_of_several_runs_take_no_more_statements(
    people: People, run: Run, django_assert_num_queries
) -> None:
    other = make_run(people.workspace, state="running")
    for one in (run, other):
        for key in ("loss", "acc"):
            fill(people, one, 3_000, key=key)
    compaction.compact(run.pk)
    with django_assert_num_queries(3):
        found = queries.buckets([run, other], ["loss", "acc"], buckets=100)
    assert [(one.run_id, one.key, one.points) for one in found] == [
        (one.pk, key, 3_000) for one in (run, other) for key in ("loss", "acc")
    ]


def test_a_range_of_steps_reads_only_its_chunks(people: People, run: Run) -> None:
    values = fill(people, run, 50_000)
    compaction.compact(run.pk)
    (series,) = queries.buckets(run, ["loss"], buckets=1_000, minimum=20_000, maximum=20_499)
    assert (series.points, series.is_sampled) == (500, False)
    assert series.buckets.last.tolist() == values[20_000:20_500].tolist()


def test_a_short_curve_is_the_same_before_and_after_compaction(people: People, run: Run) -> None:
    fill(people, run, 20_000, at_once=3_000)
    before = [queries.buckets(run, ["loss"], buckets=100, x=x)[0].buckets for x in ("step", "time", "relative")]
    compaction.compact(run.pk)
    after = [queries.buckets(run, ["loss"], buckets=100, x=x)[0].buckets for x in ("step", "time", "relative")]
    for one, other in zip(before, after, strict=True):
        assert all(
            np.array_equal(getattr(one, name), getattr(other, name)) for name in ("step", "last", "min", "max", "count")
        )


def test_time_and_relative_time_are_axes_with_their_own_range(people: People, run: Run, log) -> None:
    Run.objects.filter(pk=run.pk).update(started_at=datetime.fromtimestamp(1_000, UTC))
    run.refresh_from_db()
    log(run, 0, [("loss", step, step, 1_000_000 + 100 * step) for step in range(50)])
    (series,) = queries.buckets(run, ["loss"], buckets=10, x="relative", minimum=1_000, maximum=1_999)
    assert (series.points, series.origin_ms) == (10, 1_000_000)
    (series,) = queries.buckets(run, ["loss"], buckets=10, x="time", minimum=1_002_000)
    assert series.points == 30
    assert queries.buckets(run, ["loss"], x="time", minimum=2**60) == []


def test_after_a_resume_charts_show_the_later_values_and_points_keep_all(run: Run, log) -> None:
    log(run, 0, [("loss", step, 1.0, step) for step in range(10)])
    log(run, 1, [("loss", step, 2.0, 100 + step) for step in range(5, 10)])
    (series,) = queries.buckets(run, ["loss"])
    assert series.buckets.last.tolist() == [1.0] * 5 + [2.0] * 5
    assert len(queries.points(run, "loss").curve) == 15


@pytest.mark.parametrize("is_compacted", [False, True])
def test_exact_points_come_in_pages_from_chunks_and_batches_alike(people: People, run: Run, is_compacted) -> None:
    values = fill(people, run, 40_000)
    if is_compacted:
        compaction.compact(run.pk)
    found, cursor = [], ""
    while True:
        page = queries.points(run, "loss", minimum=100, limit=7_000, cursor=cursor)
        found += page.curve.value.tolist()
        cursor = page.next_cursor
        if not cursor:
            break
    assert found == values[100:].tolist()


def test_a_page_of_points_decodes_only_the_chunks_it_shows(people: People, run: Run) -> None:
    fill(people, run, 100_000)
    compaction.compact(run.pk)
    assert MetricChunk.objects.filter(run=run).count() == 7
    (key_id,) = keys.known_ids(run.workspace_id, ["loss"]).values()
    assert reading.step_of_point(run.pk, key_id, 40_000, None, 1_000) == 65_535
    assert reading.step_of_point(run.pk, key_id, None, 20_000, 50_000) == 20_000


def test_the_summaries_of_many_runs_are_one_statement(people: People, django_assert_num_queries) -> None:
    runs = [make_run(people.workspace, state="running") for _ in range(20)]
    ids = keys.key_ids(people.workspace.pk, [f"metric-{number}" for number in range(20)])
    MetricSummary.objects.bulk_create(
        MetricSummary(run=run, key_id=key_id, count=1, last=1.0, min=1.0, max=1.0, total=1.0, finite_count=1)
        for run in runs
        for key_id in ids.values()
    )
    with django_assert_num_queries(1):
        found = queries.summaries_of([run.pk for run in runs])
    assert len(found) == 20 and all(len(row) == 20 for row in found.values())
    with django_assert_num_queries(1):
        found = queries.summaries_of([run.pk for run in runs], ["metric-3"])
    assert all(list(row) == ["metric-3"] for row in found.values())


def test_what_was_never_logged_has_no_curve(run: Run) -> None:
    assert queries.buckets(run, ["loss"]) == [] and queries.buckets(run, []) == [] and queries.buckets([], ["a"]) == []
    assert len(queries.points(run, "loss").curve) == 0


def exact(values: np.ndarray, series: queries.Series) -> None:
    """Every stretch says what the points up to its last step say, and its border is where it should be, nearly."""
    at = 0
    for index, (step, count) in enumerate(
        zip(series.buckets.step.tolist(), series.buckets.count.tolist(), strict=True)
    ):
        own = values[at : at + count]
        at += count
        assert step == at - 1
        assert series.buckets.last[index] == own[-1] or np.isnan(own[-1])
        finite = own[np.isfinite(own)]
        assert (series.buckets.min[index], series.buckets.max[index]) == (finite.min(), finite.max())
        assert series.buckets.nan[index] == np.isnan(own).sum()
        assert series.buckets.above[index] == (own == np.inf).sum()
    assert at == len(values)


def test_a_long_curve_is_drawn_from_outlines_and_no_point_is_missing(
    people: People, run: Run, log, monkeypatch
) -> None:
    values = fill(people, run, 50_000)
    odd = [("loss", 50_000, "NaN", 10**6), ("loss", 50_001, "Infinity", 10**6), ("loss", 50_002, 7.0, 10**6)]
    log(run, 0, odd)
    compaction.compact(run.pk)
    log(run, 1, [("loss", 50_003, 8.0, 10**6)])
    values = np.concatenate([values, [np.nan, np.inf, 7.0, 8.0]])
    monkeypatch.setattr(codec, "unpack", lambda data, _unpack=codec.unpack: _counted(_unpack(data)))
    (series,) = queries.buckets(run, ["loss"], buckets=20)
    exact(values, series)
    assert len(series.buckets) == 20 and np.abs(np.diff(series.buckets.step) - 2_500).max() <= 128
    (by_time,) = queries.buckets(run, ["loss"], buckets=20, x="time")
    assert by_time.points == 50_004 and by_time.buckets.max.max() == 8.0


def _counted(columns: list) -> list:
    assert len(columns[0]) < 1_000, "A chunk was unpacked whole."
    return columns


def test_a_range_of_a_long_curve_unpacks_the_chunks_at_its_border(people: People, run: Run) -> None:
    values = fill(people, run, 100_000)
    compaction.compact(run.pk)
    (series,) = queries.buckets(run, ["loss"], buckets=20, minimum=5_001, maximum=94_998)
    assert (series.points, series.buckets.step[-1]) == (89_998, 94_998)
    assert series.buckets.min.min() == values[5_001:94_999].min()
    (series,) = queries.buckets(run, ["loss"], buckets=20, x="time", minimum=1_000 + 50_010, maximum=1_000 + 949_980)
    assert (series.points, series.buckets.step[-1]) == (89_998, 94_998)


def test_a_long_curve_that_was_resumed_shows_the_later_part(people: People, run: Run, log) -> None:
    fill(people, run, 40_000)
    compaction.compact(run.pk)
    log(run, 0, [("loss", step, 100.0, 10**7 + step) for step in range(30_000, 40_000)])
    for _ in range(2):
        (series,) = queries.buckets(run, ["loss"], buckets=10)
        assert series.points == 40_000
        assert series.buckets.min[-2:].tolist() == [100.0, 100.0]
        compaction.compact(run.pk)


def test_a_reader_whose_chunk_is_merged_away_meanwhile_reads_again(people: People, run: Run, log, monkeypatch) -> None:
    log(run, 0, [("loss", step, 1.0) for step in range(10)])
    compaction.compact(run.pk)
    log(run, 1, [("loss", step, 2.0) for step in range(10, 20)])
    heads = reading.heads

    def and_then_compact(*args):
        found = heads(*args)
        compaction.compact(run.pk)
        return found

    monkeypatch.setattr(reading, "heads", and_then_compact)
    (series,) = queries.buckets(run, ["loss"])
    assert series.buckets.step.tolist() == list(range(20))
