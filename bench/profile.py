"""A table of many rows: how soon its rows are shown, and how long and in how much memory its profile is made.

    python -m bench.profile --rows 10000000

A studio runs in a temporary folder; the Parquet file is written, registered as a data asset and asked for over REST as the
page asks: the first rows, rows from the middle, a condition, an order, a random sample, SQL. Then its profile is made
by the worker. Memory is the largest sum of the worker and of the reading processes it started, sampled as it goes.
"""

import argparse
import contextlib
import hashlib
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from bench import machine

TIMES = 15
MB = 1 << 20
COLUMNS = """
    i AS id, random() * 1000 AS price, CAST(random() * 100 AS INTEGER) AS quantity,
    'city ' || CAST(random() * 200 AS INTEGER) AS city, DATE '2015-01-01' + CAST(random() * 3650 AS INTEGER) AS day,
    TIMESTAMP '2020-01-01' + INTERVAL (i) SECOND AS at, random() < 0.3 AS is_new,
    CASE WHEN random() < 0.1 THEN NULL ELSE random() * random() END AS ratio,
    'user-' || CAST(random() * 5000000 AS INTEGER) || '@example.org' AS email,
    CAST(random() * 10 AS DECIMAL(10, 2)) AS amount, ln(random() + 0.0001) AS skewed, CAST(random() * 5 AS INTEGER) AS stars
"""
QUESTIONS: dict[str, dict[str, Any]] = {
    "the first 200 rows": {"limit": 200},
    "200 rows from the middle": {"limit": 200, "offset": 0.5},
    "the last 200 rows": {"limit": 200, "offset": 0.999},
    "200 rows where a text is one of 200": {"limit": 200, "where": "city = 'city 7'"},
    "the 200 dearest": {"limit": 200, "order": "-price"},
    "200 of 1,000 rows drawn by lot": {"limit": 200, "mode": "random"},
}
SQL = "SELECT city, count(*) AS n, avg(price) AS mean FROM data GROUP BY city ORDER BY n DESC"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    chosen = parser.parse_args()
    print(machine.described())
    folder = Path(tempfile.mkdtemp(prefix="atelier-bench-"))
    try:
        _measure(folder, chosen.rows)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measure(folder: Path, rows: int) -> None:
    from tests import real_studio

    source = folder / "rides.parquet"
    _write(source, rows)
    size = source.stat().st_size
    print(f"{rows:,} rows of 12 columns, {size / 1e6:,.0f} MB of Parquet")
    studio = real_studio.start(folder / "studio")
    headers = {"Authorization": f"Bearer {studio.token}"}
    base = f"{studio.url}/api/v1/workspaces/main/"
    try:
        with httpx.Client(base_url=base, headers=headers, timeout=120) as client:
            version = _register(client, source)
            print("\n| question | first, ms | median, ms | slowest, ms |\n|---|---|---|---|")
            _answers(client, version, rows)
            with _most_memory(studio.child("worker").pid) as most:
                seconds, made = _profile(client, version)
        print("\n| profile | |\n|---|---|")
        print(f"| state | {made['state']}, {made['columns_done']} columns |")
        print(f"| time, s | {seconds:.0f} |")
        print(f"| most memory of the worker and its reading processes, MB | {most['all']:,.0f} |")
        print(f"| most memory of one reading process, MB | {most['reading']:,.0f} |")
    finally:
        studio.stop()


def _write(path: Path, rows: int) -> None:
    import duckdb

    with duckdb.connect(config={"memory_limit": "2GB"}) as connection:
        connection.execute(f"COPY (SELECT {COLUMNS} FROM range({rows}) t(i)) TO '{path}' (FORMAT parquet)")


def _register(client: httpx.Client, source: Path) -> str:
    """Upload the file and register it; answers the version's path."""
    body = {"path": "rides/rides.parquet", "size": source.stat().st_size}
    upload = client.post("datastores/default/uploads", json=body).raise_for_status().json()
    with source.open("rb") as file:
        for number in range(1, upload["part_count"] + 1):
            piece = file.read(upload["part_bytes"])
            digest = {"X-Content-SHA256": hashlib.sha256(piece).hexdigest()}
            client.put(f"uploads/{upload['id']}/parts/{number}", content=piece, headers=digest).raise_for_status()
    client.post(f"uploads/{upload['id']}/complete", json={}).raise_for_status()
    _until(lambda: client.get(f"uploads/{upload['id']}").json()["state"] == "done")
    new = {"name": "rides", "type": "uri_file", "path": "azureml://datastores/default/paths/rides/rides.parquet"}
    client.post("data", json=new).raise_for_status()
    version = "data/rides/versions/latest"
    _until(lambda: client.get(version).json()["state"] == "ready")
    return version


def _answers(client: httpx.Client, version: str, rows: int) -> None:
    for words, query in QUESTIONS.items():
        scaled = {**query, "offset": int(query.get("offset", 0) * rows)}
        _timed(words, lambda query=scaled: client.get(f"{version}/rows", params=query))
    _timed("SQL: count and mean by a text", lambda: client.post(f"{version}/sql", json={"sql": SQL}))
    _timed("the small histograms of all columns", lambda: client.get(f"{version}/sketch"))


def _timed(words: str, ask: Callable[[], httpx.Response]) -> None:
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        ask().raise_for_status()
        taken.append((time.perf_counter() - began) * 1000)
    print(f"| {words} | {taken[0]:.0f} | {statistics.median(taken):.0f} | {max(taken):.0f} |")


def _profile(client: httpx.Client, version: str) -> tuple[float, dict[str, Any]]:
    began = time.perf_counter()
    client.post(f"{version}/profile").raise_for_status()
    _until(lambda: client.get(f"{version}/profile").json()["state"] in ("ready", "failed"))
    return time.perf_counter() - began, client.get(f"{version}/profile").json()


def _until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 900
    while not is_so():
        if time.monotonic() > until:
            raise SystemExit("It takes too long.")
        time.sleep(0.5)


@contextmanager
def _most_memory(pid: int) -> Iterator[dict[str, float]]:
    """The most resident memory meanwhile, in MB: of a process and all below it, and of one reading process."""
    import psutil

    most, over = {"all": 0.0, "reading": 0.0}, threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
            with contextlib.suppress(psutil.NoSuchProcess):
                held = [
                    (process.memory_info().rss / MB, "reading" in " ".join(process.cmdline())) for process in family
                ]
                most["all"] = max(most["all"], sum(size for size, _ in held))
                most["reading"] = max([most["reading"], *(size for size, is_reading in held if is_reading)])

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield most
    finally:
        over.set()
        watcher.join()


if __name__ == "__main__":
    main()
