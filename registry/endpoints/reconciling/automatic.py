"""The rule that follows what is asked: more instances at once, fewer only when less was asked for a while."""

from datetime import timedelta

from django.db.models import Sum

from registry.endpoints import scaling
from registry.endpoints.models import Deployment, TrafficMinute
from registry.endpoints.reconciling.scene import Scene
from registry.endpoints.services import telling

FRESH = timedelta(seconds=90)


def scale(scene: Scene) -> None:
    """Change how many instances there shall be, where a rule says so."""
    deployment = scene.deployment
    rule = scaling.Rule.from_json(deployment.scale)
    if not rule.is_automatic or deployment.current is None:
        return
    wanted = _wanted(scene, rule)
    before = deployment.instance_count
    if wanted == before:
        return
    rows = Deployment.objects.filter(pk=deployment.pk, instance_count=before)
    if rows.update(instance_count=wanted):
        deployment.instance_count = wanted
        kind = "ScaledUp" if wanted > before else "ScaledDown"
        telling.event(deployment, kind, f"From {before} to {wanted} by the rule.")
        scene.is_changed = True


def _wanted(scene: Scene, rule: scaling.Rule) -> int:
    deployment, now = scene.deployment, scene.now
    idle = timedelta(seconds=rule.idle_seconds)
    minutes = _concurrency(deployment, scene, now - max(idle, FRESH))
    newest = max((each for minute, each in minutes.items() if minute >= now - FRESH), default=0.0)
    least = rule.wanted(newest)
    is_asked = deployment.asked_at is not None and deployment.asked_at > now - idle
    if least == 0 and is_asked:
        least = 1
    if least >= deployment.instance_count:
        return least
    # Down to what the busiest minute of the time needed.
    busiest = max(rule.wanted(max(minutes.values(), default=0.0)), 1 if is_asked else rule.min)
    return min(deployment.instance_count, max(least, busiest))


def _concurrency(deployment: Deployment, scene: Scene, since) -> dict:
    """Requests at one time by minute, over all gateways."""
    rows = TrafficMinute.objects.filter(deployment=deployment, minute__gte=since)
    totals = rows.values("minute").annotate(total=Sum("concurrency")).order_by()
    return {row["minute"]: row["total"] for row in totals}
