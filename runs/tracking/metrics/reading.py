"""Loading curves: chunks and pending batches in one statement, so that a compaction in between can't hide or double a point."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import QuerySet, Value

from runs.tracking.metrics import codec, curves
from runs.tracking.metrics.curves import Curve
from runs.tracking.metrics.models import MetricBatch, MetricChunk

Row = tuple[bool, int, str, int, codec.Pack]  # whether a batch, id, run, key, data: sorted, this is arrival order


def load(
    run_ids: Sequence[str], key_ids: Sequence[int], low: int | None = None, high: int | None = None
) -> dict[tuple[str, int], Curve]:
    """The points of some keys of some runs whose step is within the range, by (run, key)."""
    parts: dict[tuple[str, int], list[Curve]] = defaultdict(list)
    pending: dict[str, list[codec.Pack]] = defaultdict(list)
    for is_batch, _, run_id, key_id, data in sorted(_rows(run_ids, key_ids, low, high), key=lambda row: row[:2]):
        if is_batch:
            pending[run_id].append(data)
        else:
            parts[run_id, key_id].append(Curve(*codec.unpack(data)))
    for run_id, packs in pending.items():
        for key_id, curve in curves.curves_of_batches(packs):
            if key_id in key_ids:
                parts[run_id, key_id].append(curve)
    return {place: _cut(curves.in_order(several), low, high) for place, several in parts.items()}


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
    batches = MetricBatch.objects.filter(run_id__in=run_ids, is_compacted=False, count__gt=0).order_by()
    return chunks.values_list(Value(False), "id", "run_id", "key_id", "data").union(
        batches.values_list(Value(True), "id", "run_id", Value(0), "data"), all=True
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


def _cut(curve: Curve, low: int | None, high: int | None) -> Curve:
    return curve.where(curves.between(curve.step, low, high))
