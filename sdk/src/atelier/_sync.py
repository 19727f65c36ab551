"""Sending what journals still hold, after the process that wrote them has gone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from atelier import _client, _config, _delivery, _errors, _journal

ABANDONED = {"state": "failed", "exit_code": 1, "message": "The process ended without finishing the run."}
PAUSES = (0.2, 0.5, 1.0, 2.0)


@dataclass
class SyncReport:
    """What a sync has done."""

    journals: int = 0
    batches: int = 0
    files: int = 0
    console_bytes: int = 0
    left: list[Path] = field(default_factory=list)
    busy: list[Path] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether no journal is left."""
        return not self.left and not self.busy


def sync(
    directory: str | Path | None = None,
    *,
    run_id: str = "",
    url: str | None = None,
    token: str | None = None,
    workspace: str | None = None,
    timeout: float = 30.0,
) -> SyncReport:
    """Sends every journal under a folder and deletes what the server has acknowledged.

    May be called any number of times: a batch that has arrived before is stored once. A journal whose process lives is left
    to it. `run_id` limits the work to one run. Server trouble is in the report, not raised.
    """
    config = _config.load(url=url, token=token, workspace=workspace)
    base = Path(directory) if directory is not None else config.directory
    report = SyncReport()
    for folder in _journal.journals(base, run_id):
        _sync_one(folder, lambda head: _client_for(head, url, token, workspace, timeout), report)
    return report


def _client_for(
    head: _journal.Head, url: str | None, token: str | None, workspace: str | None, timeout: float
) -> _client.Client:
    # The journal knows where its run lives; only what the caller says outright wins over it.
    config = _config.load(url=url or head.url or None, token=token, workspace=workspace or head.workspace or None)
    return _client.from_config(config, timeout=timeout)


def _sync_one(folder: Path, client_for: Callable[[_journal.Head], _client.Client], report: SyncReport) -> None:
    try:
        journal = _journal.Journal.open(folder)
    except _journal.Busy:
        report.busy.append(folder)
        return
    except _errors.AtelierError as error:
        report.left.append(folder)
        report.problems.append(str(error))
        return
    report.journals += 1
    try:
        delivery = _delivery.Delivery(journal, client_for(journal.head))
    except _errors.ConfigurationError as error:
        _leave(journal, report, str(error))
        return
    _deliver(delivery, report)


def _deliver(delivery: _delivery.Delivery, report: SyncReport) -> None:
    journal = delivery.journal
    try:
        _send_all(delivery)
        journal.remove()
    except (_errors.Conflict, _errors.NotFound) as error:
        # The run has finished or is gone: no later try can change that, but nothing is thrown away.
        report.problems.append(f"{journal.folder.name}: {error} The records are kept in {journal.set_aside()}.")
    except _errors.ServerError as error:
        _leave(journal, report, f"{journal.folder.name}: {error}")
    finally:
        delivery.client.close()
        report.batches += delivery.tally.batches
        report.files += delivery.tally.files
        report.console_bytes += delivery.tally.console_bytes
        report.problems += delivery.tally.refused


def _send_all(delivery: _delivery.Delivery) -> None:
    if delivery.journal.head.owns_run and delivery.journal.finish_body() is None:
        delivery.journal.set_finish(ABANDONED)
    _persist(delivery.start)
    for step in (delivery.send_record, delivery.send_console, delivery.send_file):
        while _persist(step):
            pass
    _persist(delivery.finish)


def _persist(step: Callable[[], bool]) -> bool:
    """A step, tried again over a few seconds: a server that restarts is soon back."""
    for pause in PAUSES:
        try:
            return step()
        except _errors.Unreachable as error:
            time.sleep(min(max(pause, error.retry_after or 0), 10.0))
    return step()


def _leave(journal: _journal.Journal, report: SyncReport, problem: str) -> None:
    report.left.append(journal.folder)
    report.problems.append(problem)
    journal.release()
