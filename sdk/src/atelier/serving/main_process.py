"""The process above: holds the socket, keeps the workers alive, and says in the state file how it stands."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any

from atelier.serving import settings as serving_settings
from atelier.serving import state_file, worker
from atelier.serving.counters import Board
from atelier.serving.logs import Log
from atelier.serving.problems import LoadProblem
from atelier.serving.settings import Settings

BACKLOG = 1024
# A worker that dies is started again at once; one that keeps dying, after growing pauses.
PAUSES = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0)
# A worker that lived so long has not died of its start.
LIVED_SECONDS = 30.0
# So many failed loads in a row and the process gives up; a problem that names itself ends the first start at once.
LOAD_FAILURES = 3
KILL_SECONDS = 2.0


class Child:
    """A worker process as the process above sees it."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.pid = 0
        self.report = -1
        self.begun = 0.0
        self.is_ready = False
        self.said = b""
        self.deaths = 0
        self.start_at = 0.0


class MainProcess:
    """Forks the workers and watches over them until it is told to stop."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.log = Log(deployment=settings.deployment)
        self.board = Board(settings.workers)
        self.listeners = [_listen(settings)]
        self.port = self.listeners[0].getsockname()[1]
        if settings.socket is not None:
            self._listen_near(settings.socket)
        self.children = [Child(number) for number in range(settings.workers)]
        self.lifeline = os.pipe()
        self.wakeup = os.pipe()
        self.stopping_since = 0.0
        self.was_ready = False
        self.load_failures = 0
        self.exit_code: int | None = None

    def run(self) -> int:
        """Serves until SIGTERM; answers what the process exits with."""
        for end in self.wakeup:
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self.wakeup[1], warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        self._say("starting")
        self.log.event(
            "listening", host=self.settings.host, port=self.port, pid=os.getpid(), workers=len(self.children)
        )
        while self.exit_code is None:
            self._start_missing()
            self._wait()
            self._collect()
        self._end_all()
        return self.exit_code

    def _say(self, state: str, **facts: Any) -> None:
        said = {"port": self.port, "pid": os.getpid(), "state": state, **facts}
        state_file.write(self.settings.state_file, said)

    def _on_stop(self, number: int, _frame: Any) -> None:
        if self.stopping_since:
            return
        self.stopping_since = time.monotonic()
        # The workers have it too and take what waits in it; once they have closed theirs, new clients are refused.
        self._close_listeners()
        for child in self.children:
            _signal(child.pid, signal.SIGTERM)

    def _listen_near(self, path: Path) -> None:
        """A socket in the file system besides: who is on this machine saves TCP's work. Without it the port goes on."""
        try:
            path.unlink(missing_ok=True)
            near = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.listeners.append(near)
            near.bind(str(path))
            path.chmod(0o600)
            near.listen(BACKLOG)
            near.setblocking(False)
        except OSError as error:
            for listener in self.listeners[1:]:
                listener.close()
            del self.listeners[1:]
            self.log.event("socket_failed", level="warning", socket=str(path), error=str(error))

    def _close_listeners(self) -> None:
        for listener in self.listeners:
            listener.close()
        if len(self.listeners) > 1 and self.settings.socket is not None:
            with contextlib.suppress(OSError):
                self.settings.socket.unlink()
        self.listeners = []

    # Workers.

    def _start_missing(self) -> None:
        if self.stopping_since:
            return
        now = time.monotonic()
        for child in self.children:
            if not child.pid and now >= child.start_at:
                self._fork(child)

    def _fork(self, child: Child) -> None:
        read_end, write_end = os.pipe()
        sys.stdout.flush()
        pid = os.fork()
        if not pid:
            os._exit(self._be_worker(child, write_end, read_end))
        os.close(write_end)
        os.set_blocking(read_end, False)
        child.pid, child.report, child.begun = pid, read_end, time.monotonic()
        child.is_ready, child.said = False, b""
        if self.stopping_since:
            _signal(pid, signal.SIGTERM)

    def _be_worker(self, child: Child, write_end: int, read_end: int) -> int:
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            others = [other.report for other in self.children if other.report >= 0]
            for descriptor in (self.lifeline[1], *self.wakeup, read_end, *others):
                os.close(descriptor)
            return worker.serve(
                self.settings, self.board, child.number, self.listeners, lifeline=self.lifeline[0], report=write_end
            )
        except BaseException as error:  # noqa: BLE001 - users' code may raise anything
            self.log.event("worker_failed", level="error", error=f"{type(error).__name__}: {error}")
            return 1

    def _wait(self) -> None:
        reports = [child.report for child in self.children if child.report >= 0]
        timeout = 1.0
        if not self.stopping_since and any(not child.pid for child in self.children):
            timeout = 0.1
        if self.stopping_since:
            timeout = 0.1
        readable, _, _ = select.select([self.wakeup[0], *reports], [], [], timeout)
        if self.wakeup[0] in readable:
            with contextlib.suppress(BlockingIOError):
                os.read(self.wakeup[0], 4096)
        for child in self.children:
            if child.report in readable:
                self._read(child)

    def _read(self, child: Child) -> None:
        try:
            piece = os.read(child.report, 1 << 16)
        except BlockingIOError:
            return
        if not piece:
            os.close(child.report)
            child.report = -1
            return
        child.said += piece
        if child.said == b"ready\n" and not child.is_ready:
            child.is_ready = True
            self.load_failures = 0
            self._look_at_readiness()

    def _look_at_readiness(self) -> None:
        if not self.was_ready and all(child.is_ready for child in self.children):
            self.was_ready = True
            self._say("ready")

    def _collect(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if not pid:
                break
            for child in self.children:
                if child.pid == pid:
                    self._ended(child, os.waitstatus_to_exitcode(status))
        if self.stopping_since and not any(child.pid for child in self.children):
            self.exit_code = self.exit_code if self.exit_code is not None else 0
        elif self.stopping_since and time.monotonic() - self.stopping_since > self.settings.drain_limit + KILL_SECONDS:
            self.exit_code = 0

    def _ended(self, child: Child, code: int) -> None:
        while child.report >= 0:
            self._read(child)
        self.board.row(child.number).reset_facts()
        lived = time.monotonic() - child.begun
        child.pid = 0
        if self.stopping_since:
            return
        if not child.is_ready:
            self._load_failed(child, code)
        child.deaths = 0 if lived > LIVED_SECONDS else child.deaths + 1
        pause = PAUSES[min(child.deaths, len(PAUSES)) - 1] if child.deaths else 0.0
        child.start_at = time.monotonic() + pause
        self.log.event("worker_ended", level="error", worker=child.number, exit=code, restarts_in=pause)

    def _load_failed(self, child: Child, code: int) -> None:
        self.load_failures += 1
        limit = 1 if code == worker.FAILED_TO_LOAD and not self.was_ready else LOAD_FAILURES
        if self.load_failures < limit:
            return
        lines = [line for line in child.said.split(b"\n") if line.startswith(b"{")]
        problem = json.loads(lines[-1]) if lines else LoadProblem(_death(code)).as_dict()
        state_file.write(self.settings.state_file, problem)
        if not lines:
            self.log.event("load_failed", level="error", **problem)
        self.exit_code = worker.FAILED_TO_LOAD

    def _end_all(self) -> None:
        for child in self.children:
            _signal(child.pid, signal.SIGKILL)
        for child in self.children:
            if child.pid:
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(child.pid, 0)
        self._close_listeners()


def main() -> int:
    """Serves what the environment names; 3 when that can't be loaded."""
    try:
        settings = serving_settings.of_this_process()
    except LoadProblem as problem:
        return _cannot_start(problem, os.environ.get("ATELIER_SERVING_STATE", ""))
    try:
        process = MainProcess(settings)
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        return _cannot_start(LoadProblem(f"{where} can't be listened on: {error}"), str(settings.state_file or ""))
    return process.run()


def _cannot_start(problem: LoadProblem, path: str) -> int:
    Log().event("load_failed", level="error", **problem.as_dict())
    if path:
        state_file.write(Path(path), problem.as_dict())
    return worker.FAILED_TO_LOAD


def _death(code: int) -> str:
    """How a worker ended that said nothing."""
    if code == -signal.SIGKILL:
        return "The process was killed while it loaded the model; often the memory was not enough."
    how = f"by signal {-code}" if code < 0 else f"with {code}"
    return f"The process ended {how} while it loaded the model; its log may say why."


def _listen(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((settings.host, settings.port))
    listener.listen(BACKLOG)
    listener.setblocking(False)
    return listener


def _signal(pid: int, number: int) -> None:
    if pid:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
