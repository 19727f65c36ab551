"""The curves of an endpoint: requests, errors and durations of each deployment over a range of time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from registry.endpoints import histogram
from registry.endpoints.models import Deployment, Endpoint, TrafficMinute
from registry.endpoints.pages import frame

# The range's name, how it is called, how long it is, minutes in one point.
RANGES = (
    ("1h", "1 hour", timedelta(hours=1), 1),
    ("6h", "6 hours", timedelta(hours=6), 5),
    ("24h", "24 hours", timedelta(hours=24), 15),
    ("7d", "7 days", timedelta(days=7), 60),
)
QUANTILES = ((0.5, "p50"), (0.95, "p95"), (0.99, "p99"))
EVERYTHING = "all"


@dataclass(frozen=True, slots=True)
class MetricsPage:
    ranges: list[tuple[str, str]]
    names: list[str]
    chosen: str
    config: dict[str, Any]


def metrics_page(endpoint: Endpoint, deployments: Sequence[Deployment], asked: str, *, url: str) -> MetricsPage:
    names = [one.name for one in deployments]
    config = {"url": url, "topic": f"workspace-{endpoint.workspace.slug}", "slots": frame.slots(names)}
    return MetricsPage(
        ranges=[(name, words) for name, words, _, _ in RANGES],
        names=names,
        chosen=asked if asked in names else "",
        config=config,
    )


def series(deployments: Sequence[Deployment], asked: str) -> dict[str, Any]:
    """`{"times", "step", "deployments": {name: {"requests", "client_errors", "server_errors", "mirrored", "p50", …}}}`.

    Counts are per minute; where nothing was asked a quantile is null. The name `all` is the endpoint as a whole.
    """
    _, _, span, minutes = next((one for one in RANGES if one[0] == asked), RANGES[0])
    step = timedelta(minutes=minutes)
    # The minute that goes on is left out: a line that falls to nothing at its end says nothing.
    until = _floor(timezone.now(), timedelta(minutes=1)) if minutes == 1 else _floor(timezone.now(), step) + step
    count = int(span / step)
    since = until - count * step
    rows = TrafficMinute.objects.filter(deployment__in=[one.pk for one in deployments], minute__gte=since)
    by_deployment: dict[int, list[list[TrafficMinute]]] = {one.pk: [[] for _ in range(count)] for one in deployments}
    for row in rows:
        place = int((row.minute - since) / step)
        if 0 <= place < count:
            by_deployment[row.deployment_id][place].append(row)
    found = {one.name: _curves(by_deployment[one.pk], minutes) for one in deployments}
    whole = [[row for each in by_deployment.values() for row in each[place]] for place in range(count)]
    times = [int((since + place * step).timestamp()) for place in range(count)]
    return {"times": times, "step": minutes * 60, "deployments": found, EVERYTHING: _curves(whole, minutes)}


def _curves(buckets: Sequence[Sequence[TrafficMinute]], minutes: int) -> dict[str, list[float | None]]:
    found: dict[str, list[float | None]] = {
        name: [sum(getattr(row, name) for row in rows) / minutes for rows in buckets]
        for name in ("requests", "mirrored", "client_errors", "server_errors")
    }
    durations = [histogram.added(row.durations for row in rows) for rows in buckets]
    for share, name in QUANTILES:
        found[name] = [histogram.quantile(each, share) for each in durations]
    return found


def _floor(moment: datetime, step: timedelta) -> datetime:
    seconds = int(step.total_seconds())
    return moment.fromtimestamp(int(moment.timestamp()) // seconds * seconds, tz=moment.tzinfo)
