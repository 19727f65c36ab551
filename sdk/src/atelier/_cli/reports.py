"""`atelier report …`"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from atelier import _errors, _reports
from atelier._cli import output, session

COLUMNS = (("ID", "id"), ("TITLE", "title"), ("STATE", "state"), ("VERSION", "version"), ("CHANGED", "changed"))

VERSION_COLUMNS = (("VERSION", "version"), ("TITLE", "title"), ("BY", "by"), ("SAVED", "saved"))


def list_reports(options: argparse.Namespace) -> None:
    """Lists reports."""
    rows = list(_of(options).search())
    shown = ({**row, "changed": output.ago(row["updated_at"])} for row in rows)
    output.rows(options, rows, COLUMNS, empty="There are no reports yet.", shown=shown)


def show(options: argparse.Namespace) -> None:
    """Prints a report's text."""
    reports = _of(options)
    report = reports.version(options.report, options.version) if options.version else reports.get(options.report)
    if options.output == "json":
        output.as_json(report)
    else:
        sys.stdout.write(report["body"])


def versions(options: argparse.Namespace) -> None:
    """Lists earlier versions of a report."""
    rows = list(_of(options).versions(options.report))
    shown = ({**row, "by": (row["author"] or {}).get("name"), "saved": output.ago(row["created_at"])} for row in rows)
    output.rows(options, rows, VERSION_COLUMNS, empty="This report was saved once.", shown=shown)


def write(options: argparse.Namespace) -> None:
    """Makes a report of a Markdown file, or the next version of one."""
    path = Path(options.file)
    try:
        body = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _errors.UsageError(f"{path} can't be read: {error}.") from error
    if options.report:
        report = _of(options).update(options.report, title=options.title, body=body, publish=options.publish or None)
    else:
        report = _of(options).create(options.title or path.stem, body, publish=options.publish)
    if options.output == "json":
        output.as_json(report)
    else:
        print(report["url"])


def publish(options: argparse.Namespace) -> None:
    """Lets every member read a report, or makes it a draft again."""
    report = _of(options).update(options.report, publish=not options.draft)
    output.done(options, report, f"{report['title']} is {report['state']}.")


def save_pdf(options: argparse.Namespace) -> None:
    """Saves a report as a PDF."""
    print(_of(options).save_pdf(options.report, options.to or f"{options.report}.pdf"))


def delete(options: argparse.Namespace) -> None:
    """Deletes a report."""
    _of(options).delete(options.report)


def _of(options: argparse.Namespace) -> _reports.Reports:
    return session.workspace(options).reports
