"""`atelier report …`"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from atelier import _client, _errors
from atelier._cli import output, session

COLUMNS = (("ID", "id"), ("TITLE", "title"), ("STATE", "state"), ("VERSION", "version"), ("CHANGED", "changed"))


def list_reports(options: argparse.Namespace) -> None:
    """Lists reports."""
    rows = list(session.workspace(options).client.pages("reports"))
    if options.output == "json":
        output.as_json(rows)
        return
    shown = ({**row, "changed": output.ago(row["updated_at"])} for row in rows)
    output.table(shown, COLUMNS, empty="There are no reports yet.")


def show(options: argparse.Namespace) -> None:
    """Prints a report's text."""
    report = session.workspace(options).client.get(f"reports/{_client.segment(options.report)}")
    if options.output == "json":
        output.as_json(report)
    else:
        sys.stdout.write(report["body"])


def write(options: argparse.Namespace) -> None:
    """Makes a report of a Markdown file, or the next version of one."""
    client = session.workspace(options).client
    path = Path(options.file)
    try:
        body = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _errors.UsageError(f"{path} can't be read: {error}.") from error
    values: dict[str, object] = {"body": body, "publish": options.publish}
    if options.report:
        title = {"title": options.title} if options.title else {}
        publish = {"publish": True} if options.publish else {}
        report = client.patch(f"reports/{_client.segment(options.report)}", {"body": body, **title, **publish})
    else:
        report = client.post("reports", {**values, "title": options.title or path.stem})
    if options.output == "json":
        output.as_json(report)
    else:
        print(report["url"])


def save_pdf(options: argparse.Namespace) -> None:
    """Saves a report as a PDF."""
    client = session.workspace(options).client
    answer = client.request("GET", f"reports/{_client.segment(options.report)}/pdf", timeout=120)
    target = Path(options.to or f"{options.report}.pdf")
    target.write_bytes(answer.content)
    print(target)


def delete(options: argparse.Namespace) -> None:
    """Deletes a report."""
    session.workspace(options).client.delete(f"reports/{_client.segment(options.report)}")
