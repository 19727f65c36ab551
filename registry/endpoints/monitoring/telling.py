"""Who hears of reports: the activity, the feed, whoever deployed, webhooks, open pages."""

from typing import Any

from registry.endpoints.monitoring.models import DriftReport
from registry.endpoints.services import telling
from studio.accounts.models import User
from studio.activity import services as activity
from studio.notifications import services as notifications
from studio.webhooks import services as webhooks

KIND = "drift"
EVENT = "deployment.drifted"


def begun(*, actor: User | None, report: DriftReport) -> None:
    deployment = report.deployment
    activity.begin(
        actor=actor, workspace=deployment.endpoint.workspace, kind=KIND, subject=report.subject,
        title=f"Drift report of {deployment}", url=report.get_absolute_url(),
    )  # fmt: skip
    telling.hint(deployment.endpoint)


def progress(report: DriftReport, share: float, message: str) -> None:
    _report(report, progress=share, message=message)


def ended(report: DriftReport) -> None:
    """It is ready, or failed."""
    is_ready = report.state == DriftReport.State.READY
    _report(report, state="succeeded" if is_ready else "failed", progress=1.0, message=report.summary or report.problem)
    telling.hint(report.deployment.endpoint)
    if report.drifted:
        _drifted(report)


def _drifted(report: DriftReport) -> None:
    deployment = report.deployment
    telling.event(deployment, "DriftFound", report.summary)
    telling.note_deployment(actor=None, deployment=deployment, verb="drifted", detail=report.summary)
    workspace = deployment.endpoint.workspace
    for person in {person for person in (report.created_by, deployment.created_by) if person is not None}:
        notifications.notify(
            user=person, workspace=workspace, matter=f"{report.subject}:drifted",
            text=f"{deployment} drifts: {report.summary}", url=report.get_absolute_url(), level="warning",
        )  # fmt: skip
    webhooks.emit(workspace=workspace, event=EVENT, payload=_payload(report))


def _payload(report: DriftReport) -> dict[str, Any]:
    deployment = report.deployment
    return {
        "endpoint": deployment.endpoint.name,
        "deployment": deployment.name,
        "report": report.pk,
        "reference": report.reference,
        "rows": report.row_count,
        "columns": [column["name"] for column in report.columns if column["is_drifted"]],
        "summary": report.summary,
    }


def _report(report: DriftReport, **facts: Any) -> None:
    workspace = report.deployment.endpoint.workspace
    activity.report(workspace=workspace, kind=KIND, subject=report.subject, **facts)
