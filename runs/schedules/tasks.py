"""Short wake-ups: they look at the database and do one step. Each may run twice."""

from celery import shared_task


@shared_task(name="runs.schedules.tick", ignore_result=True)
def tick() -> None:
    """Fire what is due, start what was put down and not started."""
    from runs.schedules import firing

    firing.tick()


@shared_task(name="runs.schedules.start", ignore_result=True)
def start(firing_id: int) -> None:
    """Start one firing."""
    from runs.schedules import firing

    firing.start_safely(firing_id)
