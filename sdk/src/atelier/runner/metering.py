"""System samples on their way to the studio: journaled like a script's own points, so that none is lost or doubled."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

from atelier import _journal, _metrics_codec
from atelier.runner import client as http


class Meter(threading.Thread):
    """Appends samples to a journal of its own and sends them. What is left at the end goes with the script's journals."""

    def __init__(self, client: http.Client, base: Path, head: _journal.Head) -> None:
        super().__init__(name="meter", daemon=True)
        self._client = client
        self._journal = _journal.Journal.create(base, head)
        self._path = f"runs/{head.run_id}/ingest"
        self._writer = head.writer
        self._seq = 0
        self._wake = threading.Event()
        self._closed = False

    def add(self, values: Mapping[str, float], time_ms: int) -> None:
        """One sample: a value for each key."""
        keys = list(values)
        points = [(index, self._seq, time_ms, float(values[key])) for index, key in enumerate(keys)]
        body = _metrics_codec.encode_batch(writer=self._writer, seq=self._seq, keys=keys, points=points)
        try:
            self._journal.append(_journal.INGEST, body)
        except OSError:
            # A full disk costs samples, not the run.
            return
        self._seq += 1
        self._wake.set()

    def close(self) -> None:
        """Stops sending and leaves the journal to whoever sends the rest."""
        self._closed = True
        self._wake.set()
        self.join()
        if self._journal.next_record() is None:
            self._journal.remove()
        else:
            self._journal.release()

    def run(self) -> None:
        patience = http.Patience()
        while not self._closed:
            self._wake.wait()
            self._wake.clear()
            try:
                self._send_all()
                patience.reset()
            except http.Unreachable as error:
                threading.Timer(patience.pause(error), self._wake.set).start()

    def _send_all(self) -> None:
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        while not self._closed and (record := self._journal.next_record()) is not None:
            try:
                self._client.call("POST", self._path, record.body, headers)
            except http.Refused as error:
                if error.is_final:
                    self._closed = True
                    return
            self._journal.acknowledge(record)
