"""What the gateway answers itself: whether it lives, and its metrics."""

import ipaddress
import json
from typing import TYPE_CHECKING

from registry.endpoints import histogram
from registry.endpoints.gateway import admission
from registry.endpoints.gateway.heads import Request

if TYPE_CHECKING:
    from registry.endpoints.gateway.server import Gateway

Page = tuple[int, str, bytes, bytes]
LIMITS_MS = (1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 60_000)
TEXT = "text/plain; version=0.0.4; charset=utf-8"


def page(gateway: "Gateway", head: Request, peer: bytes) -> Page:
    """Status, kind, body and headers."""
    if head.method == b"OPTIONS":  # no other origin may call from a browser: nothing here says it may
        return 204, "", b"", admission.ALLOW
    if head.target == b"/healthz":
        return 200, "application/json", health(gateway), b"cache-control: no-store\r\n"
    if is_near(peer) and not head.forwarded_for:
        return 200, TEXT, metrics(gateway), b""
    return 404, "text/plain", b"Metrics are for this machine alone.\n", b""


def health(gateway: "Gateway") -> bytes:
    """The process lives; `stamp` says which table it uses, empty while it has none."""
    said = {
        "status": "ending" if gateway.is_ending else "ok",
        "gateway": gateway.name,
        "stamp": gateway.table.stamp,
        "redis": gateway.link.is_up,
    }
    return json.dumps(said).encode()


def is_near(peer: bytes) -> bool:
    try:
        return ipaddress.ip_address(peer.decode()).is_loopback
    except ValueError:
        return False


def metrics(gateway: "Gateway") -> bytes:
    """Prometheus' text form."""
    lines = [
        "# TYPE atelier_gateway_connections gauge",
        f"atelier_gateway_connections {len(gateway.callers)}",
        "# TYPE atelier_gateway_requests_open gauge",
        f"atelier_gateway_requests_open {len(gateway.busy)}",
        "# TYPE atelier_gateway_refused_total counter",
        *(f'atelier_gateway_refused_total{{code="{code}"}} {n}' for code, n in sorted(gateway.own_answers.items())),
        "# TYPE atelier_gateway_samples_kept_total counter",
        f"atelier_gateway_samples_kept_total {gateway.collector.kept}",
        "# TYPE atelier_gateway_samples_lost_total counter",
        f"atelier_gateway_samples_lost_total {gateway.collector.lost}",
        "# TYPE atelier_gateway_requests_total counter",
    ]
    labelled = [
        (f'endpoint="{each.endpoint}",deployment="{each.name}"', each) for each in gateway.counter.counts.values()
    ]
    for labels, counts in labelled:
        lines += [
            f'atelier_gateway_requests_total{{{labels},code="{code}"}} {n}' for code, n in sorted(counts.total.items())
        ]
    lines.append("# TYPE atelier_gateway_waiting gauge")
    for deployment in gateway.table.deployments.values():
        labels = f'endpoint="{deployment.counts.endpoint}",deployment="{deployment.counts.name}"'
        lines.append(f"atelier_gateway_waiting{{{labels}}} {len(deployment.waiting)}")
    lines.append("# TYPE atelier_gateway_duration_seconds histogram")
    for labels, counts in labelled:
        lines += _histogram(labels, counts.durations(), counts.seconds)
    return ("\n".join(lines) + "\n").encode()


def _histogram(labels: str, durations: dict[int, int], seconds: float) -> list[str]:
    name, total = "atelier_gateway_duration_seconds", sum(durations.values())
    lines = []
    for limit in LIMITS_MS:
        edge = histogram.bucket(limit)
        below = sum(count for number, count in durations.items() if number < edge)
        lines.append(f'{name}_bucket{{{labels},le="{limit / 1000:g}"}} {below}')
    lines += [f'{name}_bucket{{{labels},le="+Inf"}} {total}', f"{name}_sum{{{labels}}} {seconds:.6f}"]
    return [*lines, f"{name}_count{{{labels}}} {total}"]
