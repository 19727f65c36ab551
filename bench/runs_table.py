"""A page of the runs table: 200 runs with 20 metrics each, out of 200 and out of 10,000 runs.

    python -m bench.runs_table [--database sqlite|postgresql] [--runs 10000] [--repeats 15]

Counted are the statements of the whole REST request, those that ask who the caller is and what they may see included.
"""

import argparse
import random
import statistics
import time
from collections.abc import Callable
from typing import Any

from bench import machine

METRICS, PAGE = 20, 200


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--database", choices=machine.DATABASES, default="sqlite")
    options.add_argument("--runs", type=int, default=10_000)
    options.add_argument("--repeats", type=int, default=15)
    chosen = options.parse_args()
    print(machine.described())
    with machine.studio(chosen.database):
        measure(chosen.runs, chosen.repeats, chosen.database)


def measure(runs: int, repeats: int, database: str) -> None:
    from tests.factories import make_experiment, make_token, make_user, make_workspace

    user = make_user()
    workspace = make_workspace("bench", owner=user)
    experiment = make_experiment(workspace, "bench/table")
    token, there = make_token(user), 0
    for wanted in (PAGE, runs):
        _make_runs(workspace, experiment, wanted - there)
        there = wanted
        print(f"{database}: {wanted:,} runs with {METRICS} metrics each")
        for label, query in (
            ("newest first", {}),
            ("sorted by a metric", {"sort": "-metric:metric-3"}),
            ("one word looked for", {"q": "otter-7"}),
        ):
            print(f"    {label:22}{_times(token, {'limit': PAGE, **query}, repeats)}")


def _make_runs(workspace: Any, experiment: Any, count: int) -> None:
    from runs.tracking.metrics import keys
    from runs.tracking.metrics.models import MetricSummary
    from runs.tracking.models import Param, Run

    ids = keys.key_ids(workspace.pk, [f"metric-{number}" for number in range(METRICS)])
    made = Run.objects.bulk_create(
        (
            Run(workspace=workspace, experiment=experiment, name=f"brisk-otter-{number}", state="completed")
            for number in range(count)
        ),
        batch_size=500,
    )
    Param.objects.bulk_create(
        (Param(run=run, key=f"param-{number}", value=str(random.random())) for run in made for number in range(5)),
        batch_size=2_000,
    )
    MetricSummary.objects.bulk_create(
        (
            MetricSummary(run=run, key_id=key_id, count=9, last=random.random(), min=0.0, max=1.0, finite_count=9)
            for run in made
            for key_id in ids.values()
        ),
        batch_size=2_000,
    )


def _times(token: str, query: dict[str, object], repeats: int) -> str:
    from django.db import connection
    from django.test import Client

    client, headers = Client(SERVER_NAME="127.0.0.1"), {"Authorization": f"Bearer {token}"}
    path = "/api/v1/workspaces/bench/runs"
    client.get(path, query, headers=headers)
    statements: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        statements.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        answer = client.get(path, query, headers=headers)
    if answer.status_code != 200:
        raise SystemExit(answer.content[:500])
    walls = []
    for _ in range(repeats):
        started = time.perf_counter()
        client.get(path, query, headers=headers)
        walls.append(1_000 * (time.perf_counter() - started))
    walls.sort()
    shown = f"{len(answer.json()['results'])} rows, {len(answer.content) / 1024:.0f} KiB"
    return f"{len(statements)} statements, median {statistics.median(walls):6.0f} ms, best {walls[0]:6.0f} ms ({shown})"


if __name__ == "__main__":
    main()
