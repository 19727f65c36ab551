"""The import itself: every run once, with its true times, as often as it is started again.

What has arrived is asked of the studio, not remembered here: a run by its external id, the points of a metric by their
count, a file by its size and digest. An import that broke off goes on where it was.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import partial
from itertools import chain, islice
from typing import IO, Any, Callable, TypeVar

from atelier import _client, _errors, _metrics_codec, _names
from atelier._exchange.records import Point, Source, SourceFile, SourceRun

T = TypeVar("T")
Say = Callable[[str], None]

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0)
CHUNK = 1 << 20
KNOWN_AT_ONCE = 1_000


@dataclass
class Report:
    """What an import did, or, as a dry run, would do."""

    runs_new: int = 0
    runs_known: int = 0
    points: int = 0
    files: int = 0
    bytes: int = 0
    experiments: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The counts for `-o json`."""
        return {
            "runs_new": self.runs_new,
            "runs_known": self.runs_known,
            "points": self.points,
            "files": self.files,
            "bytes": self.bytes,
            "experiments": sorted(self.experiments),
            "notes": self.notes,
        }


@dataclass(frozen=True)
class Options:
    """`prefix` is put before every experiment's name; without `files` only the records come."""

    is_dry: bool = False
    files: bool = True
    prefix: str = ""


def bring(client: _client.Client, source: Source, options: Options, progress: Say = lambda text: None) -> Report:
    """Takes every run of `source` into the client's workspace. Raises a `ServerError` where the studio refuses."""
    report = Report()
    runs = _parents_first(list(source.runs()))
    known = _known(client, [run.external_id for run in runs])
    importer = _Importer(client, options, report, known)
    for number, run in enumerate(runs, 1):
        progress(f"{number}/{len(runs)} {run.experiment}: {run.name}")
        importer.take(run)
    report.notes.extend(source.notes)
    if report.runs_new and not options.is_dry:
        body = {"origin": source.label[:300], "count": report.runs_new}
        _again(lambda: client.post("imports/done", body))
    return report


