"""Fills MLflow's own database with the runs that `bench.fill` makes for the studio: by its table definitions, in bulk.

Through its REST interface ten thousand runs take minutes; what is measured afterwards is the same.
"""

import random
from collections.abc import Iterator
from typing import Any

from bench.tracking_load import START_MS

AT_ONCE = 5_000
METRICS, PARAMS, TAGS = 10, 10, 5


def fill(uri: str, folder: str, runs: int, points: int) -> tuple[str, list[str]]:
    """Makes the tables, an experiment with `runs` runs, and `points` points of the metric `long` in the first of them.

    Answers the experiment's id and the runs' ids.
    """
    from mlflow.store.tracking.dbmodels import models
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    store = SqlAlchemyStore(uri, folder)
    experiment = store.create_experiment("many")
    ids = [f"{number:032x}" for number in range(1, runs + 1)]
    chance = random.Random(1)
    with store.engine.begin() as connection:
        for table, rows in (
            (models.SqlRun, _runs(ids, int(experiment), folder)),
            (models.SqlMetric, _values(ids, chance)),
            (models.SqlLatestMetric, _values(ids, random.Random(1))),
            (models.SqlParam, _params(ids, chance)),
            (models.SqlTag, _tags(ids, chance)),
            (models.SqlMetric, _history(ids[0], points)),
            (models.SqlLatestMetric, _last(ids[0], points)),
        ):
            _insert(connection, table.__table__, rows)
    store.engine.dispose()
    return str(experiment), ids


def _insert(connection: Any, table: Any, rows: Iterator[dict[str, Any]]) -> None:
    batch = []
    for row in rows:
        batch.append(row)
        if len(batch) == AT_ONCE:
            connection.execute(table.insert(), batch)
            batch = []
    if batch:
        connection.execute(table.insert(), batch)


def _runs(ids: list[str], experiment: int, folder: str) -> Iterator[dict[str, Any]]:
    for number, run_id in enumerate(ids):
        at = START_MS + 30_000 * number
        yield {
            "run_uuid": run_id, "name": f"run-{number}", "source_type": "UNKNOWN", "source_name": "", "status": "FINISHED",
            "entry_point_name": "", "user_id": "ada", "start_time": at, "end_time": at + 20_000, "source_version": "",
            "lifecycle_stage": "active", "artifact_uri": f"{folder}/{run_id}", "experiment_id": experiment,
        }  # fmt: skip


def _values(ids: list[str], chance: random.Random) -> Iterator[dict[str, Any]]:
    for number, run_id in enumerate(ids):
        at = START_MS + 30_000 * number
        for key in range(METRICS):
            yield {
                "key": f"m{key}",
                "value": chance.random(),
                "timestamp": at,
                "step": 0,
                "is_nan": False,
                "run_uuid": run_id,
            }


def _params(ids: list[str], chance: random.Random) -> Iterator[dict[str, Any]]:
    for run_id in ids:
        for key in range(PARAMS):
            yield {"key": f"p{key}", "value": f"{chance.random():.4f}", "run_uuid": run_id}


def _tags(ids: list[str], chance: random.Random) -> Iterator[dict[str, Any]]:
    for number, run_id in enumerate(ids):
        yield {"key": "mlflow.runName", "value": f"run-{number}", "run_uuid": run_id}
        for key in range(TAGS):
            yield {"key": f"t{key}", "value": f"value-{chance.randint(0, 9)}", "run_uuid": run_id}


def _history(run_id: str, points: int) -> Iterator[dict[str, Any]]:
    chance = random.Random(2)
    for step in range(points):
        value, at = chance.random(), START_MS + step
        yield {"key": "long", "value": value, "timestamp": at, "step": step, "is_nan": False, "run_uuid": run_id}


def _last(run_id: str, points: int) -> Iterator[dict[str, Any]]:
    if points:
        last = {"key": "long", "value": 0.5, "timestamp": START_MS + points - 1, "step": points - 1, "is_nan": False}
        yield {**last, "run_uuid": run_id}
