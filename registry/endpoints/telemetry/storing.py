"""Minutes as gateways count them, into rows. A minute that comes again replaces what was there, if it has grown."""

import contextlib
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from registry.endpoints import said_lists
from registry.endpoints.models import Deployment, TrafficMinute
from registry.endpoints.reconciling import wishes
from studio.live import topics
from studio.live.publish import publish

COUNTS = ("requests", "mirrored", "client_errors", "server_errors", "bytes_in", "bytes_out")
MOST = 2**31 - 1
MAX_BUCKETS = 2_000
MAX_PORTIONS = 20


@dataclass(frozen=True, slots=True)
class Said:
    """One minute of one deployment, checked."""

    deployment: int
    minute: datetime
    gateway: str
    facts: dict[str, Any]


def collect() -> int:
    """Store all that was said; answers how many minutes changed."""
    changed = 0
    for _ in range(MAX_PORTIONS):
        taken = said_lists.take(said_lists.MINUTES)
        try:
            changed += store(taken)
        except DatabaseError:
            said_lists.give_back(said_lists.MINUTES, taken)
            raise
        if len(taken) < said_lists.PORTION:
            break
    return changed


def store(taken: list[dict[str, Any]]) -> int:
    """Rows of these minutes; what is no minute or belongs to no deployment is left out."""
    said = [found for each in taken if (found := _read(each)) and 0 < found.deployment < 2**63]
    known = dict(
        Deployment.objects.filter(pk__in={each.deployment for each in said}).values_list(
            "pk", "endpoint__workspace__slug"
        )
    )
    slugs, changed = set(), 0
    for each in said:
        if each.deployment in known and _keep(each):
            changed += 1
            slugs.add(known[each.deployment])
            if each.facts["requests"]:
                wishes.note_asked(each.deployment, min(timezone.now(), each.minute + timedelta(minutes=1)))
    for slug in slugs:
        publish(topics.workspace(slug), "traffic")
    return changed


def forget_old() -> int:
    """Drop the minutes that are older than they are kept."""
    oldest = timezone.now() - timedelta(days=settings.TRAFFIC_DAYS)
    gone, _ = TrafficMinute.objects.filter(minute__lt=oldest).delete()
    return gone


def _keep(said: Said) -> bool:
    key = {"deployment_id": said.deployment, "minute": said.minute, "gateway": said.gateway}
    # Counts only grow: what is put back after trouble may come behind what was said later.
    grown = {f"{name}__lte": said.facts[name] for name in ("requests", "mirrored")}
    if TrafficMinute.objects.filter(**key, **grown).update(**said.facts):
        return True
    with contextlib.suppress(IntegrityError), transaction.atomic():
        TrafficMinute.objects.create(**key, **said.facts)
        return True
    return False


def _read(said: dict[str, Any]) -> Said | None:
    """None for what no gateway says."""
    try:
        minute = int(said["minute"])
        at = datetime.fromtimestamp(minute - minute % 60, UTC)
        facts: dict[str, Any] = {name: min(MOST, max(0, int(said.get(name, 0)))) for name in COUNTS}
        durations = dict(said.get("durations") or {})
        facts["durations"] = {str(int(key)): max(0, int(count)) for key, count in list(durations.items())[:MAX_BUCKETS]}
        concurrency = float(said.get("concurrency") or 0)
        facts["concurrency"] = concurrency if math.isfinite(concurrency) and concurrency >= 0 else 0.0
        return Said(int(said["deployment"]), at, str(said.get("gateway") or "gateway")[:40], facts)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return None
