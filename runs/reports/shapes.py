"""Reports as JSON."""

from typing import Any

from django.conf import settings

from runs.reports import queries
from runs.reports.models import Report, ReportRevision
from runs.tracking.api.shapes import person


def report(row: Report, *, with_body: bool = True) -> dict[str, Any]:
    """A report; lists leave its text out."""
    shown = {
        "id": row.pk,
        "title": row.title,
        "state": row.state,
        "version": row.version,
        "created_by": person(row.created_by),
        "updated_by": person(row.updated_by),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "published_at": row.published_at,
        "url": settings.BASE_URL + row.get_absolute_url(),
    }
    return {**shown, "body": row.body} if with_body else shown


def revision(row: ReportRevision, *, with_body: bool = True) -> dict[str, Any]:
    """What a report said before a save; lists leave the text out."""
    shown = {
        "version": row.version,
        "title": row.title,
        "author": person(row.author),
        "created_at": row.created_at,
    }
    return {**shown, "body": row.body} if with_body else shown


def chart(found: queries.Chart) -> dict[str, Any]:
    """The curves of a chart as its element draws them. What is not finite is null: a gap."""
    return {
        "title": found.title,
        "words": found.words,
        "x": found.x,
        "log": found.is_log,
        "smoothing": found.smoothing,
        "lines": [
            {
                "run": line.run.pk,
                "name": line.run.name,
                "metric": line.metric,
                "slot": line.colour.slot,
                "dash": line.colour.dash,
                "x": line.x,
                "y": line.y,
            }
            for line in found.lines
        ],
    }
