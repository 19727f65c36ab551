"""The twin's ingest: the same address style, access, parser and checks as the studio's, another store."""

from typing import Any, ClassVar

from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from bench.twin.models import TwinLatest, TwinPoint
from runs.tracking.metrics import columns
from runs.tracking.metrics.columns import Columns
from runs.tracking.models import Run
from studio import access
from studio.access import Permission
from studio.api.views import WorkspaceAPIView


class TwinIngest(WorkspaceAPIView):
    policy: ClassVar = {"POST": Permission.RUN_LOG}
    max_body: ClassVar[int] = 4 * 1024 * 1024

    def post(self, request: Request, workspace: str, run_id: str) -> Response:
        run = access.get_or_404(request, Run, run_id, Permission.RUN_LOG)
        batch = columns.from_columns(request.data["columns"])
        _store(run, batch)
        return Response({"accepted": len(batch), "duplicate": False})


def _store(run: Run, batch: Columns) -> None:
    """All points in as few statements as Django makes of them, then the last value of each metric in two."""
    points = [
        TwinPoint(run_id=run.pk, key=batch.keys[key], step=step, time_ms=time_ms, value=value)
        for key, step, time_ms, value in _rows(batch)
    ]
    last: dict[str, TwinPoint] = {}
    for point in points:
        if point.key not in last or (point.step, point.time_ms) >= (last[point.key].step, last[point.key].time_ms):
            last[point.key] = point
    with transaction.atomic():
        TwinPoint.objects.bulk_create(points)
        known = {row.key: row for row in TwinLatest.objects.filter(run_id=run.pk, key__in=list(last))}
        newer = [
            TwinLatest(run_id=run.pk, key=key, step=point.step, time_ms=point.time_ms, value=point.value)
            for key, point in last.items()
            if key not in known or (point.step, point.time_ms) >= (known[key].step, known[key].time_ms)
        ]
        TwinLatest.objects.bulk_create(
            newer, update_conflicts=True, unique_fields=["run", "key"], update_fields=["step", "time_ms", "value"]
        )


def _rows(batch: Columns) -> Any:
    return zip(batch.key.tolist(), batch.step.tolist(), batch.time_ms.tolist(), batch.value.tolist(), strict=True)
