"""The scoring runtime against MLflow's own server, on the same small scikit-learn model, in one run.

    python -m bench.serving [--seconds 5] [--rounds 3] [--workers 1]

Both serve the same folder with the same number of worker processes and are asked the same request by the same client,
`wrk` (one thread, kept connections), in turns: a round asks each server with 1 caller and with 16. The figure is the
median of the rounds. A third server is the runtime with its adaptive batching switched on. Before anything is
measured the answers of all are compared. Memory is the resident memory of all processes of a server after the load.
"""

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from bench import machine

CALLERS = (1, 16)
# At 1 and at 16 callers: times the requests a second of MLflow's server.
BARS = {1: 1.4, 16: 2.0}
THEIRS, OURS, BATCHED = "mlflow models serve", "runtime", "runtime, batching"
START_SECONDS = 120


class Server(NamedTuple):
    name: str
    port: int
    process: subprocess.Popen[bytes]


class Figure(NamedTuple):
    """What wrk saw."""

    rate: float
    p50: float
    p99: float
    errors: int


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args()
    if shutil.which("wrk") is None:
        raise SystemExit("The client is wrk: apt-get install wrk.")
    print(machine.described())
    with tempfile.TemporaryDirectory(prefix="atelier-bench-") as temporary, ExitStack() as stack:
        folder = Path(temporary)
        body = save_model(folder / "model")
        servers = [stack.enter_context(started) for started in _servers(folder, asked.workers)]
        _compare(servers, body)
        script = _wrk_script(folder, body)
        figures = _measure(servers, script, seconds=asked.seconds, rounds=asked.rounds)
        memory = {server.name: _memory(server.process.pid) for server in servers}
        print(f"load at the end {os.getloadavg()[0]:.1f}")
    return _report(figures, memory, workers=asked.workers)


def save_model(folder: Path) -> bytes:
    """A pipeline of scaling and ridge regression on scikit-learn's diabetes data, and the body of one request."""
    os.environ.setdefault("MLFLOW_TRACKING_URI", "file:///nonexistent")
    import mlflow
    from mlflow.models import infer_signature
    from sklearn.datasets import load_diabetes
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    data, target = load_diabetes(return_X_y=True, as_frame=True)
    model = make_pipeline(StandardScaler(), Ridge()).fit(data, target)
    signature = infer_signature(data, model.predict(data))
    mlflow.sklearn.save_model(
        model, str(folder), signature=signature, serialization_format="cloudpickle", pip_requirements=["scikit-learn"]
    )
    return json.dumps({"dataframe_split": data[:1].to_dict(orient="split")}).encode()


def _servers(folder: Path, workers: int) -> list:
    model = folder / "model"
    theirs = [
        str(Path(sys.executable).with_name("mlflow")), "models", "serve", "-m", str(model), "--env-manager", "local",
        "-h", "127.0.0.1", "--workers", str(workers),
    ]  # fmt: skip
    return [
        _started(THEIRS, folder, lambda port: [*theirs, "-p", str(port)], {}),
        _started(OURS, folder, lambda _: [sys.executable, "-m", "atelier.serving"], _variables(model, workers)),
        _started(
            BATCHED,
            folder,
            lambda _: [sys.executable, "-m", "atelier.serving"],
            {**_variables(model, workers), "ATELIER_SERVING_BATCH_ROWS": "64"},
        ),
    ]


def _variables(model: Path, workers: int) -> dict[str, str]:
    return {
        "AZUREML_MODEL_DIR": str(model),
        "AML_APP_ROOT": str(model.parent),
        "ATELIER_SERVING_HOST": "127.0.0.1",
        "WORKER_COUNT": str(workers),
        "PYTHONPATH": str(machine.ROOT / "sdk" / "src"),
    }


