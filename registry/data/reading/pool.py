"""The pool of reading processes: started when first needed, one question at a time each, replaced when one dies.

A question that takes too long costs its process, so that nothing a file or a person's SQL does can go on for ever. The
processes get nothing of the studio's environment but what Python needs to start; they know no secret.
"""

import contextlib
import json
import logging
import os
import queue
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings

from registry.data.reading.child.limits import Limits
from studio.errors import TooSlow, Unavailable

logger = logging.getLogger(__name__)

START_SECONDS = 30.0
WAIT_SECONDS = 10.0  # for a process that is free
IDLE_SECONDS = 900.0


class Lost(Exception):
    """The process ended in the middle."""


@dataclass(slots=True)
class Process:
    """One reading process and its two pipes."""

    running: "subprocess.Popen[bytes]"
    folder: Path
    rest: bytes = b""

    def ask(self, question: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The answer as it came. Raises TimeoutError and Lost; either way the process is of no more use."""
        assert self.running.stdin is not None
        try:
            self.running.stdin.write(json.dumps(question).encode() + b"\n")
            self.running.stdin.flush()
        except OSError as error:
            raise Lost from error
        return json.loads(self._line(time.monotonic() + seconds))

    def _line(self, until: float) -> bytes:
        assert self.running.stdout is not None
        waiting = select.poll()  # `select` knows no more than 1,024 files, and a web process has more
        waiting.register(self.running.stdout, select.POLLIN)
        while b"\n" not in self.rest:
            if not waiting.poll(max(until - time.monotonic(), 0) * 1000):
                raise TimeoutError
            piece = os.read(self.running.stdout.fileno(), 1024 * 1024)
            if not piece:
                raise Lost
            self.rest += piece
        line, _, self.rest = self.rest.partition(b"\n")
        return line

    def end(self) -> None:
        """Kill it, wait for its end and remove what it left."""
        self.running.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.running.wait(timeout=5)
        for pipe in (self.running.stdin, self.running.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(slots=True)
class Pool:
    """At most `size` processes. Idle ones end by themselves; the next question starts another."""

    size: int
    limits: Limits
    root: Path
    idle: list[Process] = field(default_factory=list)
    places: "queue.Queue[None]" = field(default_factory=queue.Queue)
    lock: threading.Lock = field(default_factory=threading.Lock)
    waking: threading.Event | None = None
    _shared: ClassVar["Pool | None"] = None
    _shared_lock: ClassVar[threading.Lock] = threading.Lock()

    def __post_init__(self) -> None:
        for _ in range(self.size):
            self.places.put(None)

    @contextlib.contextmanager
    def asked(self, question: dict[str, Any], *, seconds: float) -> Iterator[dict[str, Any]]:
        """The answer, as long as files it names are needed. Raises TooSlow and Unavailable."""
        with self._place():
            process = self._take()
            is_fit = False
            try:
                answer = process.ask(question, seconds)
                is_fit = not answer["is_worn"]
                yield answer
            except TimeoutError:
                raise _too_slow(seconds) from None
            except Lost:
                logger.warning("a reading process ended in the middle of %s", question.get("what"))
                raise _lost() from None
            finally:
                self._give_back(process) if is_fit else process.end()

    def wake(self) -> None:
        """Have a process started for whoever asks next, without waiting for it."""
        with self.lock:
            if self.waking is not None or any(process.running.poll() is None for process in self.idle):
                return
            self.waking = threading.Event()
        threading.Thread(target=self._wake, args=(self.waking,), daemon=True).start()

    def _wake(self, over: threading.Event) -> None:
        try:
            self._give_back(self._start())
        except (Unavailable, OSError) as error:
            logger.warning("no reading process could be started: %s", error)
        finally:
            self.waking = None
            over.set()

    def close(self) -> None:
        """End every process that is idle now."""
        with self.lock:
            ended, self.idle = self.idle, []
        for process in ended:
            process.end()

    @contextlib.contextmanager
    def _place(self) -> Iterator[None]:
        try:
            self.places.get(timeout=WAIT_SECONDS)
        except queue.Empty:
            message = "Every process that reads tables is busy."
            raise Unavailable("readers_busy", message, hint="Try again in a moment.", retry_after=5) from None
        try:
            yield
        finally:
            self.places.put(None)

    def _take(self) -> Process:
        waking = self.waking
        if waking is not None and not self.idle:
            waking.wait(START_SECONDS)
        while True:
            with self.lock:
                process = self.idle.pop() if self.idle else None
            if process is None:
                return self._start()
            if process.running.poll() is None:
                return process
            process.end()

    def _give_back(self, process: Process) -> None:
        with self.lock:
            self.idle.append(process)

    def _start(self) -> Process:
        self.root.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=self.root))
        command = [sys.executable, "-P", "-m", "registry.data.reading.child.main", json.dumps(asdict(self.limits))]
        paths = os.pathsep.join([str(settings.BASE_DIR), str(settings.SDK_DIR)])
        own = {"PYTHONPATH": paths, "HOME": str(folder), "TMPDIR": str(folder)}
        # Arrow's own allocator takes a gigabyte of addresses at once, which would count against the process.
        own |= {"POLARS_MAX_THREADS": str(self.limits.threads), "ARROW_DEFAULT_MEMORY_POOL": "system"}
        pipe = subprocess.PIPE
        started = subprocess.Popen(command, stdin=pipe, stdout=pipe, cwd=folder, env=settings.READING_ENVIRONMENT | own)
        process = Process(started, folder)
        try:
            process._line(time.monotonic() + START_SECONDS)
        except (Lost, TimeoutError):
            process.end()
            raise _lost() from None
        return process


def shared() -> Pool:
    """The pool of this process."""
    with Pool._shared_lock:
        if Pool._shared is None:
            _sweep(settings.READING_DIR)
            Pool._shared = Pool(settings.READING_PROCESSES, _limits(), settings.READING_DIR)
        return Pool._shared


def _limits() -> Limits:
    memory = settings.READING_MEMORY_MB
    # Beside DuckDB's own memory: Python, Arrow, buffers of files and the answer.
    return Limits(memory, memory * 2 + 512, settings.READING_TEMPORARY_MB, settings.READING_THREADS, IDLE_SECONDS)


def _sweep(root: Path) -> None:
    """Remove the folders of processes whose studio was killed together with them."""
    for folder in root.glob("*-*"):
        owner = folder.name.partition("-")[0]
        if owner.isdigit() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(folder, ignore_errors=True)


def _too_slow(seconds: float) -> TooSlow:
    message = f"Reading was stopped after {seconds:g} seconds, the most that one question may take."
    return TooSlow("data_too_slow", message, hint="Ask for fewer rows or columns, or narrow the condition.")


def _lost() -> Unavailable:
    message = "The process that reads tables ended in the middle of this question; another one takes its place."
    return Unavailable("reader_lost", message, hint="Try again; if it happens again, ask for less.", retry_after=1)
