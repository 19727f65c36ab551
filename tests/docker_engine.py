"""A real Docker engine for tests, and a small base image made from this machine's interpreter.

Where there is none the test is skipped and says so; under `CI` it fails. `own_engine` is one that a test may stop.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import docker
import pytest

from compute.engines import base_image as bases
from compute.engines import opening
from tests.servers import missing

SOCKET = Path("/var/run/docker.sock")
SECONDS_TO_START = 30


@dataclass(slots=True)
class OwnEngine:
    """A dockerd of the tests' own, on its own socket and data, without networks: `none` is all its containers have."""

    folder: Path
    process: "subprocess.Popen[bytes] | None" = None
    log: IO[bytes] | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        return f"unix://{self.folder}/docker.sock"

    def start(self, *more: str) -> None:
        """Start it, with more arguments; it answers on its socket when this returns."""
        if self.log is None:
            self.log = (self.folder / "dockerd.log").open("ab")
        where = ["--data-root", f"{self.folder}/data", "--exec-root", f"{self.folder}/exec"]
        alone = ["--iptables=false", "--ip6tables=false", "--ip-masq=false"]
        command = ["dockerd", "-H", self.address, "--pidfile", f"{self.folder}/pid", *where, *alone, *more]
        command = [*command, f"--bridge={self._bridge()}"] if more else ["unshare", "--net", *command, "--bridge=none"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True
        )
        _wait_for(self.address, self.process, self.folder / "dockerd.log")

    def _bridge(self) -> str:
        """A bridge of its own, for an engine that must be reached from here; `remove_bridge` takes it away.

        Never `none` beside the machine's engine: an engine without a bridge removes `docker0`, which is the other's. One in
        a network namespace of its own finds no `docker0` there.
        """
        name = self.folder.name.replace("-", "")[:15].lower()
        if not Path(f"/sys/class/net/{name}").exists():
            if not shutil.which("ip"):
                missing("the command ip (iproute2)")
            subprocess.run(["ip", "link", "add", name, "type", "bridge"], check=True)
            subprocess.run(["ip", "address", "add", "10.213.77.1/24", "dev", name], check=True)
        return name

    def remove_bridge(self) -> None:
        name = self.folder.name.replace("-", "")[:15].lower()
        if Path(f"/sys/class/net/{name}").exists():
            subprocess.run(["ip", "link", "delete", name], check=False)

    def stop(self) -> None:
        """End it, as a machine's service manager does."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)
        self.process = None

    def client(self) -> "docker.DockerClient":
        return opening.client(self.address)


@pytest.fixture(scope="session")
def docker_engine(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[docker.DockerClient]":
    """A client of this machine's engine, which is started when none answers and we may."""
    started = _start_system_engine(tmp_path_factory) if not _answers() else None
    client = docker.DockerClient(base_url=_address(), version="auto", timeout=60)
    yield client
    client.close()
    if started is not None:
        started.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            started.wait(20)


@pytest.fixture(scope="session")
def base_image(docker_engine: "docker.DockerClient") -> str:
    """The reference of a base image with this interpreter's Python."""
    return bases.ensure(docker_engine, rules=bases.Rules())


@pytest.fixture
def own_engine(docker_engine: "docker.DockerClient") -> Iterator[OwnEngine]:
    """A second engine that runs and may be stopped and started; everything of it goes with the test."""
    if os.geteuid() != 0:
        missing("a second Docker engine (it takes root)")
    folder = Path(os.path.realpath(subprocess.check_output(["mktemp", "-d", "/tmp/atd-XXXXXX"], text=True).strip()))
    engine = OwnEngine(folder)
    try:
        engine.start()
        yield engine
    finally:
        _remove_containers(engine)
        engine.stop()
        engine.remove_bridge()
        _unmount(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _address() -> str:
    return os.environ.get("DOCKER_HOST") or f"unix://{SOCKET}"


def _answers() -> bool:
    try:
        docker.DockerClient(base_url=_address(), version="auto", timeout=10).close()
    except docker.errors.DockerException:
        return False
    return True


def _start_system_engine(factory: pytest.TempPathFactory) -> "subprocess.Popen[bytes]":
    if not shutil.which("dockerd") or os.geteuid() != 0 or os.environ.get("DOCKER_HOST"):
        missing("a running Docker engine (docker.io)")
    log = factory.mktemp("dockerd") / "dockerd.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            ["dockerd"], stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, start_new_session=True
        )
    _wait_for(f"unix://{SOCKET}", process, log)
    return process


def _wait_for(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    ends_at = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < ends_at and process.poll() is None:
        with contextlib.suppress(docker.errors.DockerException):
            docker.DockerClient(base_url=address, version="auto", timeout=5).close()
            return
        time.sleep(0.1)
    pytest.fail(f"dockerd did not start: {log.read_text(errors='replace')[-2000:]}")


def _remove_containers(engine: OwnEngine) -> None:
    """Containers outlive their engine: what is left would hold the folder's mounts."""
    if engine.process is None:
        with contextlib.suppress(BaseException):
            engine.start()
    with contextlib.suppress(opening.EngineAway, docker.errors.DockerException):
        for container in engine.client().containers.list(all=True):
            container.remove(force=True, v=True)


def _unmount(folder: Path) -> None:
    for line in reversed(Path("/proc/mounts").read_text().splitlines()):
        place = line.split()[1]
        if place.startswith(str(folder)):
            subprocess.run(["umount", "-l", place], check=False, capture_output=True)
