"""Compaction loses and doubles no point: run twice, by two at once, killed midway, under writers."""

import threading
from itertools import pairwise

import numpy as np
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runs.tracking.metrics import codec, columns, compaction, queries, services, tasks
from runs.tracking.metrics.models import MetricBatch, MetricChunk, MetricWriter
from runs.tracking.models import Run
from tests.factories import make_run, make_user, make_workspace
from tests.people import People


def steps_of(run: Run, key: str = "loss") -> list[int]:
    return queries.points(run, key, limit=10**6).curve.step.tolist()


def test_batches_become_one_chunk_per_metric_with_its_ranges(run: Run, log) -> None:
    for seq in range(10):
        log(run, seq, [("loss", seq, float(seq), 100 + seq), ("acc", seq, "NaN", 50)])
    assert compaction.compact(run.pk) == 10
    assert not MetricBatch.objects.filter(run=run).exists()
    chunk = MetricChunk.objects.get(run=run, key__name="loss")
    assert (chunk.count, chunk.step_min, chunk.step_max) == (10, 0, 9)
    assert (chunk.time_min_ms, chunk.time_max_ms, chunk.value_min, chunk.value_max) == (100, 109, 0.0, 9.0)
    assert MetricChunk.objects.get(run=run, key__name="acc").value_min is None
    assert MetricWriter.objects.get(run=run).contiguous_seq == 9


def test_compacting_again_changes_nothing(run: Run, log) -> None:
    log(run, 0, [("loss", 0, 1.0)])
    compaction.compact(run.pk)
    assert compaction.compact(run.pk) == 0
    assert steps_of(run) == [0]


def test_small_chunks_are_filled_before_new_ones_begin(run: Run, log, monkeypatch) -> None:
    monkeypatch.setattr(compaction, "CHUNK_POINTS", 100)
    for seq in range(25):
        log(run, seq, [("loss", 10 * seq + number, 1.0) for number in range(10)])
        compaction.compact(run.pk)
    chunks = MetricChunk.objects.filter(run=run).order_by("step_min")
    assert [chunk.count for chunk in chunks] == [100, 100, 50]
    assert steps_of(run) == list(range(250))


def test_late_steps_are_put_where_they_belong(run: Run, log, monkeypatch) -> None:
    monkeypatch.setattr(compaction, "CHUNK_POINTS", 100)
    log(run, 0, [("loss", 2 * step, 1.0) for step in range(300)])
    compaction.compact(run.pk)
    log(run, 1, [("loss", 101, 1.0), ("loss", 103, 1.0)])
    compaction.compact(run.pk)
    assert steps_of(run) == sorted([*range(0, 600, 2), 101, 103])
    chunks = list(MetricChunk.objects.filter(run=run).order_by("step_min"))
    assert all(one.step_max < other.step_min for one, other in pairwise(chunks))


def test_steps_that_jump_about_a_long_curve_are_left_overlapping_and_read_in_order(run: Run, log, monkeypatch) -> None:
    monkeypatch.setattr(compaction, "CHUNK_POINTS", 10)
    log(run, 0, [("loss", 2 * step, 1.0) for step in range(200)])
    compaction.compact(run.pk)
    log(run, 1, [("loss", 1, 1.0), ("loss", 399, 1.0)])
    compaction.compact(run.pk)
    assert steps_of(run) == sorted([*range(0, 400, 2), 1, 399])


