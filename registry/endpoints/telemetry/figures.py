"""Minutes put together: curves over time, and the figures of the last minutes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from registry.endpoints import histogram
from registry.endpoints.models import Deployment, Endpoint, TrafficMinute

LATELY = timedelta(minutes=5)
MOST_POINTS = 2_000


@dataclass(frozen=True, slots=True)
class Point:
    """One step of a curve. Durations are None where nothing was asked."""

    at: datetime
    requests: int
    mirrored: int
    client_errors: int
    server_errors: int
    per_minute: float
    concurrency: float
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    bytes_in: int
    bytes_out: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the last five minutes."""

    per_minute: float
    error_share: float | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    requests: int
    concurrency: float


def series(
    deployments: Sequence[Deployment], since: datetime, until: datetime, step: timedelta
) -> dict[int, list[Point]]:
    """The curve of each deployment by its id: one point a step, those without requests included."""
    step = max(step, timedelta(minutes=1), (until - since) / MOST_POINTS)
    seconds = int(step.total_seconds() // 60) * 60
    first = int(since.timestamp()) // seconds * seconds
    count = max(1, -(-(int(until.timestamp()) - first) // seconds))
    begin = datetime.fromtimestamp(first, tz=since.tzinfo)
    rows = TrafficMinute.objects.filter(
        deployment__in=[each.pk for each in deployments], minute__gte=begin, minute__lt=until
    )
    steps: dict[tuple[int, int], list[TrafficMinute]] = {}
    for row in rows.order_by("minute").iterator():
        place = (int(row.minute.timestamp()) - first) // seconds
        steps.setdefault((row.deployment_id, place), []).append(row)
    times = [begin + timedelta(seconds=seconds * place) for place in range(count)]
    return {
        each.pk: [_point(at, steps.get((each.pk, place), []), seconds) for place, at in enumerate(times)]
        for each in deployments
    }


def figures(endpoint: Endpoint) -> dict[int, Figures]:
    """What each deployment was asked in the last five minutes, by its id; those that were not asked are left out."""
    since = timezone.now() - LATELY
    rows: dict[int, list[TrafficMinute]] = {}
    for row in TrafficMinute.objects.filter(deployment__endpoint=endpoint, minute__gte=since):
        rows.setdefault(row.deployment_id, []).append(row)
    return {pk: _figures(each) for pk, each in rows.items()}


def _point(at: datetime, rows: Sequence[TrafficMinute], seconds: int) -> Point:
    requests = sum(row.requests for row in rows)
    p50, p95, p99 = quantiles(rows)
    return Point(
        at=at,
        requests=requests,
        mirrored=sum(row.mirrored for row in rows),
        client_errors=sum(row.client_errors for row in rows),
        server_errors=sum(row.server_errors for row in rows),
        per_minute=requests / (seconds / 60),
        concurrency=sum(row.concurrency for row in rows) / (seconds / 60),
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        bytes_in=sum(row.bytes_in for row in rows),
        bytes_out=sum(row.bytes_out for row in rows),
    )


def _figures(rows: Sequence[TrafficMinute]) -> Figures:
    requests = sum(row.requests for row in rows)
    failed = sum(row.client_errors + row.server_errors for row in rows)
    p50, p95, p99 = quantiles(rows)
    minutes = LATELY.total_seconds() / 60
    return Figures(
        per_minute=requests / minutes,
        error_share=failed / requests if requests else None,
        p50_ms=p50,
        p95_ms=p95,
        p99_ms=p99,
        requests=requests,
        concurrency=sum(row.concurrency for row in rows) / minutes,
    )


def quantiles(rows: Iterable[TrafficMinute]) -> tuple[float | None, float | None, float | None]:
    """p50, p95 and p99 of minutes together, right within 5 %."""
    total = histogram.added(row.durations for row in rows)
    return histogram.quantile(total, 0.5), histogram.quantile(total, 0.95), histogram.quantile(total, 0.99)
