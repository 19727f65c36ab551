"""Reports: pages of Markdown with live charts, tables and runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from atelier import _client, _ids

Record = dict[str, Any]
PDF_SECONDS = 120.0


class Reports:
    """`Workspace().reports`: a report is named by its id."""

    def __init__(self, api: _client.Client) -> None:
        self._api = api

    def search(self) -> Iterator[Record]:
        """The reports without their texts, the last changed first."""
        return self._api.pages("reports")

    def get(self, report: str) -> Record:
        """One report with its `body` and the number of its `version`."""
        return dict(self._api.get(_path(report)))

    def versions(self, report: str) -> Iterator[Record]:
        """The earlier versions without their texts, newest first."""
        return self._api.pages(f"{_path(report)}/versions")

    def version(self, report: str, number: int) -> Record:
        """What a report said before: an earlier version with its `body`."""
        return dict(self._api.get(f"{_path(report)}/versions/{number}"))

    def create(self, title: str, body: str = "", *, publish: bool = False) -> Record:
        """A new report; a draft unless it is published."""
        values = {"title": title, "body": body, "publish": publish}
        return dict(self._api.post("reports", values, key=_ids.new_key()))

    def update(
        self,
        report: str,
        *,
        title: str | None = None,
        body: str | None = None,
        publish: bool | None = None,
        version: int | None = None,
    ) -> Record:
        """Changes what is given; `publish=False` makes it a draft again.

        With the `version` that was read, somebody's newer words raise `Conflict` instead of being written over.
        """
        given = {"title": title, "body": body, "publish": publish, "version": version}
        return dict(self._api.patch(_path(report), {key: value for key, value in given.items() if value is not None}))

    def delete(self, report: str) -> None:
        """Deletes a report."""
        self._api.delete(_path(report))

    def save_pdf(self, report: str, to: str | Path) -> Path:
        """Saves a report as a PDF, its charts and tables as they are now."""
        target = Path(to)
        target.write_bytes(self._api.request("GET", f"{_path(report)}/pdf", timeout=PDF_SECONDS).content)
        return target


def _path(report: str) -> str:
    return f"reports/{_client.segment(report)}"
