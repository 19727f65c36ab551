"""Short wake-ups: they look at the database and do one bounded step. Each may run twice."""

from celery import shared_task

from registry.endpoints import reconciling, telemetry


@shared_task(name="registry.endpoints.move_on", ignore_result=True)
def move_on(deployment_id: int) -> None:
    """Move one deployment on, now."""
    reconciling.move_on(deployment_id)


@shared_task(name="registry.endpoints.tick", ignore_result=True)
def tick() -> None:
    """Bring all deployments' records and the world together."""
    reconciling.tick()


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
