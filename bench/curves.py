"""Server time of a curve of 1,000,000 points read as 1,000 buckets, over the real REST view.

    python -m bench.curves [--database sqlite|postgresql] [--points 1000000] [--repeats 30]

The time is that of the whole request inside the server (authentication, access, reading, buckets, JSON), without the
network.
"""

import argparse
import resource
import statistics
import time
from collections.abc import Callable
from typing import Any

from bench import machine


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--database", choices=machine.DATABASES, default="sqlite")
    options.add_argument("--points", type=int, default=1_000_000)
    options.add_argument("--repeats", type=int, default=30)
    chosen = options.parse_args()
    print(machine.described())
    with machine.studio(chosen.database):
        measure(chosen.points, chosen.repeats, chosen.database)


def measure(points: int, repeats: int, database: str) -> None:
    from django.db import connection
    from django.test import Client

    from runs.tracking.metrics.models import MetricChunk
    from tests.factories import make_run, make_token, make_user, make_workspace

    user = make_user()
    run = make_run(make_workspace("bench", owner=user), state="running", with_job=True)
    seconds = _fill(user, run, points)
    print(f"{database}: {points:,} points logged and compacted in {seconds:.1f} s")
    sizes = [len(data) for data in MetricChunk.objects.values_list("data", flat=True)]
    print(f"    {len(sizes)} chunks, {sum(sizes) / points:.1f} bytes a point")
    client, headers = Client(SERVER_NAME="127.0.0.1"), {"Authorization": f"Bearer {make_token(user)}"}
    base = f"/api/v1/workspaces/bench/runs/{run.pk}/metrics"

    def get(path: str) -> None:
        answer = client.get(f"{base}{path}", headers=headers)
        if answer.status_code != 200:
            raise SystemExit(answer.content[:500])

    middle = points // 2
    for label, path in (
        ("whole curve, 1,000 buckets of steps", "/buckets?key=loss&buckets=1000"),
        ("whole curve, 1,000 buckets of time", "/buckets?key=loss&buckets=1000&x=time"),
        ("one tenth of it", f"/buckets?key=loss&buckets=1000&min={middle}&max={middle + points // 10}"),
        ("1,000 exact points from the middle", f"/points?key=loss&min_step={middle}&limit=1000"),
        ("the summaries", ""),
    ):
        print(f"    {label:40}{_times(lambda path=path: get(path), repeats)}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"    memory of the process at most {peak:.0f} MiB")
    connection.close()


def _fill(user: Any, run: Any, points: int) -> float:
    import numpy as np

    from runs.tracking.metrics import compaction, services
    from runs.tracking.metrics.columns import Columns

    noise = np.random.default_rng(7)
    started = time.perf_counter()
    for seq, at in enumerate(range(0, points, 10_000)):
        steps = np.arange(at, min(at + 10_000, points), dtype=np.int64)
        values = np.exp(-steps / points * 3) + noise.normal(0, 0.02, len(steps))
        times = 1_760_000_000_000 + 50 * steps + noise.integers(0, 40, len(steps))
        batch = Columns(["loss"], np.zeros(len(steps), np.int64), steps, times, values)
        services.ingest(actor=user, run=run, writer="bench", seq=seq, columns=batch)
        if seq % services.COMPACT_EVERY == services.COMPACT_EVERY - 1:
            compaction.compact(run.pk)
    compaction.compact(run.pk)
    return time.perf_counter() - started


def _times(call: Callable[[], None], repeats: int) -> str:
    call()
    walls, busy = [], []
    for _ in range(repeats):
        wall, processor = time.perf_counter(), time.thread_time()
        call()
        walls.append(1_000 * (time.perf_counter() - wall))
        busy.append(1_000 * (time.thread_time() - processor))
    walls.sort()
    return (
        f"median {statistics.median(walls):6.1f} ms, 95 % {walls[int(0.95 * len(walls))]:6.1f} ms, "
        f"best {walls[0]:6.1f} ms, CPU {statistics.median(busy):6.1f} ms"
    )


if __name__ == "__main__":
    main()
