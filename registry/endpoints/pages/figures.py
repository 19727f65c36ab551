"""What endpoints were asked lately, for lists: requests a minute, p95, errors, and a line of the last half hour."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from registry.endpoints import histogram
from registry.endpoints.models import Endpoint, TrafficMinute

MINUTES = 30  # of the small line
LATELY = 5  # minutes that the figures are of


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the last minutes; None where nothing was asked."""

    per_minute: float
    p95_ms: float | None
    errors: float | None  # the share of requests that got no good answer
    points: list[float] = field(default_factory=list)

    @property
    def is_silent(self) -> bool:
        return not any(self.points)


NONE = Figures(0.0, None, None)


def of_endpoints(endpoints: Sequence[Endpoint]) -> dict[int, Figures]:
    """The figures of each endpoint by its id, in one statement."""
    now = timezone.now().replace(second=0, microsecond=0)
    rows: dict[int, list[TrafficMinute]] = {}
    found = TrafficMinute.objects.filter(
        deployment__endpoint__in=[one.pk for one in endpoints], minute__gt=now - timedelta(minutes=MINUTES)
    ).select_related("deployment")
    for row in found:
        rows.setdefault(row.deployment.endpoint_id, []).append(row)
    return {pk: _figures(each, now) for pk, each in rows.items()}


def _figures(rows: Sequence[TrafficMinute], now: datetime) -> Figures:
    points = [0.0] * MINUTES
    for row in rows:
        age = int((now - row.minute).total_seconds() // 60)
        if 0 <= age < MINUTES:
            points[MINUTES - 1 - age] += row.requests
    lately = [row for row in rows if row.minute > now - timedelta(minutes=LATELY)]
    asked = sum(row.requests for row in lately)
    failed = sum(row.server_errors + row.client_errors for row in lately)
    return Figures(
        per_minute=asked / LATELY,
        p95_ms=histogram.quantile(histogram.added(row.durations for row in lately), 0.95),
        errors=failed / asked if asked else None,
        points=points,
    )
