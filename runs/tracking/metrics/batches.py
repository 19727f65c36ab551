"""Batch rows: claiming a batch's number once, and knowing which have arrived."""

import time

from runs.tracking.metrics.models import MetricBatch, MetricWriter
from studio import prepared

_TABLE = MetricBatch._meta.db_table
_CLAIM = (
    f'INSERT INTO "{_TABLE}" (run_id, writer, seq, count, data, is_compacted) VALUES (%s, %s, %s, %s, %s, %s)'
    " ON CONFLICT (run_id, writer, seq) DO NOTHING"
)
# Of clients that number nothing, such as MLflow's: there is nobody to tell a repeated batch from a new one.
UNNAMED = ""
_PASSED = f'SELECT 1 FROM "{MetricWriter._meta.db_table}" WHERE run_id = %s AND name = %s AND contiguous_seq >= %s'


def claim(run_id: str, writer: str, seq: int, count: int, data: bytes) -> bool:
    """Store the batch; False when its number had been stored before, now or long ago. Call it in a transaction."""
    if not prepared.change(_CLAIM, (run_id, writer, seq, count, data, False)):
        return False
    # Looked at after the insert: a compaction may have passed this number and removed its row just before.
    if not _is_passed(run_id, writer, seq):
        return True
    MetricBatch.objects.filter(run_id=run_id, writer=writer, seq=seq).delete()
    return False


def append(run_id: str, count: int, data: bytes) -> int:
    """Store a batch that has no writer; answers the number it got, which only keeps the rows apart."""
    seq = time.time_ns()
    while not prepared.change(_CLAIM, (run_id, UNNAMED, seq, count, data, False)):
        seq += 1  # another process stored one in the same nanosecond
    return seq


def is_known(run_id: str, writer: str, seq: int) -> bool:
    """Whether this batch has arrived before."""
    rows = MetricBatch.objects.filter(run_id=run_id, writer=writer, seq=seq)
    return rows.exists() or _is_passed(run_id, writer, seq)


def _is_passed(run_id: str, writer: str, seq: int) -> bool:
    return prepared.first_row(_PASSED, (run_id, writer, seq)) is not None
