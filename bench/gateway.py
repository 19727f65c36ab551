"""The gateway and the scoring runtime behind it, against the same runtime asked directly, in one run.

    python -m bench.gateway [--seconds 5] [--rounds 3] [--workers 1]

The model, the request and the client (`wrk`, one thread, kept connections) are those of `bench.serving`. The instance's
process is the same for both; a round asks it directly and through the gateway, with 1 caller and with 16, and the next
round in the other order, so that a load which comes or goes hits both alike. The figure is the median of the rounds.

Client, gateway and instance share the machine's cores. Where these are fewer than the busy processes the requests a second
say as much of the client as of the servers; the processor time of each, per request, is told beside them.
"""

import argparse
import hashlib
import json
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import psutil

from bench import machine, serving

CALLERS = (1, 16)
ALLOWED_MS = 2.0  # that the gateway adds to the median at 1 caller
LEAST_SHARE = 0.8  # of the requests a second at 16 callers
KEY = "aek_of-the-benchmark"
DIRECT, THROUGH = "runtime directly", "through the gateway"


class Figure(NamedTuple):
    rate: float
    p50: float
    p99: float
    client: float  # microseconds of processor time per request, and so the next two
    gateway: float
    instance: float
    errors: int


class Server(NamedTuple):
    port: int
    pid: int

    def busy(self) -> float:
        """Seconds of processor time of it and the processes below it so far."""
        top = psutil.Process(self.pid)
        return sum(sum(one.cpu_times()[:2]) for one in [top, *top.children(recursive=True)])


class Setting(NamedTuple):
    """What is asked, by what, and who answers."""

    urls: Mapping[str, str]
    script: Path
    gateway: Server
    instance: Server


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1, help="processes of the instance")
    asked = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("The client is wrk: apt-get install wrk.")
    print(machine.described())
    with tempfile.TemporaryDirectory(prefix="atelier-bench-") as temporary:
        folder = Path(temporary)
        script = wrk_script(folder, serving.save_model(folder / "model"))
        with ExitStack() as stack:
            behind = stack.enter_context(instance(folder, asked.workers))
            # As the table has it of a process on this machine.
            known = {"address": f"127.0.0.1:{behind.port}", "socket": str(folder / "http.sock")}
            front = stack.enter_context(gateway(folder, {"blue": [known]}))
            urls = {
                DIRECT: f"http://127.0.0.1:{behind.port}/invocations",
                THROUGH: f"http://127.0.0.1:{front.port}/e/main/bench/invocations",
            }
            setting = Setting(urls, script, gateway=front, instance=behind)
            figures = measure(setting, seconds=asked.seconds, rounds=asked.rounds)
    print(f"load at the end {os.getloadavg()[0]:.1f}")
    return report(figures, workers=asked.workers)


@contextmanager
def instance(folder: Path, workers: int) -> Iterator[Server]:
    """The runtime with the model in `folder`."""
    port = free_port()
    variables = {
        "AZUREML_MODEL_DIR": str(folder / "model"),
        "AML_APP_ROOT": str(folder),
        "ATELIER_SERVING_HOST": "127.0.0.1",
        "ATELIER_SERVING_PORT": str(port),
        "ATELIER_SERVING_SOCKET": str(folder / "http.sock"),
        "WORKER_COUNT": str(workers),
        "PYTHONPATH": str(machine.ROOT / "sdk" / "src"),
    }
    with process([sys.executable, "-m", "atelier.serving"], folder / "instance.log", variables, port) as started:
        yield started


@contextmanager
def gateway(folder: Path, deployments: Mapping[str, list[dict[str, str]]], redis_url: str = "") -> Iterator[Server]:
    """The gateway in front of these instances, all traffic to the first."""
    port = free_port()
    (folder / "table.json").write_text(json.dumps(table(deployments, {next(iter(deployments)): 100})))
    said = {"host": "127.0.0.1", "port": port, "redis_url": redis_url, "table_file": str(folder / "table.json")}
    (folder / "gateway.json").write_text(json.dumps(said))
    command = [sys.executable, "-m", "registry.endpoints.gateway", "--settings", str(folder / "gateway.json")]
    with process(command, folder / "gateway.log", {}, port) as started:
        yield started


def table(deployments: Mapping[str, list[dict[str, str]]], traffic: Mapping[str, int]) -> dict[str, object]:
    """A table with one endpoint, `main/bench`."""
    behind = {
        name: {
            "id": number,
            "instances": [{"id": 100 * number + place, **each} for place, each in enumerate(instances)],
            "wanted": len(instances),
            "max_concurrent": 100,
            "request_settings": {"request_timeout_ms": 30_000, "max_queue_wait_ms": 10_000},
        }
        for number, (name, instances) in enumerate(deployments.items(), 1)
    }
    endpoint = {
        "id": 1, "auth_mode": "key", "keys": [hashlib.sha256(KEY.encode()).hexdigest()], "token_secret": "",
        "traffic": dict(traffic), "mirror": {}, "deployments": behind,
    }  # fmt: skip
    return {"stamp": f"{time.time()}", "endpoints": {"main/bench": endpoint}}


