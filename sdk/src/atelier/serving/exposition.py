"""The counters in Prometheus' text format, of all workers together."""

from __future__ import annotations

from collections.abc import Iterator

from atelier.serving import counters
from atelier.serving.counters import BOUNDS, CODES, ROUTES, Board

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def text(board: Board, *, deployment: str) -> str:
    """The page of `/metrics`."""
    return "\n".join([*_lines(board, deployment), ""])


def _lines(board: Board, deployment: str) -> Iterator[str]:
    yield from _requests(board, deployment)
    yield from _durations(board, deployment)
    yield from _totals(board, deployment)
    yield from _memory(board, deployment)


def _requests(board: Board, deployment: str) -> Iterator[str]:
    yield from _head("atelier_requests_total", "counter", "Requests answered, by path and status.")
    for route in ROUTES:
        sums = [sum(column) for column in zip(*(row.codes(route) for row in board.rows()))]
        for code, count in zip(CODES, sums):
            if count:
                labels = _labels(deployment, route=route, code=str(code or "other"))
                yield f"atelier_requests_total{labels} {count:.0f}"


def _durations(board: Board, deployment: str) -> Iterator[str]:
    name = "atelier_request_duration_seconds"
    yield from _head(name, "histogram", "From the whole request to its answer.")
    for route in ROUTES:
        sums = [sum(column) for column in zip(*(row.buckets(route) for row in board.rows()))]
        if not sum(sums):
            continue
        reached = 0.0
        for bound, count in zip((*BOUNDS, None), sums):
            reached += count
            limit = "+Inf" if bound is None else f"{bound:g}"
            yield f"{name}_bucket{_labels(deployment, route=route, le=limit)} {reached:.0f}"
        seconds = sum(row.seconds(route) for row in board.rows())
        yield f"{name}_sum{_labels(deployment, route=route)} {seconds:.6f}"
        yield f"{name}_count{_labels(deployment, route=route)} {reached:.0f}"


TOTALS = (
    ("atelier_requests_in_progress", "gauge", "in_flight", "Requests that wait or are being scored."),
    ("atelier_connections_open", "gauge", "connections", "Connections of clients."),
    ("atelier_workers_ready", "gauge", "ready", "Worker processes that can score."),
    (
        "atelier_model_threads_stuck",
        "gauge",
        "stuck",
        "Runs of the model that went past the time limit and still go on.",
    ),
    ("atelier_model_runs_total", "counter", "runs", "Calls of the model; several requests may share one."),
    ("atelier_model_run_seconds_total", "counter", "run_seconds", "Time spent in the model."),
    ("atelier_model_rows_total", "counter", "run_rows", "Rows or requests the model was given."),
    ("atelier_model_crashes_total", "counter", "crashes", "Calls of the model that raised."),
    ("atelier_worker_starts_total", "counter", "starts", "Starts of worker processes, restarts included."),
)


def _totals(board: Board, deployment: str) -> Iterator[str]:
    for name, kind, fact, said in TOTALS:
        yield from _head(name, kind, said)
        yield f"{name}{_labels(deployment)} {board.total(fact):.6g}"


def _memory(board: Board, deployment: str) -> Iterator[str]:
    name = "atelier_worker_memory_bytes"
    yield from _head(name, "gauge", "Resident memory of each worker process.")
    for number, row in enumerate(board.rows()):
        held = counters.page_bytes(int(row.get("pid"))) if row.get("pid") else None
        if held is not None:
            yield f"{name}{_labels(deployment, worker=str(number))} {held}"


def _head(name: str, kind: str, said: str) -> Iterator[str]:
    yield f"# HELP {name} {said}"
    yield f"# TYPE {name} {kind}"


def _labels(deployment: str, **labels: str) -> str:
    named = {"deployment": deployment, **labels} if deployment else labels
    escaped = (f'{name}="{_escaped(value)}"' for name, value in named.items())
    joined = ",".join(escaped)
    return f"{{{joined}}}" if joined else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
