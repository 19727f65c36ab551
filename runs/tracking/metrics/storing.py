"""Storing points that have no number: the batch row and the summaries, both or none.

PostgreSQL does both in one statement where nothing else belongs to the same transaction: each statement crosses to another
process, and of a single point that is most of what it costs.
"""

import time
from collections.abc import Sequence
from typing import NamedTuple

from django.db import IntegrityError, connection, transaction

from runs.tracking.metrics import batches, codec, summarise, summary_merge
from runs.tracking.metrics.models import MetricBatch
from runs.tracking.metrics.summarise import Digest
from studio import prepared

_STORED = (
    f'WITH stored AS (INSERT INTO "{MetricBatch._meta.db_table}" (run_id, writer, seq, count, data, is_compacted)'
    f" VALUES (%s, '{batches.UNNAMED}', %s, %s, %s, FALSE)) "
)
_NUMBER_ONCE = "metric_batch_once"


class Point(NamedTuple):
    """One value of one metric, whose name is a number by now."""

    key_id: int
    step: int
    time_ms: int
    value: float


def store_point(run_id: str, point: Point) -> int:
    """Store one point; answers the number its batch got. Of two values at one step and time the greater is last."""
    data = codec.pack_point(*point[:3], value=point.value)
    merge, values = summary_merge.of_point(run_id, summarise.digest_of_point(*point))
    if is_one_statement():
        # As texts: a number's size would make it another statement to prepare.
        return _store_at_once(run_id, 1, data, merge, [None if value is None else str(value) for value in values])
    with transaction.atomic():
        seq = batches.append(run_id, 1, data)
        prepared.change(merge, values)
    return seq


def store_batch(run_id: str, count: int, data: bytes, digests: Sequence[Digest]) -> int:
    """Store a batch with what it says of its metrics; answers the number it got."""
    if is_one_statement():
        merge, values = summary_merge.of_batch(run_id, digests, by_value=True)
        return _store_at_once(run_id, count, data, merge, values, is_repeated=False)
    with transaction.atomic():
        seq = batches.append(run_id, count, data)
        summary_merge.merge(run_id, digests, by_value=True)
    return seq


def is_one_statement() -> bool:
    """Whether a statement that changes two tables is known to the database, and is a transaction of its own."""
    return connection.vendor == prepared.POSTGRESQL and not connection.in_atomic_block


def _store_at_once(
    run_id: str, count: int, data: bytes, merge: str, values: Sequence[object], *, is_repeated: bool = True
) -> int:
    seq = time.time_ns()
    while True:
        given = [run_id, str(seq), str(count), data, *values]
        try:
            prepared.change(_STORED + merge, given, is_repeated=is_repeated)
        except IntegrityError as error:
            if _NUMBER_ONCE not in str(error):
                raise
            seq += 1  # another process stored one in the same nanosecond
        else:
            return seq