class _Importer:
    def __init__(self, client: _client.Client, options: Options, report: Report, known: dict[str, str]) -> None:
        self._client = client
        self._options = options
        self._report = report
        self._ids = known
        self._writer = f"import-{secrets.token_hex(8)}"

    def take(self, run: SourceRun) -> None:
        is_known = run.external_id in self._ids
        self._report.experiments.add(self._options.prefix + run.experiment)
        self._report.runs_known += is_known
        self._report.runs_new += not is_known
        if self._options.is_dry:
            self._count(run, is_known)
            return
        run_id = self._send_record(run)
        self._ids[run.external_id] = run_id
        self._send_points(run, run_id, is_known)
        if self._options.files:
            self._send_files(run, run_id, is_known)

    def _count(self, run: SourceRun, is_known: bool) -> None:
        """What would be sent. Points and files of a known run are only compared when it is really imported."""
        present = self._counts(self._ids[run.external_id]) if is_known else {}
        for series in run.series():
            total = sum(1 for _ in series.points)
            self._report.points += max(total - present.get(series.key, 0), 0)
        if self._options.files and not is_known:
            for file in run.files():
                self._report.files += 1
                self._report.bytes += file.size

    def _send_record(self, run: SourceRun) -> str:
        params, tags = self._cleaned(run)
        first_params, *other_params = list(_metrics_codec.batches_of(params, 500)) or [{}]
        body = {
            "external_id": run.external_id,
            "experiment": self._options.prefix + run.experiment,
            "state": run.state,
            "name": _line(run.name),
            "parent": self._ids.get(run.parent) if run.parent else None,
            "started_at": _iso(run.started_ms),
            "ended_at": _iso(max(run.ended_ms, run.started_ms or run.ended_ms) if run.ended_ms else None),
            "description": _metrics_codec.clean_text(run.description, 20_000),
            "command": _metrics_codec.clean_text(run.command, 20_000),
            "git": dict(run.git),
            "params": first_params,
            "tags": dict(islice(tags.items(), 900)),
        }
        run_id = str(_again(lambda: self._client.post("imports/runs", body))["id"])
        for part in other_params:
            self._ingest(run_id, f"{self._writer}-p{secrets.token_hex(2)}", 0, params=part)
        return run_id

    def _cleaned(self, run: SourceRun) -> tuple[dict[str, Any], dict[str, str]]:
        params: dict[str, Any] = {}
        tags: dict[str, str] = {}
        for name, value in run.params.items():
            if self._is_name(name, run):
                params[name] = _metrics_codec.clean_text(str(value), _metrics_codec.PARAM_LENGTH)
        for name, value in run.tags.items():
            if self._is_name(name, run):
                tags[name] = _metrics_codec.clean_text(str(value), _metrics_codec.TAG_LENGTH)
        return params, tags

    def _is_name(self, name: str, run: SourceRun) -> bool:
        try:
            _metrics_codec.check_key(name, "name")
        except _errors.UsageError as error:
            self._report.notes.append(f"{run.name}: left out, {error}")
            return False
        return True

    def _counts(self, run_id: str) -> dict[str, int]:
        rows = _again(lambda: self._client.get(f"runs/{run_id}/metrics"))
        return {str(row["key"]): int(row["count"]) for row in rows}

    def _send_points(self, run: SourceRun, run_id: str, is_known: bool) -> None:
        present = self._counts(run_id) if is_known else {}
        missing = self._missing(run, present)
        writer = f"{self._writer}-{run_id[:6]}"[:40]
        for seq, batch in enumerate(_in_batches(missing)):
            keys = list(dict.fromkeys(key for key, _ in batch))
            number = {key: at for at, key in enumerate(keys)}
            points = [(number[key], *point) for key, point in batch]
            self._ingest(run_id, writer, seq, keys=keys, points=points)
            self._report.points += len(batch)

    def _missing(self, run: SourceRun, present: Mapping[str, int]) -> Iterator[tuple[str, Point]]:
        for series in run.series():
            if self._is_name(series.key, run):
                yield from ((series.key, point) for point in islice(series.points, present.get(series.key, 0), None))

    def _ingest(self, run_id: str, writer: str, seq: int, **parts: Any) -> None:
        content = _metrics_codec.encode_batch(writer=writer, seq=seq, **parts)
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        _again(lambda: self._client.send("POST", f"runs/{run_id}/ingest", content, headers))

    def _send_files(self, run: SourceRun, run_id: str, is_known: bool) -> None:
        present = self._present_files(run_id) if is_known else {}
        for file in run.files():
            if problem := _names.problem(file.path):
                self._report.notes.append(f"{run.name}: the file {file.path[:200]!r} was left out: {problem}.")
                continue
            if present.get(file.path, (-1, ""))[0] == file.size and present[file.path][1] == _digest(file):
                continue
            try:
                self._send_file(run_id, file)
            except (_errors.InvalidRequest, _errors.Conflict, OSError) as error:
                self._report.notes.append(f"{run.name}: the file {file.path} was left out: {error}")
                continue
            self._report.files += 1
            self._report.bytes += file.size

    def _present_files(self, run_id: str) -> dict[str, tuple[int, str]]:
        rows = self._client.pages(f"runs/{run_id}/artifacts", {"recursive": True, "limit": 500})
        return {row["path"]: (int(row["size"] or 0), str(row["sha256"] or "")) for row in rows if not row["is_dir"]}

    def _send_file(self, run_id: str, file: SourceFile) -> None:
        def send() -> Any:
            with file.open() as stream:
                path = f"runs/{run_id}/artifacts/{_client.quoted_path(file.path)}"
                return self._client.put(path, _chunks(stream), size=file.size)

        _again(send)


def _parents_first(runs: list[SourceRun]) -> list[SourceRun]:
    """Every run after its parent. A circle, which no tracker should hold, keeps its order."""
    by_id = {run.external_id: run for run in runs}
    ordered: dict[str, SourceRun] = {}
    for run in runs:
        line = [run]
        while line[-1].parent in by_id and line[-1].parent not in ordered and by_id[line[-1].parent] not in line:
            line.append(by_id[line[-1].parent])
        ordered.update((one.external_id, one) for one in reversed(line))
    return list(ordered.values())


def _known(client: _client.Client, names: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for at in range(0, len(names), KNOWN_AT_ONCE):
        body = {"external_ids": names[at : at + KNOWN_AT_ONCE]}
        found.update(_again(partial(client.post, "imports/known", body))["runs"])
    return found


def _in_batches(points: Iterable[tuple[str, Point]]) -> Iterator[list[tuple[str, Point]]]:
    stream = iter(points)
    for first in stream:
        yield list(chain([first], islice(stream, _metrics_codec.BATCH_POINTS - 1)))


def _again(call: Callable[[], T]) -> T:
    """The answer of a call that may be repeated, also when the studio is away for some seconds."""
    for pause in PAUSES:
        try:
            return call()
        except _errors.Unreachable as error:
            time.sleep(error.retry_after or pause)
    return call()


def _digest(file: SourceFile) -> str:
    digest = hashlib.sha256()
    with file.open() as stream:
        for piece in _chunks(stream):
            digest.update(piece)
    return digest.hexdigest()


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(CHUNK):
        yield piece


def _line(name: str) -> str:
    text = "".join(letter if letter.isprintable() else " " for letter in name).strip()
    return _metrics_codec.clean_text(text, 255)


def _iso(milliseconds: int | None) -> str | None:
    if milliseconds is None:
        return None
    moment = datetime.fromtimestamp(milliseconds / 1000, tz=timezone.utc)
    return moment.isoformat().replace("+00:00", "Z")
