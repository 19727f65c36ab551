"""Writing reports. Whoever saves says which version they had before them, so that nobody's words are lost."""

from django.db import transaction
from django.utils import timezone

from runs.reports.models import MAX_BODY, Report, ReportRevision
from runs.tracking.services import words
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity import services as activity
from studio.errors import Conflict

MAX_TITLE = 255


def create_report(*, actor: User, workspace: Workspace, title: str, body: str = "") -> Report:
    """A new draft. Raises Invalid."""
    report = Report(
        workspace=workspace,
        title=words.clean_name(title, field="title"),
        body=words.clean_text(body, field="body", limit=MAX_BODY),
        created_by=actor,
        updated_by=actor,
    )
    with transaction.atomic():
        report.save(force_insert=True)
        _record(actor, report, "report.created")
    return report


def save_report(
    *, actor: User, report: Report, version: int, title: str | None = None, body: str | None = None
) -> Report:
    """The next version of the report; the one before it is kept. What is None stays.

    Raises Conflict when somebody saved since `version`.
    """
    new_title = report.title if title is None else words.clean_name(title, field="title")
    new_body = report.body if body is None else words.clean_text(body, field="body", limit=MAX_BODY)
    if version == report.version and (new_title, new_body) == (report.title, report.body):
        return report
    with transaction.atomic():
        now = timezone.now()
        before = ReportRevision(
            report=report,
            version=version,
            title=report.title,
            body=report.body,
            author=report.updated_by,
            created_at=report.updated_at,
        )
        moved = Report.objects.filter(pk=report.pk, version=version).update(
            title=new_title, body=new_body, version=version + 1, updated_by=actor, updated_at=now
        )
        if not moved:
            raise _stale(report)
        before.save(force_insert=True)
    report.refresh_from_db()
    return report


def publish_report(*, actor: User, report: Report, is_published: bool = True) -> Report:
    """Show the report to every member, or take it back to those who write."""
    to = Report.State.PUBLISHED if is_published else Report.State.DRAFT
    now = timezone.now()
    with transaction.atomic():
        changes: dict[str, object] = {"state": to, "published_at": now if is_published else None}
        if Report.objects.filter(pk=report.pk).exclude(state=to).update(**changes):
            _record(actor, report, "report.published" if is_published else "report.withdrawn")
    report.refresh_from_db()
    return report


def delete_report(*, actor: User, report: Report) -> None:
    """Remove the report with all its versions; the runs it shows are not touched."""
    with transaction.atomic():
        _record(actor, report, "report.deleted")
        Report.objects.filter(pk=report.pk).delete()


def _stale(report: Report) -> Conflict:
    now = Report.objects.select_related("updated_by").get(pk=report.pk)
    who = now.updated_by.name if now.updated_by else "Somebody"
    return Conflict(
        "report_changed",
        f"{who} saved this report meanwhile: it is at version {now.version}.",
        hint="Copy your text, open the report again and put the two together.",
    )


def _record(actor: User, report: Report, verb: str) -> None:
    activity.record(
        actor=actor,
        workspace=report.workspace,
        verb=verb,
        subject=f"report:{report.pk}",
        label=report.title,
        url=report.get_absolute_url() if verb != "report.deleted" else "",
    )
