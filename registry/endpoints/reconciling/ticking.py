"""By the clock: what the gateways wish, every deployment once, what runs and belongs to nobody, the table."""

import logging
import time

from registry.endpoints import routing
from registry.endpoints.deployers.base import DeployerUnavailable
from registry.endpoints.deployers.registry import DEPLOYERS
from registry.endpoints.models import Deployment
from registry.endpoints.reconciling import moving, observing, wishes

logger = logging.getLogger(__name__)
STRAYS_SECONDS = 30


def tick() -> list[int]:
    """Look at everything once; answers the deployments to look at again in a moment. Any number of tickers may do so at once."""
    wishes.take()
    soon = [pk for pk in Deployment.objects.order_by("pk").values_list("pk", flat=True) if moving.move_on(pk)]
    _end_strays()
    publish_table(only_if_missing=True)
    return soon


def publish_table(*, only_if_missing: bool = False) -> None:
    """Write the gateway's table and tell it."""

    routing.publish(only_if_missing=only_if_missing)


def end_strays() -> int:
    """Stop what runs and belongs to no instance that lives by the records; answers how many there were."""
    count = 0
    for plugin in DEPLOYERS.all():
        if not plugin.is_available:
            continue
        try:
            deployer = plugin.implementation()
            for ref in [] if deployer.why_not_ready() else deployer.left():
                deployer.stop(ref, grace=observing.AT_ONCE)
                count += 1
        except DeployerUnavailable as error:
            logger.info("what %s left was not looked for: %s", plugin.name, error)
    return count


def _end_strays() -> None:
    """Now and then: it asks engines for lists."""
    if _Last.strays + STRAYS_SECONDS < time.monotonic():
        _Last.strays = time.monotonic()
        end_strays()


class _Last:
    """When this process looked for strays."""

    strays = 0.0
