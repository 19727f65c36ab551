"""A small real HTTP server that keeps the ingest contract in memory and can be stopped, restarted and made to misbehave."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "twin-token"
WORKSPACE = "vision"


@dataclass
class TwinRun:
    """What the twin keeps of one run."""

    data: dict[str, Any]
    batches: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)
    duplicates: int = 0
    artifacts: dict[str, bytes] = field(default_factory=dict)
    log: bytes = b""
    heartbeats: list[dict[str, Any]] = field(default_factory=list)

    def points(self, key: str) -> list[tuple[int, Any]]:
        """All points of a key as `(step, value)`, in the order they were stored."""
        found = []
        for batch in self.batches.values():
            columns = batch.get("columns") or {"keys": [], "key": [], "step": [], "value": [], "time_ms": []}
            rows = zip(columns["key"], columns["step"], columns["value"], strict=True)
            found += [(step, value) for index, step, value in rows if columns["keys"][index] == key]
        return found

    def merged(self, name: str) -> dict[str, Any]:
        """Params, tags or goals of all batches together."""
        result: dict[str, Any] = dict(self.data.get(name) or {})
        for batch in self.batches.values():
            result.update(batch.get(name) or {})
        return result


@dataclass
class State:
    """What outlives a restart of the twin."""

    runs: dict[str, TwinRun] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    stored: dict[str, bytes] = field(default_factory=dict)
    submitted: list[dict[str, Any]] = field(default_factory=list)
    starts: dict[str, str] = field(default_factory=dict)
    canceled: set[str] = field(default_factory=set)
    problems: list[Callable[[str, str], tuple[int, dict[str, str], dict[str, Any]] | str | None]] = field(
        default_factory=list
    )
    check: Callable[[dict[str, Any]], tuple[int, dict[str, Any]]] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Twin:
    """The server; `stop()` and `start()` keep the port and the state."""

    def __init__(self) -> None:
        self.state = State()
        self._server: ThreadingHTTPServer | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        state = self.state

        class Handler(_Handler):
            twin = state

        class Server(ThreadingHTTPServer):
            allow_reuse_address = True
            daemon_threads = True
            block_on_close = False

        self._server = Server(("127.0.0.1", self.port), Handler)
        self._server.open_sockets = set()
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Stops listening and cuts every open connection, as a killed process does."""
        if self._server is None:
            return
        self._server.shutdown()
        self._server.server_close()
        for connection in list(self._server.open_sockets):
            try:
                connection.shutdown(2)
            except OSError:
                pass
        self._server = None

    def run(self, run_id: str) -> TwinRun:
        return self.state.runs[run_id]

    @contextmanager
    def misbehaving(self, problem: Any) -> Iterator[None]:
        """While the block runs, `problem(method, path)` may answer `(status, headers, body)`, "drop" or "drop after"."""
        self.state.problems.append(problem)
        try:
            yield
        finally:
            self.state.problems.remove(problem)


