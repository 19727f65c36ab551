"""Loading curves from the database.

Chunks and pending batches come in one statement, so that a compaction in between can't hide or double a point.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet, Value

from runs.tracking.metrics import codec, curves
from runs.tracking.metrics.curves import Curve
from runs.tracking.metrics.models import MetricBatch, MetricChunk

Place = tuple[str, int]  # a run's id and a key's
Row = tuple[bool, int, str, int, codec.Pack]  # whether a batch, id, run, key, data: sorted, this is arrival order
_HEAD = ("id", "run_id", "key_id", "count", "step_min", "step_max", "time_min_ms", "time_max_ms", "outline")


class Moved(Exception):
    """A compaction came in between: read again."""


@dataclass(frozen=True, slots=True)
class Head:
    """A chunk without its points."""

    id: int
    run_id: str
    key_id: int
    count: int
    step_min: int
    step_max: int
    time_min_ms: int
    time_max_ms: int
    outline: codec.Pack


def load(
    run_ids: Sequence[str], key_ids: Sequence[int], low: int | None = None, high: int | None = None
) -> dict[Place, Curve]:
    """The points of some keys of some runs whose step is within the range, by (run, key)."""
    parts: dict[Place, list[Curve]] = defaultdict(list)
    packs: dict[str, list[codec.Pack]] = defaultdict(list)
    for is_batch, _, run_id, key_id, data in sorted(_rows(run_ids, key_ids, low, high), key=lambda row: row[:2]):
        if is_batch:
            packs[run_id].append(data)
        else:
            parts[run_id, key_id].append(Curve(*codec.unpack(data)))
    for place, curve in _pending(packs, key_ids).items():
        parts[place].append(curve)
    return {place: _cut(curves.in_order(several), low, high) for place, several in parts.items()}


def heads(run_ids: Sequence[str], key_ids: Sequence[int]) -> tuple[dict[Place, list[Head]], dict[Place, Curve]]:
    """What is known of all chunks without unpacking them, in order of arrival, and the points that are in none."""
    chunks = MetricChunk.objects.filter(run_id__in=run_ids, key_id__in=key_ids).order_by()
    rows = chunks.values_list(*_HEAD).union(
        _batches(run_ids).values_list("id", "run_id", *[Value(0)] * 6, "data"), all=True
    )
    found: dict[Place, list[Head]] = defaultdict(list)
    packs: dict[str, list[codec.Pack]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row[0]):
        if row[2]:
            found[row[1], row[2]].append(Head(*row))
        else:
            packs[row[1]].append(row[-1])
    return found, _pending(packs, key_ids)


def curves_of(chunk_ids: Sequence[int]) -> dict[int, Curve]:
    """The points of some chunks. Raises Moved when one of them has been merged into another meanwhile."""
    rows = MetricChunk.objects.filter(id__in=chunk_ids).order_by().values_list("id", "data") if chunk_ids else ()
    found = {chunk_id: Curve(*codec.unpack(data)) for chunk_id, data in rows}
    if len(found) < len(chunk_ids):
        raise Moved
    return found


def step_of_point(run_id: str, key_id: int, low: int | None, high: int | None, number: int) -> int | None:
    """A step up to which there are at least `number` points from `low` on; `high` when there are fewer."""
    chunks = _chunks([run_id], [key_id], low, high)
    seen = 0
    for step_min, step_max, count in chunks.order_by("step_min").values_list("step_min", "step_max", "count"):
        seen += count if low is None or step_min >= low else 0
        if seen >= number:
            return min(step_max, high) if high is not None else step_max
    return high


def _rows(run_ids: Sequence[str], key_ids: Sequence[int], low: int | None, high: int | None) -> Iterable[Row]:
    chunks = _chunks(run_ids, key_ids, low, high).order_by()
    return chunks.values_list(Value(False), "id", "run_id", "key_id", "data").union(
        _batches(run_ids).values_list(Value(True), "id", "run_id", Value(0), "data"), all=True
    )


def _chunks(
    run_ids: Sequence[str], key_ids: Sequence[int], low: int | None, high: int | None
) -> "QuerySet[MetricChunk]":
    rows = MetricChunk.objects.filter(run_id__in=run_ids, key_id__in=key_ids)
    if low is not None:
        rows = rows.filter(step_max__gte=low)
    if high is not None:
        rows = rows.filter(step_min__lte=high)
    return rows


def _batches(run_ids: Sequence[str]) -> "QuerySet[MetricBatch]":
    return MetricBatch.objects.filter(run_id__in=run_ids, is_compacted=False, count__gt=0).order_by()


def _pending(packs: dict[str, list[codec.Pack]], key_ids: Collection[int]) -> dict[Place, Curve]:
    return {
        (run_id, key_id): curve
        for run_id, own in packs.items()
        for key_id, curve in curves.curves_of_batches(own)
        if key_id in key_ids
    }


def _cut(curve: Curve, low: int | None, high: int | None) -> Curve:
    return curve.where(curves.between(curve.step, low, high))
