"""A file `mlflow.db`: MLflow's SQLite store, read without changing it."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

from atelier import _errors
from atelier._exchange.records import (
    Point,
    Series,
    Source,
    SourceExperiment,
    SourceFile,
    SourceLoggedModel,
    SourceModel,
    SourceRun,
)
from atelier._exchange.sources import folders, mlflow_db_models, mlflow_words

RUNS = """
    SELECT r.run_uuid, e.name, COALESCE(r.name, ''), r.status, r.start_time, r.end_time, COALESCE(r.artifact_uri, '')
    FROM runs r JOIN experiments e ON e.experiment_id = r.experiment_id
    WHERE r.lifecycle_stage = 'active' AND e.lifecycle_stage = 'active' ORDER BY r.start_time, r.run_uuid
"""


class MlflowDatabase(Source):
    """Every active run of a database file. `artifacts` is the folder behind `mlflow-artifacts:` addresses."""

    def __init__(self, path: Path, artifacts: Path | None = None) -> None:
        self.label = f"MLflow database {path.name}"
        self.notes: list[str] = []
        self._artifacts = artifacts or path.parent / "mlartifacts"
        self._connection = _open(path)

    def runs(self) -> Iterator[SourceRun]:
        """Every active run of the active experiments."""
        for run_id, experiment, name, status, started, ended, address in self.rows(RUNS):
            yield mlflow_words.run_of(
                run_id=run_id,
                experiment=experiment,
                name=name,
                status=status,
                started_ms=started,
                ended_ms=ended,
                params=dict(self.rows("SELECT key, value FROM params WHERE run_uuid = ?", run_id)),
                tags=dict(self.rows("SELECT key, COALESCE(value, '') FROM tags WHERE run_uuid = ?", run_id)),
                series=partial(self._series, run_id),
                files=partial(self.files, address),
            )

    def experiments(self) -> Iterator[SourceExperiment]:
        """What is said of the active experiments."""
        rows = self.rows("SELECT experiment_id, name FROM experiments WHERE lifecycle_stage = 'active'")
        tags = mlflow_db_models.grouped(self, "experiment_tags", "experiment_id", "key", "value")
        for experiment_id, name in rows:
            yield mlflow_words.experiment_of(name, tags.get((experiment_id,), {}))

    def logged_models(self) -> Iterator[SourceLoggedModel]:
        """The logged models; databases before version 3 have none."""
        return mlflow_db_models.logged_models(self)

    def models(self) -> Iterator[SourceModel]:
        """The registry, with prompts."""
        return mlflow_db_models.models(self)

    def _series(self, run_id: str) -> Iterator[Series]:
        keys = self.rows("SELECT DISTINCT key FROM metrics WHERE run_uuid = ? ORDER BY key", run_id)
        for (key,) in keys:
            yield Series(key, self._points(run_id, key))

    def _points(self, run_id: str, key: str) -> Iterator[Point]:
        points = self.rows(
            "SELECT step, timestamp, value, is_nan FROM metrics WHERE run_uuid = ? AND key = ?"
            " ORDER BY timestamp, step, value",
            run_id,
            key,
        )
        for step, time_ms, value, is_nan in points:
            yield int(step), int(time_ms), math.nan if is_nan else mlflow_words.unbounded(value)

    def files(self, address: str) -> Iterator[SourceFile]:
        """The files at an address, where this machine holds them."""
        folder = self._folder(address)
        if folder is not None and folder.is_dir():
            yield from folders.files_below(folder)
        elif folder is None:
            self.notes.append(f"The files at {address} are not on this machine; import over HTTP to bring them.")

    def _folder(self, address: str) -> Path | None:
        parts = urlsplit(address)
        if parts.scheme == "mlflow-artifacts":
            inside = self._artifacts / unquote(parts.path).lstrip("/")
            return inside if inside.resolve().is_relative_to(self._artifacts.resolve()) else None
        return Path(unquote(parts.path)) if parts.scheme in ("", "file") else None

    def rows(self, sql: str, *values: str) -> list[tuple]:
        """The answer of a question to the database."""
        return self._connection.execute(sql, values).fetchall()


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    try:
        connection.execute("SELECT run_uuid, name, lifecycle_stage FROM runs LIMIT 1")
        connection.execute("SELECT step, is_nan FROM metrics LIMIT 1")
    except sqlite3.DatabaseError as error:
        connection.close()
        raise _errors.UsageError(f"{path} is no MLflow database that can be read: {error}.") from error
    return connection
