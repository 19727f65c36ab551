"""What is answered to whom: the paths, the limits, the request's id, its line in the log and its place in the counters."""

from __future__ import annotations

import asyncio
import re
import time
import traceback
import uuid
from collections import deque
from collections.abc import Sequence
from typing import Any, Callable, NamedTuple

from atelier.serving import pages
from atelier.serving.connection import Connection
from atelier.serving.counters import Board
from atelier.serving.crew import Batching, Crew, Run, Work
from atelier.serving.logs import GATHER, Log
from atelier.serving.messages import Answer, Request, problem_answer
from atelier.serving.problems import Problem
from atelier.serving.scoring import INFER, INVOCATIONS, SCORE, Call, Scorer
from atelier.serving.settings import Settings

REQUEST_ID = re.compile(r"[\x21-\x7e]{1,128}")
INFER_PATH = re.compile(r"/v2/models/(?P<name>[^/]+)(?:/versions/(?P<version>[^/]+))?/infer")
MODEL_PATHS = {
    "/score": (SCORE, ("GET", "POST")),
    "/": (SCORE, ("POST",)),
    "/invocations": (INVOCATIONS, ("POST",)),
}
# Requests that came before the model was loaded and wait for it.
HELD_LIMIT = 1000
# So many runs past their time limit are left to themselves; one more and the worker is replaced.
STUCK_LIMIT = 4
LOG_SECONDS = 0.05
QUIET_PATHS = frozenset({"/healthz/live", "/healthz/ready", "/v2/health/live", "/v2/health/ready", "/ping", "/metrics"})
SERVER_VERSION = "atelier/0.1"


class _Open(NamedTuple):
    """A request that is being scored."""

    connection: Connection
    work: Work
    timer: Any
    begun: float


