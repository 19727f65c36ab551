"""The first turns of a removal: what it takes is marked, and from then on can't be restored."""

from collections.abc import Sequence

from django.db.models import Count, Sum

from compute.jobs import removal as jobs
from runs.tracking.metrics.models import MetricSummary
from runs.tracking.models import Artifact, Run
from runs.trash import scopes
from runs.trash.models import PurgedRun
from runs.trash.turns import Shift, Tally

AT_ONCE = 200


def mark_runs(shift: Shift) -> bool:
    """Mark some of the runs that are meant and put them on the receipt."""
    purge = shift.purge
    found = scopes.in_trash(purge.workspace, shift.scope).runs
    ids = list(found.values_list("pk", flat=True)[:AT_ONCE])
    if not ids:
        return False
    with shift.turn() as tally:
        # Conditional: who was restored, or marked by another removal, since we looked is not ours.
        free = Run.objects.filter(pk__in=ids, deleted_at__isnull=False, purge_number=None)
        free.update(purge_number=purge.pk)
        _write_lines(purge.pk, ids, tally)
    return True


def _write_lines(purge_id: int, ids: Sequence[str], tally: Tally) -> None:
    rows = Run.objects.filter(pk__in=ids, purge_number=purge_id)
    runs = list(rows.values_list("pk", "name", "experiment__path", "created_at", "job_id"))
    mine = [run[0] for run in runs]
    files = Artifact.objects.filter(run__in=mine).order_by().values("run").annotate(count=Count("pk"), size=Sum("size"))
    held = {row["run"]: (row["count"], row["size"]) for row in files}
    PurgedRun.objects.bulk_create(
        PurgedRun(
            purge_id=purge_id,
            run_id=run_id,
            name=name,
            experiment=path,
            created_at=created_at,
            file_count=held.get(run_id, (0, 0))[0],
            file_bytes=held.get(run_id, (0, 0))[1],
        )
        for run_id, name, path, created_at, _ in runs
    )
    points = MetricSummary.objects.filter(run__in=mine).aggregate(total=Sum("count"))["total"]
    tally.found += len(runs)
    tally.points += points or 0
    tally.log_bytes += jobs.log_bytes([job for *_, job in runs if job is not None])
