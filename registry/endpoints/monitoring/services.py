"""Switching the collector, asking for reports, and what the clock does."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from registry.endpoints import collecting, state
from registry.endpoints.models import Deployment
from registry.endpoints.monitoring import queries, references, telling
from registry.endpoints.monitoring.models import DriftReport
from registry.endpoints.names import bad
from registry.endpoints.services import changing, waking
from registry.endpoints.services import telling as deployments
from studio.accounts.models import User
from studio.errors import Conflict

LEAST_ROWS = 30  # fewer say nothing
MOST_OPEN = 5  # reports of one deployment that wait at a time
LONGEST = timedelta(days=90)
DAILY = timedelta(hours=23, minutes=30)  # by a clock that looks every half hour


def set_collector(*, actor: User | None, deployment: Deployment, given: Any) -> Deployment:
    """Keep so much of what the deployment is asked and answers from now on. Raises Invalid."""
    changing.refuse_deleting(deployment)
    kept = collecting.collector(given)
    with transaction.atomic():
        state.move_deployment(deployment, collector=kept)
        state.changed(deployment.endpoint_id)
        detail = _words(kept)
        deployments.event(deployment, "CollectorChanged", detail, actor=actor)
        deployments.note_deployment(actor=actor, deployment=deployment, verb="collector_set", detail=detail)
        waking.table(deployment.endpoint)
    return deployment


def request_report(
    *,
    actor: User | None,
    deployment: Deployment,
    reference: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    is_scheduled: bool = False,
) -> DriftReport:
    """A report on what was collected, the last 24 hours unless another time is given; a worker makes it.

    Without `reference` it is the data chosen for the deployment, else what its model learnt from. Raises Conflict when
    that is not known or too little was collected, Invalid, NotFound.
    """
    changing.refuse_deleting(deployment)
    wanted = collecting.reference(reference) or (deployment.collector.get("drift") or {}).get("reference", "")
    end = until or timezone.now()
    begin = since or end - timedelta(days=1)
    _check_time(begin, end)
    # A name without a version means what is newest now: the report says which that was.
    chosen = references.choose(deployment, wanted, ()).reference if wanted else ""
    if not wanted and not references.known(deployment):
        references.choose(deployment, "", ())
    _check_rows(deployment, begin, end)
    with transaction.atomic():
        _refuse_many(deployment)
        report = DriftReport.objects.create(
            deployment=deployment, reference=chosen, since=begin, until=end, is_scheduled=is_scheduled,
            created_by=actor,
        )  # fmt: skip
        telling.begun(actor=actor, report=report)
        from registry.endpoints.monitoring import tasks  # tasks load this module

        tasks.make_report.delay_on_commit(report.pk)
    return report


def delete_report(*, actor: User | None, report: DriftReport) -> None:
    """The report alone; what was collected stays."""
    with transaction.atomic():
        deployment = report.deployment
        report.delete()
        deployments.event(deployment, "DriftReportDeleted", actor=actor)


def request_daily(*, now: datetime | None = None) -> int:
    """Ask for the reports that are due by the clock; answers how many. Where too little was asked, none is made."""
    now = now or timezone.now()
    rows = Deployment.objects.exclude(state=Deployment.State.DELETING).exclude(current=None)
    many = 0
    for deployment in rows.exclude(collector={}).select_related("endpoint__workspace", "current"):
        drift = deployment.collector.get("drift") or {}
        last = queries.last_scheduled(deployment)
        if not drift.get("daily") or (last is not None and now - last < DAILY):
            continue
        try:
            since = now - timedelta(days=drift.get("days", 1))
            request_report(actor=None, deployment=deployment, since=since, until=now, is_scheduled=True)
        except Conflict:
            continue  # nothing to compare, or nothing to compare it with: the page says so
        many += 1
    return many


def _words(kept: dict[str, Any]) -> str:
    told = collecting.sampled(kept)
    if told is None:
        return "Nothing of requests is kept."
    names = ", ".join(collecting.enabled(kept))
    daily = " A drift report every day." if (kept.get("drift") or {}).get("daily") else ""
    return f"{told['sampling_rate']:.4g} of the requests are kept: {names}.{daily}"


def _check_time(since: datetime, until: datetime) -> None:
    if since >= until:
        raise bad("since", "The time ends before it begins.")
    if until - since > LONGEST:
        raise bad("since", f"A report covers {LONGEST.days} days at most.")


def _check_rows(deployment: Deployment, since: datetime, until: datetime) -> None:
    rows = queries.rows_between(deployment, collecting.INPUTS, since, until)
    if rows < LEAST_ROWS:
        raise Conflict(
            "too_few_samples",
            f"{rows} row{'' if rows == 1 else 's'} of inputs {'was' if rows == 1 else 'were'} collected in that time;"
            f" {LEAST_ROWS} are needed to say anything.",
            hint="Collect more of the traffic, or choose a longer time. What was just sent is there after two minutes.",
        )


def _refuse_many(deployment: Deployment) -> None:
    if DriftReport.objects.filter(deployment=deployment, state=DriftReport.State.PENDING).count() >= MOST_OPEN:
        raise Conflict("drift_reports_open", f"{MOST_OPEN} reports of {deployment.name} are being made already.")