class Service:
    """Answers the requests of one worker process."""

    def __init__(
        self, settings: Settings, board: Board, number: int, log: Log, loop: asyncio.AbstractEventLoop
    ) -> None:
        self.settings = settings
        self.board = board
        self.row = board.row(number)
        self.log = log
        self.loop = loop
        self.body_limit = settings.body_limit
        self.is_draining = False
        self.scorer: Scorer | None = None
        self.connections: set[Connection] = set()
        self.on_worn: Callable[[], None] = lambda: None
        self._crew: Crew | None = None
        self._open: dict[Work, _Open] = {}
        self._held: deque[Work] = deque()
        self._delivered: deque[tuple[Sequence[Work], Sequence[Run]]] = deque()
        self._delivery_is_due = False
        self._flush_is_due = False

    # The model.

    def serve(self, scorer: Scorer) -> None:
        """The model is loaded: what waited for it goes in."""
        self.scorer = scorer
        batching = Batching(rows=self.settings.batch_rows, wait=self.settings.batch_wait)
        self._crew = Crew(scorer, threads=self.settings.threads, batching=batching, deliver=self._deliver)
        self.row.set("ready", 1)
        while self._held:
            self._send_held(scorer, self._held.popleft())

    @property
    def is_ready(self) -> bool:
        if self.scorer is None or self.is_draining or self.row.get("stuck") > STUCK_LIMIT:
            return False
        # At first all workers have to be there; later one that was started again is not waited for.
        return self.board.was_ready

    @property
    def in_flight(self) -> int:
        return len(self._open)

    # What connections call.

    def opened(self, connection: Connection) -> None:
        self.connections.add(connection)
        self.row.set("connections", len(self.connections))

    def closed(self, connection: Connection) -> None:
        self.connections.discard(connection)
        self.row.set("connections", len(self.connections))

    def handle(self, connection: Connection, request: Request) -> None:
        connection.begun_at = time.perf_counter()
        request.id = _id_of(request)
        kind, methods = MODEL_PATHS.get(request.route_path, ("", ()))
        try:
            if kind and request.method in methods:
                self._score(connection, Call(kind, request))
                return
            if request.route_path.endswith("/infer") and request.method == "POST":
                self._score(connection, Call(INFER, request))
                return
            answer = pages.answer(self, request)
        except Problem as problem:
            answer = problem_answer(problem, request.id)
        except Exception as error:  # noqa: BLE001 - a fault here must not end the client's connection without an answer
            answer = self._faulty(request, error)
        self._finish(connection, request, answer, route="other")

    def refuse(self, connection: Connection, request: Request | None, problem: Problem) -> None:
        """Answers what is no whole request and reads no more of this client."""
        assert request is not None
        request.id = _id_of(request)
        self._count(request, problem.status, "other", 0.0, {"refused": problem.code})
        connection.answer_and_end(request, problem_answer(problem, request.id))

    def _faulty(self, request: Request, error: Exception) -> Answer:
        trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        self.log.event("crash", level="error", id=request.id, path=request.path, trace=trace)
        detail = f"The runtime failed on this request. The log has the trace under the id {request.id}."
        return problem_answer(Problem(500, "failed", detail), request.id)

    # Scoring.

    def _score(self, connection: Connection, call: Call) -> None:
        if self.scorer is not None:
            _check_served(self.scorer, call)
        limit = self.settings.max_concurrent
        if limit and self.board.total("in_flight") >= limit:
            detail = f"{limit} requests are being scored, which is the limit. Try again in a moment."
            raise Problem(429, "too_many_requests", detail, headers=(("retry-after", "1"),))
        if self.scorer is None and len(self._held) >= HELD_LIMIT:
            raise Problem(503, "not_ready", "The model is still being loaded.", headers=(("retry-after", "1"),))
        work = Work(call)
        timer = self.loop.call_later(self.settings.time_limit, self._out_of_time, work)
        self._open[work] = _Open(connection, work, timer, connection.begun_at)
        self.row.set("in_flight", len(self._open))
        self._send_in(work)

    def _send_in(self, work: Work) -> None:
        if self._crew is None:
            self._held.append(work)
        elif not work.given_up:
            self._crew.submit(work)

    def _send_held(self, scorer: Scorer, work: Work) -> None:
        try:
            _check_served(scorer, work.call)
        except Problem as problem:
            work.answer = problem_answer(problem, work.call.request.id)
            self._answered(work)
        else:
            self._send_in(work)

    def _deliver(self, works: Sequence[Work], runs: Sequence[Run]) -> None:
        """Called by the model's threads."""
        self._delivered.append((works, runs))
        if not self._delivery_is_due:
            self._delivery_is_due = True
            self.loop.call_soon_threadsafe(self._take_delivered)

    def _take_delivered(self) -> None:
        self._delivery_is_due = False
        while self._delivered:
            works, runs = self._delivered.popleft()
            for run in runs:
                self._count_run(run)
            for work in works:
                self._answered(work)

    def _count_run(self, run: Run) -> None:
        self.row.add("runs", 1)
        self.row.add("run_seconds", run.seconds)
        self.row.add("run_rows", run.rows)
        if run.crashed:
            self.row.add("crashes", 1)

    def _answered(self, work: Work) -> None:
        request = work.call.request
        if work.trace:
            self.log.event("crash", level="error", id=request.id, path=request.path, trace=work.trace)
        opened = self._close(work)
        if opened is None or work.answer is None:
            return
        facts: dict[str, Any] = {"run_ms": round(work.run_seconds * 1000, 3)}
        if work.shared > 1:
            facts["batch"] = work.shared
        self._finish(opened.connection, request, work.answer, route=work.call.kind, facts=facts)

    def _out_of_time(self, work: Work) -> None:
        opened = self._close(work)
        if opened is None:
            return
        work.given_up = True
        if self._crew is not None:
            self._crew.give_up(work)
            self.look_at_stuck()
        limit = round(self.settings.time_limit * 1000)
        problem = Problem(
            504, "time_limit", f"The model had not answered after {limit} ms, the time limit of a request."
        )
        answer = problem_answer(problem, work.call.request.id)
        self._finish(opened.connection, work.call.request, answer, route=work.call.kind)

    def _close(self, work: Work) -> _Open | None:
        opened = self._open.pop(work, None)
        if opened is not None:
            work.done = True
            opened.timer.cancel()
            self.row.set("in_flight", len(self._open))
        return opened

    def look_at_stuck(self) -> None:
        """Counts the runs that were left to themselves; too many of them wear the worker out."""
        stuck = self._crew.stuck if self._crew else 0
        self.row.set("stuck", stuck)
        if stuck > STUCK_LIMIT and not self.is_draining:
            self.row.set("ready", 0)
            self.log.event(
                "worn", level="error", detail=f"{stuck} runs of the model don't end: the worker is replaced."
            )
            self.on_worn()

    # Answers.

    def _finish(
        self,
        connection: Connection,
        request: Request,
        answer: Answer,
        *,
        route: str,
        facts: dict[str, Any] | None = None,
    ) -> None:
        facts = facts or {}
        if route == SCORE:
            _add_azure_headers(request, answer, facts)
        if self.settings.cors_origins:
            pages.add_cors_headers(self.settings, request, answer)
        connection.answer(request, answer)
        self._count(request, answer.status, route, time.perf_counter() - connection.begun_at, facts, len(answer.body))

    def _count(
        self, request: Request, status: int, route: str, seconds: float, facts: dict[str, Any], sent: int = 0
    ) -> None:
        self.row.count(route, status, seconds)
        if not self.settings.logs_requests or (request.route_path in QUIET_PATHS and status < 400):
            return
        line = {
            "id": request.id,
            "method": request.method,
            "path": request.route_path,
            "status": status,
            "ms": round(seconds * 1000, 3),
            "bytes_in": len(request.body),
            "bytes_out": sent,
            **facts,
        }
        level = "info" if status < 400 else "warning" if status < 500 else "error"
        if self.log.gather("request", level, line) >= GATHER:
            self.log.flush()
        elif not self._flush_is_due:
            self._flush_is_due = True
            self.loop.call_later(LOG_SECONDS, self._flush)

    def _flush(self) -> None:
        self._flush_is_due = False
        self.log.flush()


def _check_served(scorer: Scorer, call: Call) -> None:
    if call.kind == INFER:
        found = INFER_PATH.fullmatch(call.request.path)
        if found is None:
            raise Problem(404, "not_found", f"There is no {call.request.path}.")
        pages.check_model(scorer, found["name"], found["version"])
    if call.kind not in scorer.kinds:
        raise pages.not_served(scorer, call.kind)


def _id_of(request: Request) -> str:
    for name in (b"x-request-id", b"x-ms-request-id"):
        given = request.headers.get(name)
        if given is not None:
            text = given.decode("latin-1")
            if REQUEST_ID.fullmatch(text):
                return text
    return uuid.uuid4().hex


def _add_azure_headers(request: Request, answer: Answer, facts: dict[str, Any]) -> None:
    given = {name.lower() for name, _ in answer.headers}
    own = [
        ("x-ms-request-id", request.id),
        ("x-ms-run-fn-exec-ms", str(facts.get("run_ms", 0))),
        ("x-ms-server-version", SERVER_VERSION),
    ]
    if "x-ms-run-function-failed" not in given:
        own.append(("x-ms-run-function-failed", "False"))
    client_id = request.header("x-ms-client-request-id")
    if REQUEST_ID.fullmatch(client_id):
        own.append(("x-ms-client-request-id", client_id))
    answer.headers = (*answer.headers, *own)
