"""Sending one journal, step by step. The sender thread and `sync` both use it; nothing here waits or starts threads."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from atelier import _client, _errors, _journal, _notices

CONSOLE_CHUNK = 256 * 1024
FILE_CHUNK = 256 * 1024


@dataclass
class Tally:
    """What was sent and what the server refused."""

    batches: int = 0
    files: int = 0
    console_bytes: int = 0
    refused: list[str] = field(default_factory=list)


class Delivery:
    """Sends what a journal holds. Steps raise `Unreachable` (try later) or a `Refused` that blocks the whole journal."""

    def __init__(
        self,
        journal: _journal.Journal,
        client: _client.Client,
        *,
        on_cancel: Callable[[], None] = lambda: None,
        on_refused: Callable[[_errors.Refused], None] = lambda error: None,
        between: Callable[[], None] = lambda: None,
    ) -> None:
        self.journal = journal
        self.client = client
        self.tally = Tally()
        self.progress_at = time.monotonic()
        self.lease_seconds = 45.0
        self._on_cancel = on_cancel
        self._on_refused = on_refused
        self._between = between
        self._console_offset = 0
        self._console_is_off = False

    def start(self) -> bool:
        """Makes sure that the server knows the run; False when it did already."""
        head = self.journal.head
        if head.is_started:
            return False
        try:
            run = self.client.post("runs/start", head.start, key=f"start-{head.run_id}", once=True)
        except _errors.Conflict:
            # The id is ours and random: the run is there because an earlier answer was lost on its way.
            run = self.client.get(f"runs/{head.run_id}")
        self.journal.mark_started(**job_of(run))
        self._moved()
        return True

    def send_record(self) -> bool:
        """Sends the next record; False when there is none."""
        record = self.journal.next_record()
        if record is None:
            return False
        try:
            self._post_record(record)
        except _errors.InvalidRequest as error:
            self._note_refusal("records", error)
        self.journal.acknowledge(record)
        self.tally.batches += 1
        self._moved()
        return True

    def send_console(self) -> bool:
        """Sends the next piece of captured output; False when there is none."""
        piece = self._console_piece()
        if not piece:
            return False
        head = self.journal.head
        headers = {"X-Offset": str(self._console_offset), "X-Attempt": str(head.attempt)}
        headers["Content-Type"] = "application/octet-stream"
        try:
            answer = self.client.send("POST", f"jobs/{head.job_id}/log", piece, headers)
        except _errors.Conflict as error:
            return self._resume_console_at(error.body.get("expected_offset"))
        except _errors.Refused as error:
            self._console_is_off = True
            self._note_refusal("console output", error)
            return False
        self._console_offset += len(piece)
        self.tally.console_bytes += len(piece)
        self._moved()
        if isinstance(answer, dict) and answer.get("cancel"):
            self._on_cancel()
        return True

    def send_file(self) -> bool:
        """Sends the next artifact; False when there is none."""
        pending = self.journal.next_file()
        if pending is None:
            return False
        path = f"runs/{self.journal.head.run_id}/artifacts/{_client.quoted_path(pending.path)}"
        try:
            size = pending.source.stat().st_size
            self.client.put(path, self._chunks(pending), size=size, content_type=pending.content_type)
            self.tally.files += 1
        except _errors.Unauthorized:
            raise
        except _errors.Refused as error:
            self._note_refusal(f"the artifact {pending.path!r}", error)
        except FileNotFoundError:
            _notices.warn_once("artifact", f"the copy of the artifact {pending.path!r} has gone.")
        self.journal.acknowledge_file(pending)
        self._moved()
        return True

    def heartbeat(self) -> None:
        """Tells the server that this process lives."""
        import platform

        head = self.journal.head
        body = {"attempt": head.attempt, "pid": os.getpid(), "host": platform.node()[:255]}
        try:
            answer = self.client.post(f"jobs/{head.job_id}/heartbeat", body)
        except _errors.Refused as error:
            self._note_refusal("heartbeats", error)
            return
        self.lease_seconds = float(answer.get("lease_seconds") or self.lease_seconds)
        if answer.get("cancel"):
            self._on_cancel()

    def finish(self) -> bool:
        """Reports how the run ended; False when it has not ended or is not ours to end."""
        body = self.journal.finish_body()
        if body is None or not self.journal.head.owns_run:
            return False
        try:
            self.client.post(f"runs/{self.journal.head.run_id}/finish", body)
        except _errors.Conflict:
            # It has ended already: an earlier answer was lost, or somebody canceled it.
            pass
        self._moved()
        return True

    def _post_record(self, record: _journal.Record) -> None:
        run = f"runs/{self.journal.head.run_id}"
        if record.kind == _journal.PATCH:
            self.client.send("PATCH", run, record.body, {"Content-Type": "application/json"})
            return
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        self.client.send("POST", f"{run}/ingest", record.body, headers)

    def _console_piece(self) -> bytes:
        if self._console_is_off or not self.journal.head.job_id:
            return b""
        try:
            with self.journal.console.open("rb") as stream:
                stream.seek(self._console_offset)
                return stream.read(CONSOLE_CHUNK)
        except FileNotFoundError:
            return b""

    def _resume_console_at(self, expected: Any) -> bool:
        size = self.journal.console.stat().st_size
        if not isinstance(expected, int) or expected == self._console_offset or expected > size:
            self._console_is_off = True
            return False
        self._console_offset = expected
        return True

    def _chunks(self, pending: _journal.PendingFile) -> Iterator[bytes]:
        with pending.source.open("rb") as stream:
            while chunk := stream.read(FILE_CHUNK):
                yield chunk
                self._moved()
                self._between()

    def _moved(self) -> None:
        self.progress_at = time.monotonic()

    def _note_refusal(self, what: str, error: _errors.Refused) -> None:
        self.tally.refused.append(f"{what}: {error}")
        self._on_refused(error)
        _notices.warn_once(f"refused {what}", f"the server refused {what}: {error}")


def job_of(run: Any) -> dict[str, Any]:
    """The id of a run's job and its attempt, from the run's JSON."""
    job: dict[str, Any] | None = run.get("job") if isinstance(run.get("job"), dict) else None
    job_id = (job or {}).get("id") or run.get("job_id") or ""
    return {"job_id": str(job_id), "attempt": int((job or {}).get("attempt") or run.get("attempt") or 1)}
