"""Load on MLflow's REST contract, for whichever server answers it: bare kept-alive HTTP, so that no client's price counts.

Each call of `together` starts its own processes, lets them begin at one moment and answers when the last has ended.
"""

import http.client
import json
import multiprocessing
import random
import socket
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

CLIENTS = 8
START_MS = 1_760_000_000_000
LONGEST = 900  # seconds a client may take before the measurement is given up
PAGE = 25_000  # points of history that MLflow's client asks for at once


@dataclass(frozen=True)
class Side:
    """One server: where its MLflow API begins and what it wants to be told by every request."""

    name: str
    port: int
    prefix: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def connect(self) -> "Line":
        return Line(self)


class Line:
    """One kept-alive connection."""

    def __init__(self, side: Side) -> None:
        self.side = side
        self.http = http.client.HTTPConnection("127.0.0.1", side.port, timeout=600)
        self.http.connect()
        self.http.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, method: str, path: str, body: bytes | None = None, **headers: str) -> bytes:
        usual = {"Content-Type": "application/json", **self.side.headers, **headers}
        try:
            answer, text = self._once(method, path, body, usual)
        except (http.client.RemoteDisconnected, ConnectionError):
            # A worker of the server gave up under load: a client would try again, and its time counts.
            self.http.close()
            answer, text = self._once(method, path, body, usual)
        if answer.status != 200:
            raise SystemExit(f"{self.side.name} answered {answer.status} to {path}: {text[:500]!r}")
        return text

    def _once(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        self.http.request(method, f"{self.side.prefix}{path}", body, headers)
        answer = self.http.getresponse()
        return answer, answer.read()

    def post(self, path: str, value: Any) -> Any:
        return json.loads(self.send("POST", f"/api/2.0/mlflow/{path}", json.dumps(value).encode()))

    def get(self, path: str) -> bytes:
        return self.send("GET", f"/api/2.0/mlflow/{path}")


@dataclass(frozen=True)
class Timing:
    """Requests a second and the latencies of all, in milliseconds."""

    requests: int
    seconds: float
    latencies: Sequence[float]

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds

    def percentile(self, share: float) -> float:
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    @property
    def median(self) -> float:
        return statistics.median(self.latencies)


def make_experiment(side: Side, name: str) -> str:
    return str(side.connect().post("experiments/create", {"name": name})["experiment_id"])


def make_runs(side: Side, experiment: str, count: int) -> list[str]:
    line = side.connect()
    asked = {"experiment_id": experiment, "start_time": START_MS}
    return [line.post("runs/create", asked)["run"]["info"]["run_id"] for _ in range(count)]


def log_batches(side: Side, runs: Sequence[str], each: int, points: int = 1_000, metrics: int = 10) -> Timing:
    """`log-batch` of so many points, each client into its own run."""
    return together(side, [(_batches, (run, each, points, metrics)) for run in runs])


def log_metrics(side: Side, runs: Sequence[str], each: int) -> Timing:
    """Single `log-metric` requests, each client into its own run."""
    return together(side, [(_singles, (run, each)) for run in runs])


def create_runs(side: Side, experiment: str, clients: int, each: int) -> Timing:
    """`runs/create` with the tags that MLflow's fluent client sends."""
    return together(side, [(_creations, (experiment, each))] * clients)


def repeat(side: Side, path: str, body: Any, times: int) -> Timing:
    """The same question one after the other on one connection; the first answer warms up and is not counted."""
    line, sent = side.connect(), json.dumps(body).encode()
    line.send("POST", f"/api/2.0/mlflow/{path}", sent)
    return timed([lambda: line.send("POST", f"/api/2.0/mlflow/{path}", sent)] * times)


def history(side: Side, run: str, key: str) -> tuple[int, float]:
    """All points of a metric by pages, as MLflow's client asks for them: how many they were, and the seconds."""
    line, token, points = side.connect(), "", 0
    started = time.perf_counter()
    while True:
        wanted = f"metrics/get-history?run_id={run}&metric_key={key}&max_results={PAGE}"
        page = json.loads(line.get(f"{wanted}&page_token={token}" if token else wanted))
        points += len(page.get("metrics", ()))
        token = page.get("next_page_token", "")
        if not token:
            return points, time.perf_counter() - started


def together(
    side: Side, works: Sequence[tuple[Callable[..., list[Callable[[Line], None]]], tuple[Any, ...]]]
) -> Timing:
    """One process for each work; the clock runs from their common start to the last one's end."""
    context = multiprocessing.get_context("spawn")
    gate = context.Barrier(len(works) + 1)
    answers: Any = context.Queue()
    processes = [
        context.Process(target=_client, args=(side, make, arguments, gate, answers)) for make, arguments in works
    ]
    for process in processes:
        process.start()
    gate.wait()
    started = time.perf_counter()
    latencies = [latency for _ in processes for latency in answers.get(timeout=LONGEST)]
    seconds = time.perf_counter() - started
    for process in processes:
        process.join()
    return Timing(len(latencies), seconds, latencies)


def timed(calls: Sequence[Callable[[], Any]]) -> Timing:
    latencies = []
    begun = time.perf_counter()
    for call in calls:
        started = time.perf_counter()
        call()
        latencies.append(1000 * (time.perf_counter() - started))
    return Timing(len(latencies), time.perf_counter() - begun, latencies)


def _client(side: Side, make: Callable[..., list[Any]], arguments: tuple[Any, ...], gate: Any, answers: Any) -> None:
    calls = make(*arguments)
    line = side.connect()
    gate.wait()
    answers.put(timed([lambda call=call: call(line) for call in calls]).latencies)


def _batches(run: str, count: int, points: int, metrics: int) -> list[Callable[[Line], Any]]:
    return [_sender("runs/log-batch", _batch(run, number, points, metrics)) for number in range(count)]


def _batch(run: str, number: int, points: int, metrics: int) -> Any:
    first = number * points // metrics
    return {
        "run_id": run,
        "metrics": [
            {
                "key": f"train/metric-{index % metrics}",
                "value": random.gauss(1, 0.1),
                "timestamp": START_MS + 20 * (first + index // metrics),
                "step": first + index // metrics,
            }
            for index in range(points)
        ],
        "params": [],
        "tags": [],
    }


def _singles(run: str, count: int) -> list[Callable[[Line], Any]]:
    return [
        _sender(
            "runs/log-metric",
            {"run_id": run, "key": "loss", "value": random.random(), "timestamp": START_MS + step, "step": step},
        )
        for step in range(count)
    ]


def _creations(experiment: str, count: int) -> list[Callable[[Line], Any]]:
    tags = {"mlflow.user": "ada", "mlflow.source.name": "train.py", "mlflow.source.type": "LOCAL"}
    asked = {
        "experiment_id": experiment,
        "user_id": "ada",
        "start_time": START_MS,
        "run_name": "brisk-otter",
        "tags": [{"key": key, "value": value} for key, value in tags.items()],
    }
    return [_sender("runs/create", asked)] * count


def _sender(path: str, value: Any) -> Callable[[Line], Any]:
    body = json.dumps(value).encode()
    return lambda line: line.send("POST", f"/api/2.0/mlflow/{path}", body)
