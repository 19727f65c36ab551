"""The gateway as a process of its own, and a real Redis that can be ended."""

import json
import subprocess
import sys
from pathlib import Path

import httpx

from studio.supervisor import redis_server
from tests.real_studio import ROOT, free_port, wait_for


class Redis:
    """A server on a Unix socket in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "redis.sock"
        self.url = f"unix://{self.path}?db=0"
        self.start()

    def start(self) -> None:
        command = [redis_server.find_binary(), "--port", "0", "--unixsocket", str(self.path)]
        self.process = subprocess.Popen(
            [*command, "--save", "", "--dir", str(self.folder)], stdout=subprocess.DEVNULL, cwd=self.folder
        )
        wait_for(lambda: redis_server.answers(self.path), 10, "Redis does not answer")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class Process:
    """`python -m registry.endpoints.gateway`."""

    def __init__(self, folder: Path, redis_url: str = "", table: object = None) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.table_file = folder / "run" / "gateway-table.json"
        self.settings = folder / "gateway.json"
        said = {"host": "127.0.0.1", "port": self.port, "redis_url": redis_url, "table_file": str(self.table_file)}
        self.settings.write_text(json.dumps(said))
        if table is not None:
            self.table_file.parent.mkdir(exist_ok=True)
            self.table_file.write_text(json.dumps(table))
        self.log = folder / "gateway.log"
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "registry.endpoints.gateway", "--settings", str(self.settings)],
                cwd=ROOT,
                env={"PATH": "/usr/bin:/bin"},
                stdout=log,
                stderr=log,
            )
        wait_for(self.is_up, 15, "the gateway does not answer")

    def is_up(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            return httpx.get(f"{self.url}/healthz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    @property
    def stamp(self) -> str:
        return str(httpx.get(f"{self.url}/healthz", timeout=2).json()["stamp"])

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(15)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
