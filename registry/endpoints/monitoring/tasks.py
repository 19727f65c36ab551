"""Wake-ups of monitoring. Each may run twice, or not at all: the beat's next one finds the work."""

from celery import shared_task

from registry.endpoints.monitoring import reporting, retention, services, shipping, state


@shared_task(name="registry.endpoints.monitoring.ship", ignore_result=True)
def ship() -> None:
    """Bring samples from the gateways to the datastores."""
    shipping.ship()


@shared_task(name="registry.endpoints.monitoring.make_report", ignore_result=True)
def make_report(report_id: int) -> None:
    """Compare what was collected with what the model learnt from."""
    reporting.make(report_id)


@shared_task(name="registry.endpoints.monitoring.resume", ignore_result=True)
def resume() -> None:
    """Take up reports that nobody works on."""
    for report_id in state.open_ids():
        make_report.delay_on_commit(report_id)


@shared_task(name="registry.endpoints.monitoring.look", ignore_result=True)
def look() -> None:
    """Reports that are due by the clock, days that are over, files that are old."""
    services.request_daily()
    retention.register_days()
    retention.drop_old()
