"""A real application to import into, and what other trackers leave on disk."""

import sqlite3
from pathlib import Path

import pytest

PARENT, CHILD = "a" * 32, "b" * 32


@pytest.fixture
def mlruns(tmp_path: Path) -> Path:
    """A file store as MLflow lays it out: an experiment with a run, its child, and one in the trash."""
    root = tmp_path / "mlruns"
    experiment = root / "7"
    _write(experiment / "meta.yaml", "experiment_id: '7'\nname: old digits\nlifecycle_stage: active\n")
    _run(experiment, PARENT, "smiling-shrew-3", status=3)
    _run(experiment, CHILD, "child", status=4, tags={"mlflow.parentRunId": PARENT})
    _run(experiment, "c" * 32, "gone", status=3, stage="deleted")
    _write(experiment / PARENT / "artifacts/model/weights.bin", "weights")
    _write(experiment / PARENT / "metrics/val/loss", "1600000000000 0.5 0\n1600000001000 nan 1\n1600000002000 0.25 2\n")
    outside = tmp_path / "secret.txt"
    outside.write_text("not yours")
    (experiment / PARENT / "artifacts/link.txt").symlink_to(outside)
    return root


def _run(
    experiment: Path, run_id: str, name: str, *, status: int, stage: str = "active", tags: dict[str, str] | None = None
) -> None:
    folder = experiment / run_id
    _write(
        folder / "meta.yaml",
        f"run_id: {run_id}\nrun_uuid: {run_id}\nrun_name: {name}\nexperiment_id: '7'\nstatus: {status}\n"
        f"start_time: 1600000000000\nend_time: 1600000060000\nlifecycle_stage: {stage}\n",
    )
    _write(folder / "params/lr", "0.1")
    for key, value in {"team": "blue", "mlflow.note.content": "Words.", **(tags or {})}.items():
        _write(folder / "tags" / key, value)


LOGGED = "m-" + "d" * 32


@pytest.fixture
def registry(mlruns: Path) -> Path:
    """The same store with a logged model, a registered model of three versions, and one that was deleted."""
    logged = mlruns / "7/models" / LOGGED
    _write(
        logged / "meta.yaml",
        f"model_id: {LOGGED}\nname: net\nsource_run_id: {PARENT}\nstatus: 2\nmodel_type: classifier\n"
        "creation_timestamp: 1600000010000\nartifact_location: file:///elsewhere/artifacts\n",
    )
    _write(logged / "artifacts/MLmodel", "flavors: {}\n")
    _write(logged / "params/depth", "6")
    _write(logged / "tags/team", "blue")
    _write(logged / "tags/mlflow.modelVersions", "[]")
    model = mlruns / "models/digits clf"
    _write(model / "meta.yaml", "name: digits clf\ncreation_timestamp: 1600000020000\ndescription: Reads digits.\n")
    _write(model / "tags/team", "blue")
    _write(model / "aliases/champion", "2")
    plain = mlruns.parent / "plain"
    _write(plain / "weights.bin", "plain weights")
    _version(model, 1, f"models:/{LOGGED}", stage="Archived")
    _version(model, 2, f"file:///anywhere/mlruns/7/{PARENT}/artifacts/model", run_id=PARENT, stage="Production")
    _version(model, 3, str(plain), stage="None")
    _version(model, 4, "s3://bucket/x", stage="Deleted_Internal")
    _write(model / "version-2/tags/ok", "yes")
    return mlruns


def _version(model: Path, number: int, source: str, *, stage: str, run_id: str = "null") -> None:
    _write(
        model / f"version-{number}/meta.yaml",
        f"name: {model.name}\nversion: {number}\ncreation_timestamp: {1600000030000 + number}\ncurrent_stage: {stage}\n"
        f"description: null\nrun_id: {run_id}\nsource: {source}\n",
    )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def mlflow_db(tmp_path: Path) -> Path:
    """The tables of an MLflow database that an import reads, with one run."""
    path = tmp_path / "mlflow.db"
    database = sqlite3.connect(path)
    database.executescript(
        """
        CREATE TABLE experiments (experiment_id INTEGER, name TEXT, lifecycle_stage TEXT);
        CREATE TABLE runs (run_uuid TEXT, name TEXT, status TEXT, start_time INTEGER, end_time INTEGER,
            lifecycle_stage TEXT, artifact_uri TEXT, experiment_id INTEGER);
        CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT);
        CREATE TABLE tags (key TEXT, value TEXT, run_uuid TEXT);
        CREATE TABLE metrics (key TEXT, value REAL, timestamp INTEGER, run_uuid TEXT, step INTEGER, is_nan INTEGER);
        INSERT INTO experiments VALUES (1, 'from the database', 'active'), (2, 'gone', 'deleted');
        INSERT INTO runs VALUES ('r1', 'first', 'FINISHED', 1600000000000, 1600000001000, 'active',
            'mlflow-artifacts:/1/r1/artifacts', 1);
        INSERT INTO runs VALUES ('r2', 'second', 'RUNNING', 1600000000000, NULL, 'active', 's3://bucket/r2', 1);
        INSERT INTO runs VALUES ('r3', 'third', 'FINISHED', 1, 2, 'active', '', 2);
        INSERT INTO params VALUES ('depth', '6', 'r1');
        INSERT INTO tags VALUES ('mlflow.source.git.commit', 'abc', 'r1');
        INSERT INTO metrics VALUES ('loss', 0.5, 1600000000100, 'r1', 0, 0), ('loss', 0, 1600000000200, 'r1', 1, 1),
            ('loss', 1.7976931348623157e308, 1600000000300, 'r1', 2, 0);
        """
    )
    database.commit()
    database.close()
    _write(tmp_path / "mlartifacts/1/r1/artifacts/notes.md", "# Notes")
    return path
