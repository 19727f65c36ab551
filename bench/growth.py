"""How the store grows towards 100 million runs: an arithmetic of rows, bytes, partitions and objects, month by month.

    python -m bench.growth                        the table with the row sizes measured last (ROW_BYTES)
    python -m bench.growth --measure 20000        measures the row sizes first: fills a PostgreSQL with so many runs

It simulates, it does not fill 100 million runs: what one row costs is measured, how many there are is a plan. The design it
weighs is told in docs/architecture.md ("How it grows").
"""

import argparse
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

# Bytes a row with its indexes, in PostgreSQL, as `--measure` printed them last.
ROW_BYTES: Mapping[str, float] = {
    "runs_run": 766.0,
    "runs_param": 177.1,
    "runs_tag": 175.8,
    "runs_metricsummary": 330.2,
}
POINT_BYTES = 7.6  # bench/curves.py: packed, outlines included
OUTLINE_SHARE = 0.05  # of a chunk, what stays in the database when its points go to object storage
PAGE_BYTES, KEY_BYTES = 8192, 40
FANOUT = PAGE_BYTES // KEY_BYTES
OBJECT_BYTES = 64 * 2**20  # cold chunks of many runs of one month share an object
GIB, TIB = 2**30, 2**40


@dataclass(frozen=True, slots=True)
class Plan:
    """Who logs how much, and what is kept where."""

    months: int = 60
    runs: int = 100_000_000
    monthly_growth: float = 0.05
    params: int = 10
    tags: int = 5
    metrics: int = 10
    points: int = 1_000  # a metric
    hot_months: int = 3  # points of younger runs stay in the database
    searched_months: int = 12  # how far back nine of ten searches look


@dataclass(frozen=True, slots=True)
class Month:
    """The store at the end of a month. Sizes are bytes."""

    number: int
    runs: int
    record_bytes: float  # runs, parameters, tags, summaries
    hot_point_bytes: float
    outline_bytes: float
    cold_bytes: float
    objects: int
    partition_rows: int  # of the largest table, in one month's partition
    table_rows: int  # of the largest table, in all
    searched_bytes: float

    @property
    def database_bytes(self) -> float:
        return self.record_bytes + self.hot_point_bytes + self.outline_bytes


def simulate(plan: Plan, row_bytes: Mapping[str, float]) -> Iterator[Month]:
    """Month after month; runs grow by `monthly_growth` so that all months together make `runs`."""
    new_runs = list(_new_runs(plan))
    record = _record_bytes(plan, row_bytes)
    point_bytes = plan.metrics * plan.points * POINT_BYTES
    summaries = max(plan.params, plan.metrics, plan.tags)
    total = 0
    for number, arrived in enumerate(new_runs, 1):
        total += arrived
        hot = sum(new_runs[max(number - plan.hot_months, 0) : number])
        searched = sum(new_runs[max(number - plan.searched_months, 0) : number])
        cold = (total - hot) * point_bytes
        yield Month(
            number=number,
            runs=total,
            record_bytes=total * record,
            hot_point_bytes=hot * point_bytes,
            outline_bytes=cold * OUTLINE_SHARE,
            cold_bytes=cold * (1 - OUTLINE_SHARE),
            objects=math.ceil(cold / OBJECT_BYTES),
            partition_rows=arrived * summaries,
            table_rows=total * summaries,
            searched_bytes=searched * record,
        )


def depth(rows: int) -> int:
    """Levels of a B-tree over so many rows: the pages one look-up reads."""
    return max(1, math.ceil(math.log(max(rows, 2), FANOUT)))


def _new_runs(plan: Plan) -> Iterator[int]:
    growth = 1 + plan.monthly_growth
    first = plan.runs * (growth - 1) / (growth**plan.months - 1)
    return (round(first * growth**month) for month in range(plan.months))


def _record_bytes(plan: Plan, row_bytes: Mapping[str, float]) -> float:
    counts = {
        "runs_run": 1,
        "runs_param": plan.params,
        "runs_tag": plan.tags,
        "runs_metricsummary": plan.metrics,
    }
    return sum(count * row_bytes[table] for table, count in counts.items())


def measure(runs: int) -> dict[str, float]:
    """Bytes a row with its indexes, in a PostgreSQL filled with `runs` runs."""
    from bench import fill, machine

    with machine.studio("postgresql"):
        from django.db import connection

        fill.fill(*fill.place("bench", "bench/many"), fill.Shape(runs))
        found = {}
        with connection.cursor() as cursor:
            for table in ROW_BYTES:
                cursor.execute(f'SELECT pg_total_relation_size(%s), (SELECT count(*) FROM "{table}")', [table])
                size, rows = cursor.fetchone()
                found[table] = size / max(rows, 1)
    return found


def print_table(plan: Plan, row_bytes: Mapping[str, float]) -> None:
    print(
        f"{plan.runs:,} runs in {plan.months} months, {plan.params} parameters, {plan.tags} tags, "
        f"{plan.metrics} metrics of {plan.points:,} points each; points older than {plan.hot_months} months in object storage\n"
    )
    heads = (
        "runs",
        "records",
        "hot points",
        "outlines",
        "database",
        "cold",
        "objects",
        "searched",
        "depth: one table / a month's",
    )
    print(" | ".join(heads))
    marks = {10 ** (exponent / 2) for exponent in range(10, 17)}
    for month in simulate(plan, row_bytes):
        reached = {mark for mark in marks if month.runs >= mark}
        if reached or month.number == plan.months:
            marks -= reached
            print(_line(month))
    everything = list(simulate(replace(plan, hot_months=plan.months), row_bytes))[-1]
    print(f"\nWithout object storage the database would hold {everything.database_bytes / TIB:.1f} TiB.")


def _line(month: Month) -> str:
    sizes = (month.record_bytes, month.hot_point_bytes, month.outline_bytes, month.database_bytes, month.cold_bytes)
    cells = [f"{month.runs:,}", *(_size(size) for size in sizes), f"{month.objects:,}", _size(month.searched_bytes)]
    return " | ".join([*cells, f"{depth(month.table_rows)} / {depth(month.partition_rows)}"])


def _size(size: float) -> str:
    return f"{size / TIB:.2f} TiB" if size >= TIB else f"{size / GIB:.1f} GiB"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--measure", type=int, default=0, metavar="RUNS")
    chosen = options.parse_args()
    row_bytes = ROW_BYTES
    if chosen.measure:
        row_bytes = measure(chosen.measure)
        print({table: round(size, 1) for table, size in row_bytes.items()})
    print_table(Plan(), row_bytes)


if __name__ == "__main__":
    main()
