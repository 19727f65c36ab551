"""Short wake-ups: they look at the database and do one bounded step. Each may run twice."""

from celery import shared_task

from registry.endpoints import reconciling, telemetry

# While instances start they are looked at again so soon, a few times: then the clock takes over.
SOON = 0.4
AFTER_A_WISH, AFTER_A_TICK = 12, 3


@shared_task(name="registry.endpoints.move_on", ignore_result=True)
def move_on(deployment_id: int, times: int = AFTER_A_WISH) -> None:
    """Move one deployment on, now, and again while its instances start."""
    if reconciling.move_on(deployment_id) and times > 0:
        move_on.apply_async_on_commit((deployment_id, times - 1), countdown=SOON, expires=10)


@shared_task(name="registry.endpoints.tick", ignore_result=True)
def tick() -> None:
    """Bring all deployments' records and the world together."""
    for deployment_id in reconciling.tick():
        move_on.apply_async_on_commit((deployment_id, AFTER_A_TICK), countdown=SOON, expires=10)


@shared_task(name="registry.endpoints.publish_table", ignore_result=True)
def publish_table() -> None:
    """Tell the gateway."""
    reconciling.publish_table()


@shared_task(name="registry.endpoints.collect", ignore_result=True)
def collect() -> None:
    """Store what the gateways counted."""
    telemetry.collect()


@shared_task(name="registry.endpoints.forget_old", ignore_result=True)
def forget_old() -> None:
    """Drop the minutes of traffic that are older than they are kept."""
    telemetry.forget_old()
