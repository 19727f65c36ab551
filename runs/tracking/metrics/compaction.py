"""Turning a run's batches into chunks of one key each, sorted by step.

Everything is read and packed outside the transaction; inside it, each row that goes in must still be there. Two
compactions of one run therefore can't both succeed, and one that is killed has changed nothing. A reader sees either
the batches or their chunks, because it reads both in one statement.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import groupby

import numpy as np
from django.db import transaction

from runs.tracking.metrics import batches, codec, outlines
from runs.tracking.metrics.curves import Curve, curves_of_batches, in_order
from runs.tracking.metrics.models import MetricBatch, MetricChunk, MetricWriter

CHUNK_POINTS = 16_384
_BATCHES_AT_ONCE = 512  # half a million points of the usual batches: bounds memory and the length of the transaction
_MERGE_AT_MOST = 8  # chunks rewritten for one key, when its steps come in any order
_RUNS_AT_ONCE = 100


class _Changed(Exception):
    """Somebody else compacted the same rows meanwhile."""


def runs_waiting() -> list[str]:
    """Runs with batches that are not compacted, the longest waiting first."""
    rows = MetricBatch.objects.filter(is_compacted=False).order_by("id").values_list("run_id", flat=True)
    return list(dict.fromkeys(rows[: _RUNS_AT_ONCE * 10]))[:_RUNS_AT_ONCE]


def compact(run_id: str) -> int:
    """Compact all that waits in a run; the number of batches that went in. A rival's work counts as done."""
    done = 0
    while batch_rows := _pending(run_id):
        try:
            _compact_rows(run_id, batch_rows)
        except _Changed:
            return done
        done += len(batch_rows)
        if len(batch_rows) < _BATCHES_AT_ONCE:
            return done
    return done


def _pending(run_id: str) -> list[MetricBatch]:
    return list(MetricBatch.objects.filter(run_id=run_id, is_compacted=False).order_by("id")[:_BATCHES_AT_ONCE])


def _compact_rows(run_id: str, batch_rows: Sequence[MetricBatch]) -> None:
    replaced: list[int] = []
    made: list[MetricChunk] = []
    for key_id, curve in curves_of_batches(row.data for row in batch_rows if row.count):
        old = _chunks_to_merge(run_id, key_id, int(curve.step[0]), int(curve.step[-1]))
        replaced += [chunk.pk for chunk in old]
        whole = in_order([*(_curve(chunk) for chunk in old), curve])
        is_appended = all(chunk.step_max < curve.step[0] for chunk in old)
        made += [_chunk(run_id, key_id, part) for part in _parts(whole, is_appended)]
    with transaction.atomic():
        _retire(run_id, batch_rows)
        _must_be(MetricChunk.objects.filter(pk__in=replaced).delete()[0], len(replaced))
        MetricChunk.objects.bulk_create(made, batch_size=50)


def _chunks_to_merge(run_id: str, key_id: int, low: int, high: int) -> list[MetricChunk]:
    """The chunks the new points belong into: those they overlap, and the unfilled one before them.

    Steps that jump about over a long curve are left overlapping instead: readers sort what overlaps.
    """
    rows = MetricChunk.objects.filter(run_id=run_id, key_id=key_id)
    overlapping = list(rows.filter(step_min__lte=high, step_max__gte=low).order_by("id")[: _MERGE_AT_MOST + 1])
    if len(overlapping) > _MERGE_AT_MOST:
        overlapping = []
    before = rows.filter(step_max__lt=low, count__lt=CHUNK_POINTS).order_by("-step_max")[:1]
    return sorted([*before, *overlapping], key=lambda chunk: chunk.pk)


def _curve(chunk: MetricChunk) -> Curve:
    return Curve(*codec.unpack(chunk.data))


def _parts(curve: Curve, is_appended: bool) -> Iterable[Curve]:
    """Full chunks and a rest where the curve grows at its end; even parts where it was cut into: no crumbs."""
    count = len(curve.step)
    size = CHUNK_POINTS if is_appended else math.ceil(count / math.ceil(count / CHUNK_POINTS))
    for at in range(0, count, size):
        yield Curve(curve.step[at : at + size], curve.time_ms[at : at + size], curve.value[at : at + size])


def _chunk(run_id: str, key_id: int, curve: Curve) -> MetricChunk:
    finite = curve.value[np.isfinite(curve.value)]
    return MetricChunk(
        run_id=run_id,
        key_id=key_id,
        count=len(curve.step),
        step_min=int(curve.step[0]),
        step_max=int(curve.step[-1]),
        time_min_ms=int(curve.time_ms.min()),
        time_max_ms=int(curve.time_ms.max()),
        value_min=float(finite.min()) if len(finite) else None,
        value_max=float(finite.max()) if len(finite) else None,
        data=codec.pack(curve.step, curve.time_ms, curve.value),
        outline=outlines.outline(curve),
    )


def _retire(run_id: str, batch_rows: Sequence[MetricBatch]) -> None:
    """Take the batches out: rows every earlier one of which has arrived go, the others stay as empty number holders.

    Those without a writer have no number to hold and go at once.
    """
    passed = _advance_writers(run_id, {row.writer for row in batch_rows} - {batches.UNNAMED})
    kept = [row.pk for row in batch_rows if row.writer in passed and row.seq > passed[row.writer]]
    staying = set(kept)
    gone = [row.pk for row in batch_rows if row.pk not in staying]
    waiting = MetricBatch.objects.filter(is_compacted=False)
    _must_be(waiting.filter(pk__in=gone).delete()[0], len(gone))
    _must_be(waiting.filter(pk__in=kept).update(is_compacted=True, data=b""), len(kept))
    for writer, seq in passed.items():
        MetricBatch.objects.filter(run_id=run_id, writer=writer, seq__lte=seq, is_compacted=True).delete()


def _advance_writers(run_id: str, names: set[str]) -> dict[str, int]:
    """Move each writer's contiguous number as far as its batches go without a gap."""
    if not names:
        return {}
    known = dict(MetricWriter.objects.filter(run_id=run_id, name__in=names).values_list("name", "contiguous_seq"))
    arrived: dict[str, list[int]] = defaultdict(list)
    rows = MetricBatch.objects.filter(run_id=run_id, writer__in=names).order_by("writer", "seq")
    for writer, seqs in groupby(rows.values_list("writer", "seq"), key=lambda row: row[0]):
        arrived[writer] = [seq for _, seq in seqs]
    reached = {name: _without_gap(known.get(name, -1), arrived[name]) for name in names}
    MetricWriter.objects.bulk_create(
        [MetricWriter(run_id=run_id, name=name, contiguous_seq=seq) for name, seq in sorted(reached.items())],
        update_conflicts=True,
        unique_fields=["run", "name"],
        update_fields=["contiguous_seq"],
    )
    return reached


def _without_gap(reached: int, seqs: Iterable[int]) -> int:
    for seq in seqs:
        if seq > reached + 1:
            break
        reached = max(reached, seq)
    return reached


def _must_be(count: int, wanted: int) -> None:
    if count != wanted:
        raise _Changed
