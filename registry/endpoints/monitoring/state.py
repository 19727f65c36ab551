"""The life of a report: pending → ready | failed; each move is one conditional update, so of two at once one wins."""

from datetime import timedelta
from typing import Any

from django.db.models import F, Q
from django.utils import timezone

from registry.endpoints.monitoring.models import DriftReport

State = DriftReport.State
LEASE = timedelta(minutes=20)  # longer than reading both tables may take
ATTEMPTS = 3
AWAY = timedelta(seconds=30)


def claim(report_id: int) -> DriftReport | None:
    """The report for whoever works on it now; None when somebody else does, or nothing is left to do."""
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    rows = DriftReport.objects.filter(free, pk=report_id, state=State.PENDING)
    if not rows.update(lease_until=now + LEASE, attempts=F("attempts") + 1):
        return None
    parts = "deployment__endpoint__workspace", "deployment__current__model_version__model__workspace"
    return DriftReport.objects.select_related(*parts, "deployment__current__image_version", "created_by").get(
        pk=report_id
    )


def release(report: DriftReport) -> None:
    """Let it be tried again in a moment: something it needs is away."""
    DriftReport.objects.filter(pk=report.pk, state=State.PENDING).update(lease_until=timezone.now() + AWAY)


def finish(report: DriftReport, *, to: str, **facts: Any) -> bool:
    """Whether it was this call that ended it."""
    rows = DriftReport.objects.filter(pk=report.pk, state=State.PENDING)
    return bool(rows.update(state=to, lease_until=None, finished_at=timezone.now(), **facts))


def open_ids(limit: int = 50) -> list[int]:
    """Reports that nobody works on."""
    free = Q(lease_until=None) | Q(lease_until__lt=timezone.now())
    rows = DriftReport.objects.filter(free, state=State.PENDING).order_by("created_at")
    return list(rows.values_list("pk", flat=True)[:limit])
