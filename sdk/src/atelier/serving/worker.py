"""One worker process: loads the model, takes connections, answers, and ends when it is told to."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
import threading
import time
from typing import Any, Callable

from atelier.serving.connection import Connection
from atelier.serving.counters import Board
from atelier.serving.logs import Log
from atelier.serving.problems import LoadProblem
from atelier.serving.service import Service
from atelier.serving.settings import Settings

FAILED_TO_LOAD = 3
# How often connections that do nothing, and the end of draining, are looked at.
SWEEP_SECONDS = 0.1
# A request has to come whole in so long after its last byte; a kept connection may be quiet for so long.
STALLED_SECONDS = 30.0
IDLE_SECONDS = 600.0
# While draining, a kept connection that was quiet for so long is ended.
DRAIN_QUIET_SECONDS = 0.5
# A worker with more connections than another lets that one have the next, unless it does not take it within this time.
YIELD_SECONDS = 0.003


class Worker:
    """Lives from its fork to the end of its last request."""

    def __init__(
        self, settings: Settings, board: Board, number: int, listeners: list[socket.socket], lifeline: int, report: int
    ) -> None:
        self._settings = settings
        self._board = board
        self._number = number
        self._listeners = listeners
        self._lifeline = lifeline
        self._report = report
        self._log = Log(deployment=settings.deployment, worker=number)
        self._ended = asyncio.Event()
        self._failure: LoadProblem | None = None
        self._draining_since = 0.0
        self._clock: Callable[[], float] = time.monotonic

    async def run(self) -> int:
        """Serves until the end; answers what the process exits with."""
        loop = asyncio.get_running_loop()
        self._loop = loop
        self._service = Service(self._settings, self._board, self._number, self._log, loop)
        self._service.on_worn = self._drain
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._drain)
        # The process above is gone when this pipe ends.
        loop.add_reader(self._lifeline, self._drain)
        threading.Thread(target=self._load, name="load", daemon=True).start()
        if not self._others_ready():
            self._start_accepting()
        loop.call_later(SWEEP_SECONDS, self._sweep)
        await self._ended.wait()
        self._log.flush()
        return FAILED_TO_LOAD if self._failure else 0

    # Loading.

    def _load(self) -> None:
        from atelier.serving import loading

        try:
            scorer = loading.load(self._settings)
        except LoadProblem as problem:
            self._loop.call_soon_threadsafe(self._failed, problem)
        except BaseException as error:  # noqa: BLE001 - users' code may raise anything
            self._loop.call_soon_threadsafe(self._failed, LoadProblem(f"{type(error).__name__}: {error}"))
        else:
            self._loop.call_soon_threadsafe(self._loaded, scorer)

    def _loaded(self, scorer: Any) -> None:
        self._service.serve(scorer)
        self._log.event("ready", model=scorer.name, version=scorer.version, pid=os.getpid())
        self._tell(b"ready\n")
        self._start_accepting()

    def _failed(self, problem: LoadProblem) -> None:
        import traceback

        cause = problem.__cause__
        trace = "".join(traceback.format_exception(type(cause), cause, cause.__traceback__)) if cause else ""
        self._log.event("load_failed", level="error", **problem.as_dict(), trace=trace)
        self._failure = problem
        import json

        self._tell(json.dumps(problem.as_dict()).encode() + b"\n")
        self._end()

    def _tell(self, line: bytes) -> None:
        with contextlib.suppress(OSError):
            os.write(self._report, line)

    # Connections.

    def _others_ready(self) -> bool:
        return any(row.get("ready") for index, row in enumerate(self._board.rows()) if index != self._number)

    def _start_accepting(self) -> None:
        if not self._draining_since:
            for listener in self._listeners:
                self._loop.add_reader(listener.fileno(), self._accept, listener)

    def _accept(self, listener: socket.socket) -> None:
        if self._draining_since:
            return
        if self._has_most_connections():
            self._stop_accepting()
            self._loop.call_later(YIELD_SECONDS, self._accept_and_go_on)
            return
        self._take_one(listener)

    def _stop_accepting(self) -> None:
        for listener in self._listeners:
            self._loop.remove_reader(listener.fileno())

    def _accept_and_go_on(self) -> None:
        for listener in self._listeners:
            self._take_one(listener)
        self._start_accepting()

    def _has_most_connections(self) -> bool:
        if self._board.workers == 1:
            return False
        rows = [row for row in self._board.rows() if row.get("ready")]
        return len(self._service.connections) > min((row.get("connections") for row in rows), default=0)

    def _take_one(self, listener: socket.socket) -> bool:
        try:
            client, _ = listener.accept()
        except OSError:
            return False
        client.setblocking(False)
        with contextlib.suppress(OSError):
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        task = self._loop.create_task(self._connect(client))
        task.add_done_callback(_look_at)
        return True

    async def _connect(self, client: socket.socket) -> None:
        await self._loop.connect_accepted_socket(lambda: Connection(self._service, self._clock), client)

    def _sweep(self) -> None:
        now = self._clock()
        self._service.look_at_stuck()
        draining = self._draining_since
        for connection in list(self._service.connections):
            quiet = now - connection.last_heard
            if connection.is_idle:
                ends = quiet > IDLE_SECONDS or (draining and min(quiet, now - draining) > DRAIN_QUIET_SECONDS)
            else:
                ends = connection.is_reading and quiet > STALLED_SECONDS
            if ends:
                connection.close()
        if draining and (not self._service.connections or now - draining > self._settings.drain_limit):
            self._end()
            return
        self._loop.call_later(SWEEP_SECONDS, self._sweep)

    # The end.

    def _drain(self) -> None:
        """Takes no more connections, answers what is here, then ends."""
        with contextlib.suppress(Exception):
            self._loop.remove_reader(self._lifeline)
        if self._draining_since:
            return
        self._draining_since = self._clock()
        self._service.is_draining = True
        self._board.row(self._number).set("ready", 0)
        self._stop_accepting()
        for listener in self._listeners:
            # Who was let in by the kernel already is answered too.
            while self._take_one(listener):
                pass
            listener.close()
        self._listeners = []
        self._log.event("draining", in_flight=self._service.in_flight)

    def _end(self) -> None:
        self._ended.set()


def _look_at(task: Any) -> None:
    if not task.cancelled():
        task.exception()


def serve(
    settings: Settings, board: Board, number: int, listeners: list[socket.socket], *, lifeline: int, report: int
) -> int:
    """Runs a worker in this process; answers what the process exits with."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    row = board.row(number)
    row.reset_facts()
    row.set("pid", os.getpid())
    row.add("starts", 1)
    loop = _new_loop()
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(_run(settings, board, number, listeners, lifeline, report))
    finally:
        # The process ends without Python's own end, for which runs of the model that never stop would be waited.
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()


async def _run(
    settings: Settings, board: Board, number: int, listeners: list[socket.socket], lifeline: int, report: int
) -> int:
    return await Worker(settings, board, number, listeners, lifeline, report).run()


def _new_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop
