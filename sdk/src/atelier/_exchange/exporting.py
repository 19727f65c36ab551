"""Runs and models into one zip of open formats: JSON for the records, Parquet for the points, the files as they are.

    manifest.json              what this is, from where and when
    runs.json                  every run's facts, parameters and tags
    metrics/<run>.parquet      columns key, step, time_ms, value
    runs/<run>/files/…         its artifacts
    runs/<run>/log.txt         what it printed
    runs/<run>/code.zip        its code snapshot
    experiments.json           descriptions and tags of their experiments
    logged_models.json         the logged models of the runs; logged-models/<id>/…
    models.json                registered models with their versions; models/<name>/<number>/…

`atelier import zip` reads it back (`sources/archive.py`).
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable

from atelier import _client, _errors, _metrics_codec
from atelier._exchange import exporting_models, zip_layout

POINTS_PER_PAGE = 100_000
# Of a run's record what another studio can use; the rest belongs to the studio it ran in.
FACTS = (
    "id", "name", "description", "experiment", "state", "parent", "created_at", "started_at", "ended_at", "command",
    "git", "params", "tags", "snapshot", "source", "exit_code", "message",
)  # fmt: skip


@dataclass
class Exported:
    """What a zip holds."""

    path: Path
    runs: int = 0
    points: int = 0
    files: int = 0
    models: int = 0
    versions: int = 0


def export(
    client: _client.Client,
    runs: Iterable[dict[str, Any]],
    target: Path,
    *,
    models: Iterable[dict[str, Any]] = (),
    with_files: bool = True,
    progress: Callable[[str], None] = lambda text: None,
) -> Exported:
    """Writes the zip beside its final name first, so that no half of one is ever left under it."""
    _pyarrow()
    made = Exported(target)
    partial = target.with_name(target.name + ".part")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
            written = _write_runs(client, runs, archive, made, with_files, progress)
            exporting_models.write_experiments(client, {row["experiment"] for row in written}, archive)
            made.files += exporting_models.write_logged(client, written, archive, with_files)
            exporting_models.write_models(client, models, archive, made, with_files, progress)
            archive.writestr(zip_layout.MANIFEST, zip_layout.as_json(_manifest(client, made)))
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)
    return made


def _write_runs(
    client: _client.Client,
    runs: Iterable[dict[str, Any]],
    archive: zipfile.ZipFile,
    made: Exported,
    with_files: bool,
    progress: Callable[[str], None],
) -> list[dict[str, Any]]:
    records = []
    for row in runs:
        progress(f"{row['experiment']}: {row['name']}")
        records.append({name: row.get(name) for name in FACTS})
        made.runs += 1
        made.points += _write_points(client, row["id"], archive)
        if with_files:
            made.files += _write_files(client, row, archive)
    archive.writestr(zip_layout.RUNS, zip_layout.as_json(records))
    return records


def _manifest(client: _client.Client, made: Exported) -> dict[str, Any]:
    return {
        "format": zip_layout.FORMAT,
        "version": zip_layout.VERSION,
        "workspace": client.workspace,
        "server": client.url,
        "exported_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "runs": made.runs,
        "points": made.points,
        "files": made.files,
        "models": made.models,
        "versions": made.versions,
    }


def _write_points(client: _client.Client, run_id: str, archive: zipfile.ZipFile) -> int:
    pyarrow = _pyarrow()
    from pyarrow import parquet

    keys = [row["key"] for row in client.get(f"runs/{run_id}/metrics")]
    if not keys:
        return 0
    columns = (("key", pyarrow.string()), ("step", pyarrow.int64()), ("time_ms", pyarrow.int64()))
    schema = pyarrow.schema([*columns, ("value", pyarrow.float64())])
    total = 0
    with (
        zip_layout.member(archive, f"metrics/{run_id}.parquet") as member,
        parquet.ParquetWriter(member, schema) as writer,
    ):
        for key in keys:
            for points in _pages(client, run_id, key):
                values = [_metrics_codec.python_float(value) for value in points["value"]]
                table = {"key": [key] * len(values), "step": points["step"], "time_ms": points["time_ms"]}
                writer.write_table(pyarrow.table({**table, "value": values}, schema=schema))
                total += len(values)
    return total


def _pages(client: _client.Client, run_id: str, key: str) -> Iterator[dict[str, list[Any]]]:
    query: dict[str, Any] = {"key": key, "limit": POINTS_PER_PAGE}
    while True:
        page = client.get(f"runs/{run_id}/metrics/points", query)
        yield page["points"]
        if not page.get("next"):
            return
        query["cursor"] = _cursor(page["next"])


def _cursor(address: str) -> str:
    from urllib.parse import parse_qs, urlsplit

    return parse_qs(urlsplit(address).query).get("cursor", [address])[0]


def _write_files(client: _client.Client, row: dict[str, Any], archive: zipfile.ZipFile) -> int:
    run_id, written = row["id"], 0
    for item in client.pages(f"runs/{run_id}/artifacts", {"recursive": True, "limit": 500}):
        if not item["is_dir"]:
            address = f"runs/{run_id}/artifacts/{_client.quoted_path(item['path'])}"
            zip_layout.copy(client, address, archive, f"runs/{run_id}/files/{item['path']}")
            written += 1
    for address, name in ((f"runs/{run_id}/log/raw", "log.txt"), (f"runs/{run_id}/code.zip", "code.zip")):
        try:
            written += zip_layout.copy(client, address, archive, f"runs/{run_id}/{name}", skip_empty=True)
        except _errors.NotFound:
            continue  # it printed nothing, or came without code
    return written


def _pyarrow() -> Any:
    try:
        import pyarrow
    except ImportError as error:
        raise _errors.ConfigurationError("Exports need pyarrow: pip install 'atelier[export]'.") from error
    return pyarrow
