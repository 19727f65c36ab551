"""The queue between the training code and the journal.

`log()` appends to a list under a lock and returns. A thread turns what has gathered into numbered batches in the journal: after
0.25 s or 1,000 points. When the list grows past its bound, the caller writes the batches itself, so memory stays bounded.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from atelier import _errors, _journal, _metrics_codec, _notices

BATCH_SECONDS = 0.25
QUEUE_POINTS = 10 * _metrics_codec.BATCH_POINTS
UNSAVED_BATCHES = 200


class Recorder:
    """Takes points, parameters, tags and goals of one run and writes them to a journal as batches `(writer, seq)`."""

    def __init__(self, journal: _journal.Journal, *, strict: bool, on_batch: Callable[[], None]) -> None:
        self._journal = journal
        self._strict = strict
        self._on_batch = on_batch
        self._guard = threading.Lock()
        self._draining = threading.Lock()
        self._keys: list[str] = []
        self._index: dict[str, int] = {}
        self._next_step: list[int] = []
        self._points: list[_metrics_codec.Point] = []
        self._params: dict[str, _metrics_codec.Scalar] = {}
        self._tags: dict[str, str | None] = {}
        self._goals: dict[str, str] = {}
        self._unsaved: list[bytes] = []
        self._seq = 0
        self._something = threading.Event()
        self._full = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="atelier-journal", daemon=True)
        self._thread.start()

    def log(self, metrics: Mapping[str, Any], step: int | None, time_ms: int | None) -> None:
        """Queues one point for each key. A value that is no number raises in strict mode and is left out otherwise."""
        now = int(time.time() * 1000) if time_ms is None else time_ms
        if step is not None and not (type(step) is int and -(2**62) < step < 2**62):
            step = _metrics_codec.check_step(step)
        if type(metrics) is not dict:
            _check_mapping(metrics, "log")
        refused: _errors.UsageError | None = None
        with self._guard:
            points = self._points
            for key, value in metrics.items():
                try:
                    index = self._index.get(key)
                    if index is None:
                        index = self._add_key(key)
                    if type(value) is not float:
                        value = _metrics_codec.number(key, value)
                except _errors.UsageError as error:
                    refused = error
                    continue
                at = self._next_step[index] if step is None else step
                self._next_step[index] = at + 1 if at < _metrics_codec.INT64_MAX else at
                points.append((index, at, now, value))
            waiting = len(points)
        if not self._something.is_set():
            self._something.set()
        if waiting >= _metrics_codec.BATCH_POINTS:
            self._relieve(waiting)
        if refused is not None:
            self._refuse(refused)

    def params(self, params: Mapping[str, Any]) -> None:
        """Queues parameters."""
        if not isinstance(params, Mapping) and hasattr(params, "__dict__"):
            # What argparse gives, or a settings object.
            params = vars(params)
        _check_mapping(params, "log_params")
        self._add("_params", _metrics_codec.flatten_params(params))

    def tags(self, tags: Mapping[str, Any]) -> None:
        """Queues tags; None removes one."""
        _check_mapping(tags, "set_tags")
        self._add("_tags", _metrics_codec.clean_tags(tags))

    def goal(self, key: str, goal: str) -> None:
        """Queues what counts as best for a metric."""
        if goal not in ("min", "max"):
            raise _errors.UsageError(f'The goal of a metric is "min" or "max", not {goal!r}.')
        self._add("_goals", {_metrics_codec.check_key(key): goal})

    def drain(self) -> None:
        """Writes everything queued so far to the journal."""
        with self._draining:
            with self._guard:
                points, self._points = self._points, []
                params, self._params = self._params, {}
                tags, self._tags = self._tags, {}
                goals, self._goals = self._goals, {}
            for part in self._split(points, params, tags, goals):
                self._seq += 1
                body = _metrics_codec.encode_batch(
                    writer=self._journal.head.writer, seq=self._seq, keys=self._keys, **part
                )
                self._unsaved.append(body)
            self._save()
        self._on_batch()

    def close(self) -> None:
        """Writes the rest and ends the thread."""
        self._closed = True
        self._something.set()
        self._full.set()
        self.drain()

    def _work(self) -> None:
        while not self._closed:
            self._something.wait()
            self._full.wait(BATCH_SECONDS)
            # Cleared before the lists are taken: what arrives later sets them again.
            self._something.clear()
            self._full.clear()
            self.drain()

    def _add_key(self, key: str) -> int:
        self._index[_metrics_codec.check_key(key)] = len(self._keys)
        self._keys.append(key)
        self._next_step.append(0)
        return len(self._keys) - 1

    def _add(self, queue: str, entries: Mapping[str, Any]) -> None:
        with self._guard:
            # Looked up under the lock: drain() puts a new dictionary in its place.
            getattr(self, queue).update(entries)
        self._something.set()

    def _relieve(self, waiting: int) -> None:
        if waiting >= QUEUE_POINTS:
            self.drain()
        elif not self._full.is_set():
            self._full.set()

    def _refuse(self, error: _errors.UsageError) -> None:
        if self._strict:
            raise error
        _notices.warn_once("value", str(error))

    @staticmethod
    def _split(
        points: list[_metrics_codec.Point], params: dict[str, Any], tags: dict[str, Any], goals: dict[str, Any]
    ) -> list[dict[str, Any]]:
        size = _metrics_codec.BATCH_POINTS
        parts: list[dict[str, Any]] = [{"points": points[at : at + size]} for at in range(0, len(points), size)]
        for name, pairs in (("params", params), ("tags", tags), ("goals", goals)):
            for number, some in enumerate(_metrics_codec.batches_of(pairs)):
                if number >= len(parts):
                    parts.append({})
                parts[number][name] = some
        return parts

    def _save(self) -> None:
        try:
            while self._unsaved:
                self._journal.append(_journal.INGEST, self._unsaved[0])
                self._unsaved.pop(0)
        except OSError as error:
            lost = max(0, len(self._unsaved) - UNSAVED_BATCHES)
            del self._unsaved[:lost]
            _notices.warn_once(
                "disk", f"the journal {self._journal.folder} cannot be written ({error}); free space on that disk."
            )
            if lost:
                _notices.warn_once("lost", "points are being lost because the journal's disk stays full.")


def _check_mapping(value: object, function: str) -> None:
    if not isinstance(value, Mapping):
        shown = repr(value)[:60]
        raise _errors.UsageError(f"{function}() takes a dictionary of names and values, not {shown}.")