def test_a_compaction_that_dies_midway_has_changed_nothing(run: Run, log, monkeypatch) -> None:
    for seq in range(5):
        log(run, seq, [("loss", seq, 1.0)])

    def die(*args: object, **options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(MetricChunk.objects, "bulk_create", die)
        compaction.compact(run.pk)
    assert steps_of(run) == [0, 1, 2, 3, 4] and MetricBatch.objects.filter(run=run).count() == 5
    compaction.compact(run.pk)
    assert steps_of(run) == [0, 1, 2, 3, 4] and not MetricBatch.objects.filter(run=run).exists()


def test_two_that_compact_the_same_rows_do_it_once(run: Run, log) -> None:
    for seq in range(5):
        log(run, seq, [("loss", seq, 1.0)])
    rows = compaction._pending(run.pk)
    compaction.compact(run.pk)
    with pytest.raises(compaction._Changed):
        compaction._compact_rows(run.pk, rows)
    assert steps_of(run) == [0, 1, 2, 3, 4]


def test_batches_after_a_gap_keep_their_number_until_the_gap_is_filled(run: Run, log) -> None:
    log(run, 0, [("loss", 0, 1.0)])
    log(run, 5, [("loss", 5, 1.0)])
    compaction.compact(run.pk)
    kept = MetricBatch.objects.get(run=run)
    assert (kept.seq, kept.is_compacted, bytes(kept.data)) == (5, True, b"")
    assert log(run, 5, [("loss", 5, 1.0)]).duplicate
    for seq in (1, 2, 3, 4):
        log(run, seq, [("loss", seq, 1.0)])
    compaction.compact(run.pk)
    assert not MetricBatch.objects.filter(run=run).exists()
    assert steps_of(run) == [0, 1, 2, 3, 4, 5]


def test_every_so_many_batches_a_compaction_is_asked_for(
    run: Run, log, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    asked = []
    monkeypatch.setattr(tasks.compact_run, "apply_async", lambda *args, **options: asked.append((args, options)))
    with django_capture_on_commit_callbacks(execute=True):
        for seq in range(services.COMPACT_EVERY + 1):
            log(run, seq, [("loss", seq, 1.0)])
    assert len(asked) == 1


def test_what_waits_is_found_by_the_clock(people: People, run: Run, log) -> None:
    other = make_run(people.workspace, state="running")
    log(other, 0, [("loss", 0, 1.0)])
    log(run, 0, [("loss", 0, 1.0)])
    assert compaction.runs_waiting() == [other.pk, run.pk]
    tasks.compact_pending()
    assert compaction.runs_waiting() == [] and steps_of(run) == steps_of(other) == [0]


BATCHES = st.lists(st.lists(st.integers(0, 400), min_size=1, max_size=60), min_size=1, max_size=12)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=BATCHES, cuts=st.sets(st.integers(0, 11)))
def test_any_order_of_steps_survives_any_compactions(people: People, log, monkeypatch, batches, cuts) -> None:
    monkeypatch.setattr(compaction, "CHUNK_POINTS", 16)
    monkeypatch.setattr(compaction, "_MERGE_AT_MOST", 2)
    run = make_run(people.workspace, state="running")
    for seq, steps in enumerate(batches):
        log(run, seq, [("loss", step, seq, 1_000 * seq) for step in steps])
        if seq in cuts:
            compaction.compact(run.pk)
    assert steps_of(run) == sorted(step for steps in batches for step in steps)
    latest = {step: float(seq) for seq, steps in enumerate(batches) for step in steps}
    (series,) = queries.buckets(run, ["loss"])
    assert dict(zip(series.buckets.step.tolist(), series.buckets.last.tolist(), strict=True)) == latest
    assert all(len(codec.unpack(chunk.data)[0]) == chunk.count for chunk in MetricChunk.objects.filter(run=run))


@pytest.mark.django_db(transaction=True)
def test_writers_resenders_and_compactors_at_once_lose_and_double_nothing() -> None:
    user, run = make_user(), make_run(make_workspace("race"), state="running")
    batches, per_batch = 12, 20
    compacting = threading.Event()

    def write(name: str) -> None:
        for seq in range(batches):
            steps = np.arange(seq * per_batch, (seq + 1) * per_batch)
            values = np.full(per_batch, float(len(name)))
            key = np.tile([0, 1], per_batch // 2)
            batch = columns.Columns([f"new-{seq}", "loss"], key, steps, steps, values)
            for _ in range(2):
                services.ingest(actor=user, run=run, writer=name, seq=seq, columns=batch)
        connection.close()

    def compact() -> None:
        while not compacting.is_set():
            compaction.compact(run.pk)
        connection.close()

    writers = [threading.Thread(target=write, args=(name,)) for name in ("a", "a", "bb", "ccc")]
    compactors = [threading.Thread(target=compact) for _ in range(2)]
    for thread in [*compactors, *writers]:
        thread.start()
    for thread in writers:
        thread.join(60)
    compacting.set()
    for thread in compactors:
        thread.join(60)
    compaction.compact(run.pk)
    expected = sorted([step for step in range(batches * per_batch) if step % 2] * 3)
    assert steps_of(run) == expected
    summary = {row.key: row for row in queries.summaries(run)}["loss"]
    assert (summary.count, summary.min, summary.max) == (len(expected), 1.0, 3.0)
    assert summary.mean == pytest.approx(2.0)
    assert len(queries.summaries(run)) == batches + 1
    assert not MetricBatch.objects.filter(run=run).exists()
