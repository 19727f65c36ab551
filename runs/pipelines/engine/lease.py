"""Who moves a pipeline run on has it to itself for a moment, so that two wake-ups do not do the same work.

Nothing depends on it but speed: the rows decide, whoever moves them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, QuerySet
from django.utils import timezone

from runs.pipelines.models import PipelineRun
from runs.tracking.models import RunState
from studio import prepared

LEASE = timedelta(seconds=30)
# SQLite before 3.41 answers `IS NULL` wrongly behind RETURNING: the value itself is asked for.
_TAKE = f"""
    UPDATE "runs_pipelinerun" SET "lease_until" = %s
    WHERE "run_id" = %s AND ("lease_until" IS NULL OR "lease_until" < %s)
        AND EXISTS (SELECT 1 FROM "runs_run" WHERE "id" = %s AND "state" = '{RunState.RUNNING}')
        AND {{may_be_lost}}
    RETURNING "cancel_requested_at"
"""
_RELEASE = """
    UPDATE "runs_pipelinerun" SET "lease_until" = NULL WHERE "run_id" = %s AND "lease_until" = %s AND {may_be_lost}
"""


@dataclass(frozen=True, slots=True)
class Lease:
    run_id: str
    until: datetime
    is_stopped: bool  # whether somebody has asked to stop the pipeline run

    def release(self) -> "Lease | None":
        """Let go; where somebody knocked, keep it under a new time, which is answered."""
        releasing = _RELEASE.format(may_be_lost=prepared.may_be_lost())
        if prepared.change(releasing, [self.run_id, prepared.moment(self.until)]):
            return None
        again = timezone.now() + LEASE
        if not _held(self).update(lease_until=again):
            return None
        rows = PipelineRun.objects.filter(pk=self.run_id, run__state=RunState.RUNNING)
        for asked_at in rows.values_list("cancel_requested_at", flat=True):
            return Lease(self.run_id, again, asked_at is not None)
        _held(Lease(self.run_id, again, False)).update(lease_until=None)
        return None

    def drop(self) -> None:
        """Let go, whoever knocked: more is to be done, and somebody was told."""
        _held(self).update(lease_until=None)


def take(run_id: str) -> Lease | None:
    """The lease of a pipeline run under way; None where another holds it, who is then told to look once more."""
    now = timezone.now()
    until = now + LEASE
    taking = _TAKE.format(may_be_lost=prepared.may_be_lost())
    row = prepared.first_row(taking, [prepared.moment(until), run_id, prepared.moment(now), run_id])
    if row is not None:
        return Lease(run_id, until, is_stopped=row[0] is not None)
    held = PipelineRun.objects.filter(pk=run_id, lease_until__gte=now)
    held.update(lease_until=F("lease_until") + timedelta(microseconds=1))
    return None


def _held(lease: Lease) -> "QuerySet[PipelineRun]":
    """The row while the lease is ours: a knock moves it by less than a moment, another holder's is far from it."""
    until = lease.until
    return PipelineRun.objects.filter(
        pk=lease.run_id, lease_until__gte=until, lease_until__lt=until + timedelta(seconds=1)
    )
