"""Short wake-ups by the clock. Each may run twice."""

from celery import shared_task

from registry.edge import services


@shared_task(name="registry.edge.look", ignore_result=True)
def look() -> None:
    """Tell of devices that fell silent, and forget codes that nobody used."""
    services.end_silent()
    services.forget_codes()