def wrk_script(folder: Path, body: bytes) -> Path:
    (folder / "body.json").write_bytes(body)
    script = folder / "post.lua"
    script.write_text(
        'wrk.method = "POST"\n'
        f'local file = io.open("{folder}/body.json"); wrk.body = file:read("*a"); file:close()\n'
        'wrk.headers["content-type"] = "application/json"\n'
        f'wrk.headers["authorization"] = "Bearer {KEY}"\n'
        "done = function(summary, latency)\n"
        "  local e = summary.errors\n"
        '  io.write(string.format("FIGURE %d %f %f %f %d\\n", summary.requests, summary.duration / 1e6,\n'
        "    latency:percentile(50) / 1000, latency:percentile(99) / 1000,\n"
        "    e.connect + e.read + e.write + e.status + e.timeout))\n"
        "end\n"
    )
    return script


def measure(setting: Setting, *, seconds: int, rounds: int) -> dict[tuple[str, int], list[Figure]]:
    for url in setting.urls.values():
        ask(setting, url, callers=4, seconds=1)
    figures: dict[tuple[str, int], list[Figure]] = {}
    order = list(setting.urls.items())
    for _ in range(rounds):
        for callers in CALLERS:
            for name, url in order:
                figures.setdefault((name, callers), []).append(ask(setting, url, callers=callers, seconds=seconds))
        order.reverse()
    return figures


def ask(setting: Setting, url: str, *, callers: int, seconds: int) -> Figure:
    words = ["wrk", "-t1", f"-c{callers}", f"-d{seconds}s", "--timeout", "10s", "-s", str(setting.script), url]
    before = (_client_busy(), setting.gateway.busy(), setting.instance.busy())
    out = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    after = (_client_busy(), setting.gateway.busy(), setting.instance.busy())
    said = next(line for line in out.splitlines() if line.startswith("FIGURE")).split()[1:]
    requests, lasted, p50, p99 = (float(each) for each in said[:4])
    each = [(end - begin) / max(1.0, requests) * 1e6 for begin, end in zip(before, after, strict=True)]
    return Figure(requests / lasted, p50, p99, *each, errors=int(said[4]))


def _client_busy() -> float:
    """Of the clients that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def report(figures: Mapping[tuple[str, int], list[Figure]], *, workers: int) -> int:
    middle = {key: _middle(seen) for key, seen in sorted(figures.items(), key=lambda item: item[0][1])}
    print(f"\n{workers} process(es) of the instance; the last three: microseconds of processor time per request")
    print(
        "| asked | callers | requests/s | p50 ms | p99 ms | client | gateway | instance |\n|---|---|---|---|---|---|---|---|"
    )
    for (name, callers), one in middle.items():
        spent = f"{one.client:.0f} | {one.gateway:.0f} | {one.instance:.0f}"
        print(f"| {name} | {callers} | {one.rate:,.0f} | {one.p50:.2f} | {one.p99:.2f} | {spent} |")
    added = middle[THROUGH, 1].p50 - middle[DIRECT, 1].p50
    share = middle[THROUGH, 16].rate / middle[DIRECT, 16].rate
    failed = sum(figure.errors for figure in middle.values())
    held = added < ALLOWED_MS and share >= LEAST_SHARE and not failed
    print(f"added at 1 caller: {added:.2f} ms (allowed {ALLOWED_MS:g})")
    print(f"at 16 callers {share:.0%} of the requests a second (at least {LEAST_SHARE:.0%})")
    print(f"{failed} failed: {'held' if held else 'MISSED'}")
    return 0 if held else 1


def _middle(seen: list[Figure]) -> Figure:
    values = [statistics.median(column) for column in zip(*(one[:-1] for one in seen), strict=True)]
    return Figure(*values, errors=sum(one.errors for one in seen))


@contextmanager
def process(command: list[str], log: Path, variables: Mapping[str, str], port: int) -> Iterator[Server]:
    """A server that listens on `port` when this returns."""
    with log.open("wb") as opened:
        started = subprocess.Popen(
            command,
            cwd=machine.ROOT,
            env={**os.environ, **variables},
            stdout=opened,
            stderr=opened,
            start_new_session=True,
        )
    try:
        end = time.monotonic() + 60
        while not listens(port):
            if started.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"It did not start: {' '.join(command)}\n{log.read_text()[-2000:]}")
            time.sleep(0.1)
        yield Server(port, started.pid)
    finally:
        started.terminate()
        started.wait(30)


def listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
