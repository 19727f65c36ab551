"""Fills a studio's database with finished runs, straight into the tables: what benchmarks search through and draw.

    python -m bench.fill --runs 100000 [--params 10] [--metrics 10] [--tags 5] [--experiment bench/many]

run by itself it fills the database that DATABASE_URL or ATELIER_DATA_DIR names, which must have its tables; other
benchmarks call `fill()`. The same seed gives the same values.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
STATES = ("completed",) * 8 + ("failed", "canceled")
AT_ONCE = 2_000  # runs a transaction


@dataclass(frozen=True, slots=True)
class Shape:
    """How many runs, and what each has. Parameters `p0`…, metrics `m0`…, tags `t0`…; values are uniform in [0, 1)."""

    runs: int
    params: int = 10
    metrics: int = 10
    tags: int = 5
    seed: int = 1


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--workspace", default="bench")
    options.add_argument("--experiment", default="bench/many")
    options.add_argument("--runs", type=int, default=10_000)
    for name, count in (("params", 10), ("metrics", 10), ("tags", 5), ("seed", 1)):
        options.add_argument(f"--{name}", type=int, default=count)
    chosen = options.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings.base")
    sys.path[:0] = [str(ROOT), str(ROOT / "sdk/src")]
    import django

    django.setup()
    shape = Shape(chosen.runs, chosen.params, chosen.metrics, chosen.tags, chosen.seed)
    started = time.perf_counter()
    fill(*place(chosen.workspace, chosen.experiment), shape)
    print(f"{shape.runs:,} runs in {time.perf_counter() - started:.1f} s")


def place(slug: str, path: str) -> tuple[Any, Any]:
    """The workspace and experiment of these names, made where they are missing."""
    from runs.tracking.models import Experiment
    from studio.access.models import Workspace

    workspace, _ = Workspace.objects.get_or_create(slug=slug, defaults={"name": slug.title()})
    experiment, _ = Experiment.objects.get_or_create(workspace=workspace, path=path)
    return workspace, experiment


def fill(workspace: Any, experiment: Any, shape: Shape) -> list[str]:
    """Add the runs and let the database count its rows; their ids, the oldest first."""
    from django.db import transaction

    chance = random.Random(shape.seed)
    keys = _keys(workspace, shape.metrics)
    ids = []
    for start in range(0, shape.runs, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, shape.runs))
        made = ["".join(chance.choices(ALPHABET, k=12)) for _ in numbers]
        with transaction.atomic():
            _add_runs(workspace, experiment, numbers, made, chance)
            _add_values(made, shape, keys, chance)
        ids += made
    _analyze()
    return ids


def _keys(workspace: Any, count: int) -> list[int]:
    from runs.tracking.metrics import keys

    names = [f"m{number}" for number in range(count)]
    found = keys.key_ids(workspace.pk, names)
    return [found[name] for name in names]


def _add_runs(workspace: Any, experiment: Any, numbers: range, ids: Sequence[str], chance: random.Random) -> None:
    from runs.tracking.models import Run

    def made() -> Iterator[Run]:
        for number, run_id in zip(numbers, ids, strict=True):
            at = FIRST + timedelta(seconds=30 * number)
            yield Run(
                id=run_id, workspace=workspace, experiment=experiment, name=f"run-{number}", source="sdk",
                state=chance.choice(STATES), created_at=at, started_at=at,
                ended_at=at + timedelta(seconds=chance.randint(60, 6000)),
            )  # fmt: skip

    Run.objects.bulk_create(made(), batch_size=500)


def _add_values(ids: Sequence[str], shape: Shape, keys: Sequence[int], chance: random.Random) -> None:
    from runs.tracking.metrics.models import MetricSummary
    from runs.tracking.models import Param, Tag
    from studio.search.sql import number_of

    for model, letter, count in ((Param, "p", shape.params), (Tag, "t", shape.tags)):
        names = [f"{letter}{number}" for number in range(count)]
        made = (
            (run_id, name, f"{chance.random():.4f}" if letter == "p" else f"value-{chance.randint(0, 9)}")
            for run_id in ids
            for name in names
        )
        _copy(model, ("run_id", "key", "value", "number"), ((*row, number_of(row[2])) for row in made))
    _copy(
        MetricSummary,
        ("run_id", "key_id", "count", "first", "first_step", "first_time_ms", "last", "last_step", "last_time_ms", "min",
         "min_step", "max", "max_step", "total", "finite_count", "nan_count", "inf_count", "rewinds"),
        (_summary(run_id, key, chance) for run_id in ids for key in keys),
    )  # fmt: skip


def _summary(run_id: str, key: int, chance: random.Random) -> tuple[Any, ...]:
    first, last = chance.random(), chance.random()
    low, high = min(first, last), max(first, last)
    return run_id, key, 100, first, 0, 0, last, 99, 99_000, low, 0, high, 99, 50.0, 100, 0, 0, 0


def _copy(model: Any, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    from django.db import connection

    table, names = model._meta.db_table, ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)
            return
        with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)


def _analyze() -> None:
    """What PostgreSQL's autovacuum would do by itself a minute later."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


if __name__ == "__main__":
    main()
