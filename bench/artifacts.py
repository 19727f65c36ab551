"""One large artifact up and down: the studio against `mlflow server`, both up at once and measured in turn.

    python -m bench.artifacts [--sides studio,mlflow] [--megabytes 256] [--rounds 7]

The client is bare HTTP on one kept-alive connection that streams a file; each round sends other bytes to another path, so
that nothing is known already and nothing is overwritten. Before each, memory for the cached files is used and freed: the
first use of a page costs a virtual machine more than what is measured here. Memory is what the processes of a server hold more than before the first byte. Both servers on SQLite, the
studio as one web process, `mlflow server` as it starts by default (four workers).
"""

import argparse
import http.client
import os
import secrets
import shutil
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench import machine, tracking_load
from bench.tracking_load import Side

MB = 1_000_000
PIECE = 1 << 18
LOOK_SECONDS = 0.02


@dataclass(frozen=True)
class Server:
    """A server that is up, the process that holds its others, and a run to store files of."""

    side: Side
    pid: int
    experiment: str
    run: str

    def address(self, name: str) -> str:
        return f"{self.side.prefix}/api/2.0/mlflow-artifacts/artifacts/{self.experiment}/{self.run}/artifacts/{name}"


@dataclass(frozen=True)
class Measured:
    """Seconds of each round, and the most memory beyond what the server held before, in MB."""

    up: list[float] = field(default_factory=list)
    down: list[float] = field(default_factory=list)
    memory_up: list[float] = field(default_factory=list)
    memory_down: list[float] = field(default_factory=list)

    @property
    def lists(self) -> tuple[list[float], ...]:
        return self.up, self.down, self.memory_up, self.memory_down

    def figures(self, megabytes: int) -> dict[str, float]:
        return {
            f"{megabytes} MB up, s": statistics.median(self.up),
            f"{megabytes} MB down, s": statistics.median(self.down),
            "memory for it, up, MB": max(self.memory_up),
            "memory for it, down, MB": max(self.memory_down),
        }


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sides", default="studio,mlflow")
    options.add_argument("--megabytes", type=int, default=256)
    options.add_argument("--rounds", type=int, default=7)
    chosen = options.parse_args()
    print(machine.described())
    with ExitStack() as stack:
        servers = [stack.enter_context(SERVERS[name]()) for name in chosen.sides.split(",")]
        found = measure(servers, megabytes=chosen.megabytes, rounds=chosen.rounds)
    print("| | up, s (best, worst) | down, s (best, worst) | memory up, MB | memory down, MB |\n|---|---|---|---|---|")
    for name, one in found.items():
        print(
            f"| {name} | {_spread(one.up)} | {_spread(one.down)} | {max(one.memory_up):.0f} | {max(one.memory_down):.0f} |"
        )


def measure(servers: Sequence[Server], *, megabytes: int, rounds: int) -> dict[str, Measured]:
    """Up and down with each server in turn, so often; one small file before makes them warm."""
    found = {server.side.name: Measured() for server in servers}
    with tempfile.TemporaryDirectory(prefix="atelier-bench-") as folder:
        for server in servers:
            _round(server, Path(folder), MB)
        for number in range(rounds):
            # Whoever comes second finds the caches as the other left them, so they take turns at that as well.
            for server in servers if number % 2 else servers[::-1]:
                one = found[server.side.name]
                for values, value in zip(one.lists, _round(server, Path(folder), megabytes * MB), strict=True):
                    values.append(value)
    return found


def _round(server: Server, folder: Path, size: int) -> tuple[float, float, float, float]:
    name = f"{secrets.token_hex(4)}.bin"
    source, address = folder / name, server.address(name)
    _make(source, size)
    _make(folder / "used", 2 * size)
    os.sync()  # what was written before must not wait for the disk within the figure
    (folder / "used").unlink()
    try:
        return _measured(server, address, source)
    finally:
        source.unlink()


def _measured(server: Server, address: str, source: Path) -> tuple[float, float, float, float]:
    line = http.client.HTTPConnection("127.0.0.1", server.side.port, timeout=600, blocksize=PIECE)
    line.connect()
    line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with memory_of(server.pid) as most_up:
        up = _up(line, server, address, source)
    with memory_of(server.pid) as most_down:
        down = _down(line, server, address, source.stat().st_size)
    line.close()
    return up, down, most_up[0], most_down[0]


def _up(line: http.client.HTTPConnection, server: Server, address: str, source: Path) -> float:
    headers = {
        **server.side.headers,
        "Content-Type": "application/octet-stream",
        "Content-Length": str(source.stat().st_size),
    }
    with source.open("rb") as body:
        started = time.perf_counter()
        line.request("PUT", address, body, headers)
        answer = line.getresponse()
        text = answer.read()
        seconds = time.perf_counter() - started
    if answer.status != 200:
        raise SystemExit(f"{server.side.name} answered {answer.status}: {text[:500]!r}")
    return seconds


def _down(line: http.client.HTTPConnection, server: Server, address: str, size: int) -> float:
    place, read = memoryview(bytearray(PIECE)), 0
    started = time.perf_counter()
    line.request("GET", address, headers=server.side.headers)
    answer = line.getresponse()
    while count := answer.readinto(place):
        read += count
    seconds = time.perf_counter() - started
    if answer.status != 200 or read != size:
        raise SystemExit(f"{server.side.name} answered {answer.status} and {read:,} of {size:,} bytes.")
    return seconds


def _make(path: Path, size: int) -> None:
    with path.open("wb") as file:
        for start in range(0, size, MB):
            file.write(os.urandom(min(MB, size - start)))


@contextmanager
def memory_of(pid: int) -> Iterator[list[float]]:
    """The most memory of a process and its children meanwhile beyond what they held before, in MB."""
    import psutil

    server = psutil.Process(pid)
    family = [server, *server.children(recursive=True)]

    def held() -> float:
        return float(sum(process.memory_info().rss for process in family)) / MB

    before, most, over = held(), [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(LOOK_SECONDS):
            most[0] = max(most[0], held() - before)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield most
    finally:
        over.set()
        watcher.join()


@contextmanager
def _studio() -> Iterator[Server]:
    with machine.studio("sqlite"):
        from tests.factories import make_membership, make_token, make_user, make_workspace

        user, workspace = make_user(), make_workspace()
        make_membership(workspace, user, "owner")
        headers = {"Authorization": f"Bearer {make_token(user)}"}
        with machine.served(["-m", "uvicorn", "studio.asgi:application", "--log-level", "warning"]) as (pid, port):
            yield _with_run(Side("studio", port, f"/mlflow/{workspace.slug}", headers), pid)


@contextmanager
def _mlflow() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="mlflow-bench-"))
    store = [
        "--backend-store-uri",
        f"sqlite:///{folder / 'mlflow.db'}",
        "--artifacts-destination",
        str(folder / "files"),
    ]
    try:
        with machine.served(["-m", "mlflow", "server", *store]) as (pid, port):
            yield _with_run(Side("mlflow server", port), pid)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _with_run(side: Side, pid: int) -> Server:
    experiment = tracking_load.make_experiment(side, "artifacts")
    (run,) = tracking_load.make_runs(side, experiment, 1)
    return Server(side, pid, experiment, run)


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f}, {max(values):.2f})"


SERVERS = {"studio": _studio, "mlflow": _mlflow}

if __name__ == "__main__":
    main()
