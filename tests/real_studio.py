"""A real studio for tests: started by `manage.py up` on a free port with a data folder of its own."""

import atexit
import contextlib
import functools
import os
import queue
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from studio.supervisor import preflight, prepare, processes

ROOT = Path(__file__).resolve().parents[1]
ADMIN_TOKEN = "the-token-of-the-tests-administrator"
READY_WITHIN = 150
# A studio in a hurry: what takes half a minute in earnest takes seconds here.
QUICK = {
    "ATELIER_HEARTBEAT_SECONDS": "1",
    "ATELIER_LEASE_SECONDS": "6",
    "ATELIER_LOST_GRACE_SECONDS": "3",
    "ATELIER_RECONCILE_SECONDS": "1",
    "ATELIER_CANCEL_GRACE_SECONDS": "3",
    "ATELIER_ADMIN_TOKEN": ADMIN_TOKEN,
}
OURS = ("ATELIER_", "DJANGO_", "PYTEST_", "DATABASE_URL", "REDIS_URL")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def command(data_dir: Path, port: int, *more: str) -> list[str]:
    return [
        *(sys.executable, str(ROOT / "manage.py"), "up", "--port", str(port), "--data-dir", str(data_dir)),
        *more,
    ]


def environment(**more: str) -> dict[str, str]:
    """The machine's variables without this test run's, and the quick timings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**kept, **QUICK, **more}


@dataclass
class RealStudio:
    """What `manage.py up` started, with what it said."""

    data_dir: Path
    port: int
    process: "subprocess.Popen[str]"
    said: list[str] = field(default_factory=list)
    lines: "queue.Queue[str]" = field(default_factory=queue.Queue)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def token(self) -> str:
        return ADMIN_TOKEN

    @property
    def link(self) -> str:
        """The one-time sign-in link of the first start."""
        found = re.search(r"Sign in once with this link: (\S+)", "\n".join(self.said))
        assert found, self.said
        return found[1]

    def new_link(self, email: str = "") -> str:
        """Another one-time link, as an administrator makes it."""
        arguments = [email] if email else []
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), "sign-in-link", *arguments],
            env=environment(ATELIER_DATA_DIR=str(self.data_dir)),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip().splitlines()[-1]

    def child(self, name: str) -> psutil.Process:
        """The process of this name as it runs now."""
        words = {
            "web": "uvicorn",
            "worker": "worker-1@%h",
            "beat": "beat",
            "redis": "redis.sock",
            "gateway": "endpoints.gateway",
        }
        for process in psutil.Process(self.process.pid).children():
            with contextlib.suppress(psutil.Error):
                if any(words[name] in part for part in process.cmdline()):
                    return process
        raise LookupError(name)

    def family(self) -> list[psutil.Process]:
        """The supervisor and everything below it."""
        supervisor = psutil.Process(self.process.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def is_ready(self) -> bool:
        try:
            return httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def wait_ready(self, seconds: float = 30) -> None:
        wait_for(self.is_ready, seconds, "the studio is not ready")

    def wait_said(self, text: str, seconds: float) -> None:
        """Wait for a line of the supervisor that holds this text."""
        ends_at = time.monotonic() + seconds
        while not any(text in line for line in self.said):
            try:
                self.said.append(self.lines.get(timeout=max(0.01, ends_at - time.monotonic())))
            except queue.Empty:
                raise AssertionError(f"{text!r} was not said in {seconds} s:\n" + "".join(self.said)) from None
            assert self.said[-1] != "", f"ended without saying {text!r}:\n" + "".join(self.said)

    def heard(self) -> list[str]:
        """Every line the supervisor has printed until now."""
        while not self.lines.empty():
            self.said.append(self.lines.get())
        return self.said

    def stop(self, number: int = signal.SIGINT, seconds: float = 40) -> int:
        """Ask it to end and wait. Answers the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


@functools.cache
def prepared() -> Path:
    """A data folder as the first start leaves it. Making one takes far longer than copying it."""
    folder = Path(tempfile.mkdtemp(prefix="atelier-prepared-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    preflight.prepare_data_dir(folder)
    prepare.prepare(ROOT, folder, processes.prepare(ROOT), environment(ATELIER_DATA_DIR=str(folder)))
    return folder


def start(data_dir: Path, *, wait: bool = True, port: int = 0, is_first: bool = False, **variables: str) -> RealStudio:
    """Start a studio; with `wait` it is ready when this returns.

    An empty data folder begins as a copy of `prepared()`; with `is_first` the studio prepares it itself, as a test
    needs that gives variables which the first start reads.
    """
    port = port or free_port()
    if not is_first and not (data_dir.exists() and any(data_dir.iterdir())):
        shutil.copytree(prepared(), data_dir, dirs_exist_ok=True)
    process = subprocess.Popen(
        command(data_dir, port),
        env=environment(PYTHONUNBUFFERED="1", **variables),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    studio = RealStudio(data_dir, port, process)
    threading.Thread(target=_listen, args=(process, studio.lines), daemon=True).start()
    if wait:
        try:
            studio.wait_said("Stop it with Ctrl-C", READY_WITHIN)
        except AssertionError:
            studio.stop()
            raise
    return studio


def _listen(process: "subprocess.Popen[str]", lines: "queue.Queue[str]") -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put("")  # the end


def wait_for(reached: Callable[[], object], seconds: float, otherwise: str) -> None:
    """Ask again and again until `reached()`; an AssertionError with `otherwise` after so long."""
    ends_at = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < ends_at, f"{otherwise} after {seconds} s"
        time.sleep(0.1)