@contextmanager
def _started(name: str, folder: Path, command, variables: dict[str, str]) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    # Both log a line a request, to a file.
    own = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "ATELIER_SERVING_PORT": str(port)}
    with (folder / f"{port}.log").open("wb") as log:
        process = subprocess.Popen(
            command(port),
            env={**os.environ, **own, **variables},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        _wait(name, port, process, folder / f"{port}.log")
        yield Server(name, port, process)
    finally:
        os.killpg(process.pid, 15)
        process.wait(30)


def _wait(name: str, port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/ping", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"{name} did not start:\n{log.read_text()[-2000:]}")


def _compare(servers: list[Server], body: bytes) -> None:
    answers = {server.name: _ask(server.port, body) for server in servers}
    print("answer of each:", *(f"{name}: {answer}" for name, answer in answers.items()), sep="\n  ")
    if len(set(map(str, answers.values()))) > 1:
        raise SystemExit("The answers differ: there is nothing to compare.")


def _ask(port: int, body: bytes) -> object:
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}/invocations", data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def _wrk_script(folder: Path, body: bytes) -> Path:
    (folder / "body.json").write_bytes(body)
    script = folder / "post.lua"
    script.write_text(
        'wrk.method = "POST"\n'
        f'local file = io.open("{folder}/body.json"); wrk.body = file:read("*a"); file:close()\n'
        'wrk.headers["content-type"] = "application/json"\n'
        "done = function(summary, latency)\n"
        "  local e = summary.errors\n"
        '  io.write(string.format("FIGURE %f %f %f %d\\n", summary.requests / (summary.duration / 1e6),\n'
        "    latency:percentile(50) / 1000, latency:percentile(99) / 1000,\n"
        "    e.connect + e.read + e.write + e.status + e.timeout))\n"
        "end\n"
    )
    return script


def _measure(servers: list[Server], script: Path, *, seconds: int, rounds: int) -> dict[tuple[str, int], list[Figure]]:
    for server in servers:
        _wrk(server.port, script, callers=4, seconds=1)
    figures: dict[tuple[str, int], list[Figure]] = {}
    for _ in range(rounds):
        for callers in CALLERS:
            for server in servers:
                figure = _wrk(server.port, script, callers=callers, seconds=seconds)
                figures.setdefault((server.name, callers), []).append(figure)
    return figures


def _wrk(port: int, script: Path, *, callers: int, seconds: int) -> Figure:
    words = ["wrk", "-t1", f"-c{callers}", f"-d{seconds}s", "--timeout", "10s", "-s", str(script)]
    out = subprocess.run(
        [*words, f"http://127.0.0.1:{port}/invocations"], capture_output=True, text=True, check=True
    ).stdout
    rate, p50, p99, errors = next(line for line in out.splitlines() if line.startswith("FIGURE")).split()[1:]
    return Figure(float(rate), float(p50), float(p99), int(errors))


def _memory(pid: int) -> float:
    """MiB of the process and everything below it, each shared page counted once for each share."""
    import psutil

    top = psutil.Process(pid)
    return sum(one.memory_full_info().pss for one in [top, *top.children(recursive=True)]) / 2**20


def _report(figures: dict[tuple[str, int], list[Figure]], memory: dict[str, float], *, workers: int) -> int:
    held = True
    print(f"\n{workers} worker(s)\n| server | callers | requests/s | p50 ms | p99 ms | times | memory MiB |")
    print("|---|---|---|---|---|---|---|")
    for (name, callers), seen in sorted(figures.items(), key=lambda item: item[0][1]):
        rate = statistics.median(one.rate for one in seen)
        theirs = statistics.median(one.rate for one in figures[(THEIRS, callers)])
        p50, p99 = (statistics.median(one[at] for one in seen) for at in (1, 2))
        errors = sum(one.errors for one in seen)
        times = rate / theirs
        held = held and not errors and (name != OURS or times >= BARS[callers])
        said = f" ({errors} failed)" if errors else ""
        print(f"| {name} | {callers} | {rate:,.0f}{said} | {p50:.2f} | {p99:.2f} | {times:.1f} | {memory[name]:.0f} |")
    bars = ", ".join(f"{bar} times at {callers}" for callers, bar in BARS.items())
    print(f"bars ({bars}, without batching): {'held' if held else 'MISSED'}")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