class _Handler(BaseHTTPRequestHandler):
    twin: State
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.server.open_sockets.add(self.connection)

    def finish(self) -> None:
        self.server.open_sockets.discard(self.connection)
        try:
            super().finish()
        except OSError:
            pass

    def log_message(self, *_: Any) -> None:
        pass

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (OSError, ValueError):
            self.close_connection = True

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        path = unquote(parts.path).removeprefix("/api/v1").removeprefix(f"/workspaces/{WORKSPACE}")
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        with self.twin.lock:
            self.twin.requests.append((self.command, path))
            self.twin.headers.append(dict(self.headers))
        drops_after = False
        for problem in list(self.twin.problems):
            answer = problem(self.command, path)
            if answer == "drop":
                self.close_connection = True
                self.connection.close()
                return
            if answer == "drop after":
                drops_after = True
            elif answer is not None:
                self._answer(answer[0], answer[2], answer[1])
                return
        if self.headers.get("Authorization") != f"Bearer {TOKEN}":
            self._answer(401, {"detail": "The token is not valid.", "code": "unauthorized"})
            return
        with self.twin.lock:
            status, result = self._route(self.command, path, query, body)
        if drops_after:
            self.close_connection = True
            self.connection.close()
            return
        self._answer(status, result)

    do_GET = do_POST = do_PUT = do_PATCH = do_HEAD = do_DELETE = _serve

    def _answer(self, status: int, result: Any, headers: dict[str, str] | None = None) -> None:
        raw = isinstance(result, bytes)
        content = result if raw else json.dumps(result).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/octet-stream" if raw else "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _route(self, method: str, path: str, query: dict[str, str], body: bytes) -> tuple[int, Any]:
        parts = path.strip("/").split("/")
        if parts[0] == "me":
            return 200, {
                "id": 1,
                "email": "ada@example.org",
                "name": "Ada",
                "workspaces": [{"slug": WORKSPACE, "name": "Vision", "role": "owner"}],
            }
        if parts[0] in ("snapshots", "blobs"):
            return self._store(method, path, body)
        if parts[0] == "jobs":
            return self._job(parts, body)
        if parts[0] == "runs":
            return self._runs(method, parts, query, body)
        return 404, {"detail": "There is nothing here.", "code": "not_found"}

    def _store(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        if method == "PUT":
            self.twin.stored[path] = body
            return 201, {}
        return (200, {}) if path in self.twin.stored else (404, {"detail": "Unknown digest."})

    def _job(self, parts: list[str], body: bytes) -> tuple[int, Any]:
        run = self.twin.runs.get(parts[1].removeprefix("job-"))
        if run is None:
            return 404, {"detail": "There is no such job."}
        cancel = run.data["id"] in self.twin.canceled
        if parts[2] == "heartbeat":
            run.heartbeats.append(json.loads(body))
            return 200, {"cancel": cancel, "grace_seconds": 10, "lease_seconds": 0.6}
        offset = int(self.headers["X-Offset"])
        if offset > len(run.log):
            return 409, {"detail": "A gap.", "expected_offset": len(run.log)}
        run.log = run.log[:offset] + body if offset + len(body) > len(run.log) else run.log
        return 200, {"size": len(run.log), "cancel": cancel}

    def _runs(self, method: str, parts: list[str], query: dict[str, str], body: bytes) -> tuple[int, Any]:
        if parts[1:] == ["start"]:
            return self._start(json.loads(body))
        if parts[1:] == ["check"]:
            return self.twin.check(json.loads(body)) if self.twin.check else (200, {"job": {}, "needs": []})
        if len(parts) == 1:
            return self._collection(method, query, body)
        run = self.twin.runs.get(parts[1])
        if run is None:
            return 404, {"detail": "There is no such run.", "code": "not_found"}
        if len(parts) == 2:
            if method == "PATCH":
                run.data.update(json.loads(body))
            return 200, run.data
        return self._run(method, run, parts[2:], query, body)

    def _run(self, method: str, run: TwinRun, rest: list[str], query: dict[str, str], body: bytes) -> tuple[int, Any]:
        if rest[0] == "ingest":
            return self._ingest(run, json.loads(body))
        if rest[0] == "finish":
            if run.data["state"] != "running":
                return 409, {"detail": "This run has already finished.", "code": "run_finished"}
            run.data.update(json.loads(body))
            return 200, run.data
        if rest[0] == "artifacts":
            return self._artifacts(method, run, "/".join(rest[1:]), query, body)
        if rest[0] == "log":
            offset = int(query.get("offset", 0))
            piece = run.log[offset : offset + int(query.get("limit", 1 << 20))]
            final = run.data["state"] != "running"
            end = offset + len(piece)
            return 200, {
                "text": piece.decode(),
                "offset": offset,
                "next_offset": end,
                "size": len(run.log),
                "is_final": final,
            }
        if rest == ["metrics", "points"]:
            points = run.points(query["key"])
            steps, values = [step for step, _ in points], [value for _, value in points]
            start = int(query.get("cursor", 0))
            end = start + 1000
            page = {"step": steps[start:end], "time_ms": [0] * len(steps[start:end]), "value": values[start:end]}
            return 200, {"key": query["key"], "points": page, "next": str(end) if end < len(steps) else None}
        if rest == ["stop"]:
            self.twin.canceled.add(run.data["id"])
            return 200, run.data
        return 404, {"detail": "There is nothing here."}

    def _collection(self, method: str, query: dict[str, str], body: bytes) -> tuple[int, Any]:
        if method == "POST":
            key = self.headers["Idempotency-Key"]
            if key in self.twin.starts:
                return 201, self.twin.runs[self.twin.starts[key]].data
            self.twin.submitted.append(json.loads(body))
            self.twin.starts[key] = f"sub{len(self.twin.submitted):09d}"
            data = {
                "id": f"sub{len(self.twin.submitted):09d}",
                "name": "calm-fox-1",
                "state": "completed",
                "exit_code": 0,
            }
            self.twin.runs[data["id"]] = TwinRun(data)
            return 201, data
        start, limit = int(query.get("cursor", 0)), int(query.get("limit", 50))
        rows = [run.data for run in self.twin.runs.values()]
        following = (
            f"http://elsewhere/api/v1/x?cursor={start + limit}&limit={limit}" if start + limit < len(rows) else None
        )
        return 200, {"results": rows[start : start + limit], "next": following, "previous": None}

    def _start(self, body: dict[str, Any]) -> tuple[int, Any]:
        key = self.headers["Idempotency-Key"]
        if key in self.twin.starts:
            return 200, self.twin.runs[self.twin.starts[key]].data
        data = {**body, "id": body["run_id"], "state": "running", "name": body.get("name") or "calm-fox-1"}
        data["job"] = {"id": f"job-{data['id']}", "attempt": 1}
        self.twin.starts[key] = data["id"]
        self.twin.runs[data["id"]] = TwinRun(data)
        return 201, data

    def _ingest(self, run: TwinRun, body: dict[str, Any]) -> tuple[int, Any]:
        if run.data["state"] != "running":
            return 409, {"detail": "This run has already finished.", "code": "run_finished"}
        place = (body["writer"], body["seq"])
        if place in run.batches:
            run.duplicates += 1
            return 200, {"accepted": 0, "duplicate": True}
        run.batches[place] = body
        return 200, {"accepted": len((body.get("columns") or {}).get("step", ())), "duplicate": False}

    def _artifacts(self, method: str, run: TwinRun, path: str, query: dict[str, str], body: bytes) -> tuple[int, Any]:
        if method == "PUT":
            run.artifacts[path] = body
            return 201, {"path": path}
        if path:
            return (200, run.artifacts[path]) if path in run.artifacts else (404, {"detail": "No such artifact."})
        rows = [{"path": name, "is_dir": False, "size": len(data)} for name, data in run.artifacts.items()]
        rows = [row for row in rows if row["path"].startswith(query.get("path", ""))]
        return 200, {"results": rows, "next": None, "previous": None}


def until(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Waits for a condition and answers whether it came."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.01)
    return condition()
