"""What gateways wish: a sleeping deployment is asked for, an instance does not take connections."""

from datetime import UTC, datetime
from typing import Any

from django.db.models import Q

from registry.endpoints import said_lists
from registry.endpoints.models import Deployment, Instance


def take() -> None:
    """Keep when deployments were asked for, and look soon at instances that were said to be dead."""
    asked: dict[int, float] = {}
    dead: set[int] = set()
    for wish in said_lists.take(said_lists.WISHES):
        deployment, instance = _number(wish.get("deployment")), _number(wish.get("instance"))
        if instance:
            dead.add(instance)
        elif deployment:
            asked[deployment] = max(asked.get(deployment, 0.0), _time(wish.get("at")))
    for pk, at in asked.items():
        note_asked(pk, datetime.fromtimestamp(at, UTC))
    if dead:
        Instance.objects.filter(pk__in=dead, state__in=Instance.ALIVE).update(probed_at=None)


def note_asked(deployment_id: int, at: datetime) -> None:
    """Keep the time of the last request; an earlier one does not replace a later one."""
    earlier = Q(asked_at=None) | Q(asked_at__lt=at)
    Deployment.objects.filter(earlier, pk=deployment_id).update(asked_at=at)


def _number(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63 else 0


def _time(value: Any) -> float:
    now = datetime.now(UTC).timestamp()
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return min(now, max(0.0, float(value))) if is_number else now
