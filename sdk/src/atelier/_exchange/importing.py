"""The import itself: every run once, with its true times, as often as it is started again.

What has arrived is asked of the studio, not remembered here: a run by its external id, the points of a metric by their
count, a file by its size and digest. An import that broke off goes on where it was.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

from atelier import _client, _errors, _metrics_codec
from atelier._exchange import importing_models, sending
from atelier._exchange.records import Point, Source, SourceRun, iso
from atelier._exchange.sending import Options, Report, Say


def bring(client: _client.Client, source: Source, options: Options, progress: Say = lambda text: None) -> Report:
    """Takes every run and every model of `source` into the client's workspace. Raises a `ServerError` where the studio refuses."""
    report = Report()
    runs = _parents_first(list(source.runs()))
    known = sending.known(client, [run.external_id for run in runs], "runs", options)
    importer = _Importer(client, options, report, known)
    others = importing_models.Importer(client, options, report, known)
    for experiment in source.experiments():
        others.take_experiment(experiment)
    for number, run in enumerate(runs, 1):
        progress(f"{number}/{len(runs)} {run.experiment}: {run.name}")
        importer.take(run)
    for logged in source.logged_models():
        progress(f"{logged.experiment}: {logged.name}")
        others.take_logged(logged)
    for model in source.models():
        progress(model.name)
        others.take_model(model)
    report.notes.extend(source.notes)
    if report.runs_new and not options.is_dry:
        body = {"origin": source.label[:300], "count": report.runs_new}
        sending.again(lambda: client.post("imports/done", body))
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
        if sending.is_itself(run.external_id, self._ids.get(run.external_id, "")):
            return
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
            sending.count_files(run.files(), self._report)

    def _send_record(self, run: SourceRun) -> str:
        params, tags = self._cleaned(run)
        first_params, *other_params = list(_metrics_codec.batches_of(params, 500)) or [{}]
        body = {
            "external_id": run.external_id,
            "experiment": self._options.prefix + run.experiment,
            "state": run.state,
            "name": _line(run.name),
            "parent": self._ids.get(run.parent) if run.parent else None,
            "started_at": iso(run.started_ms),
            "ended_at": iso(max(run.ended_ms, run.started_ms or run.ended_ms) if run.ended_ms else None),
            "description": _metrics_codec.clean_text(run.description, 20_000),
            "command": _metrics_codec.clean_text(run.command, 20_000),
            "git": dict(run.git),
            "params": first_params,
            "tags": dict(islice(tags.items(), 900)),
        }
        run_id = str(sending.again(lambda: self._client.post("imports/runs", body))["id"])
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
        rows = sending.again(lambda: self._client.get(f"runs/{run_id}/metrics"))
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
        sending.again(lambda: self._client.send("POST", f"runs/{run_id}/ingest", content, headers))

    def _send_files(self, run: SourceRun, run_id: str, is_known: bool) -> None:
        present = self._present_files(run_id) if is_known else {}
        for file in run.files():
            if present.get(file.path, (-1, ""))[0] == file.size and present[file.path][1] == sending.digest_of(file):
                continue
            sending.send_file(self._client, file, f"runs/{run_id}/artifacts", run.name, self._report)

    def _present_files(self, run_id: str) -> dict[str, tuple[int, str]]:
        rows = self._client.pages(f"runs/{run_id}/artifacts", {"recursive": True, "limit": 500})
        return {row["path"]: (int(row["size"] or 0), str(row["sha256"] or "")) for row in rows if not row["is_dir"]}


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


def _in_batches(points: Iterable[tuple[str, Point]]) -> Iterator[list[tuple[str, Point]]]:
    stream = iter(points)
    for first in stream:
        yield list(chain([first], islice(stream, _metrics_codec.BATCH_POINTS - 1)))


def _line(name: str) -> str:
    text = "".join(letter if letter.isprintable() else " " for letter in name).strip()
    return _metrics_codec.clean_text(text, 255)
