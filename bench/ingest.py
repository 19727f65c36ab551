"""Points per second over HTTP: the metric store against a row per point, in the same server and database.

    python -m bench.ingest [--database sqlite|postgresql] [--rounds 3]

Both sides take the same bodies (1,000 points of 10 metrics, gzip, as the SDK sends them) over one kept-alive connection
and go through the same server, authentication, access check and parser. Rounds alternate, so that a busy machine hurts
both; the time is the wall's, and beside it the processor time of the web process.
"""

import argparse
import gzip
import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench import machine

POINTS, METRICS = 1_000, 10
BATCHES = {"ingest": 300, "twin": 60}


@dataclass
class Measured:
    points: int
    seconds: float
    processor_seconds: float

    @property
    def per_second(self) -> float:
        return self.points / self.seconds


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--database", choices=machine.DATABASES, default="sqlite")
    options.add_argument("--rounds", type=int, default=3)
    chosen = options.parse_args()
    print(machine.described())
    with machine.studio(chosen.database):
        print_result(chosen.database, measure(chosen.rounds))


def measure(rounds: int) -> dict[str, list[Measured]]:
    token, run_id = _make_run()
    results: dict[str, list[Measured]] = {"ingest": [], "twin": []}
    with _server() as (process, port):
        for number in range(rounds + 1):
            for side, rounds_of_side in results.items():
                measured = _send(process.pid, port, token, run_id, side, number)
                if number:  # the first round warms up
                    rounds_of_side.append(measured)
    _check(run_id, rounds + 1)
    return results


def print_result(database: str, results: dict[str, list[Measured]]) -> None:
    speed = {side: statistics.median(one.per_second for one in rounds) for side, rounds in results.items()}
    cost = {
        side: statistics.median(one.processor_seconds / one.points for one in rounds)
        for side, rounds in results.items()
    }
    print(f"{database}: {'':12}{'points/s':>12}{'requests/s':>12}{'µs of CPU a point':>20}")
    for side, label in (("ingest", "packed"), ("twin", "row per point")):
        print(f"{'':12}{label:14}{speed[side]:10,.0f}{speed[side] / POINTS:12,.0f}{1e6 * cost[side]:20.2f}")
    print(f"{'':12}ratio {speed['ingest'] / speed['twin']:.1f} in time, {cost['twin'] / cost['ingest']:.1f} in CPU")


def _make_run() -> tuple[str, str]:
    from runs.tracking.models import Run
    from tests.factories import make_run, make_token, make_user, make_workspace

    user = make_user()
    run: Run = make_run(make_workspace("bench", owner=user), state="running", with_job=True)
    return make_token(user), run.pk


@contextmanager
def _server() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "uvicorn",
        "studio.asgi:application",
        "--port",
        str(port),
        "--log-level",
        "warning",
    ]
    process = subprocess.Popen(command, cwd=machine.ROOT, env=os.environ.copy())
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield process, port
    finally:
        process.terminate()
        process.wait(10)


def _send(pid: int, port: int, token: str, run_id: str, side: str, number: int) -> Measured:
    bodies = [_body(number, seq) for seq in range(BATCHES[side])]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Content-Encoding": "gzip"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    busy, started = _processor_seconds(pid), time.perf_counter()
    for body in bodies:
        connection.request("POST", f"/api/v1/workspaces/bench/runs/{run_id}/{side}", body, headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{side} answered {answer.status}: {text.decode()[:500]}")
    seconds = time.perf_counter() - started
    return Measured(len(bodies) * POINTS, seconds, _processor_seconds(pid) - busy)


def _body(number: int, seq: int) -> bytes:
    first = (number * 10_000 + seq) * POINTS // METRICS
    columns = {
        "keys": [f"train/metric-{index}" for index in range(METRICS)],
        "key": [index % METRICS for index in range(POINTS)],
        "step": [first + index // METRICS for index in range(POINTS)],
        "time_ms": [1_760_000_000_000 + 20 * (first + index // METRICS) for index in range(POINTS)],
        "value": [random.gauss(1, 0.1) for _ in range(POINTS)],
    }
    text = json.dumps({"writer": f"round-{number}", "seq": seq, "columns": columns}, separators=(",", ":"))
    return gzip.compress(text.encode(), compresslevel=1)


def _processor_seconds(pid: int) -> float:
    import psutil

    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


def _check(run_id: str, rounds: int) -> None:
    from bench.twin.models import TwinPoint
    from runs.tracking.metrics.models import MetricSummary

    stored = sum(MetricSummary.objects.filter(run_id=run_id).values_list("count", flat=True))
    if stored != rounds * BATCHES["ingest"] * POINTS or TwinPoint.objects.count() != rounds * BATCHES["twin"] * POINTS:
        raise SystemExit("Not every point was stored: the figures mean nothing.")


if __name__ == "__main__":
    main()
