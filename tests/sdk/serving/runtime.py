"""A runtime of one's own for a test: started as an image starts it, spoken to over HTTP."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[3]
START_SECONDS = 60.0


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Runtime:
    """A running `python -m atelier.serving`."""

    def __init__(self, folder: Path, variables: Mapping[str, str]) -> None:
        self.folder = folder
        self.state_path = folder / "state.json"
        self.log_path = folder / "log.jsonl"
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        environment.update(
            {
                "PYTHONPATH": str(ROOT / "sdk" / "src"),
                "AML_APP_ROOT": str(folder),
                "ATELIER_SERVING_HOST": "127.0.0.1",
                "ATELIER_SERVING_PORT": "0",
                "ATELIER_SERVING_STATE": str(self.state_path),
                "OMP_NUM_THREADS": "1",
                **variables,
            }
        )
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "atelier.serving"], env=environment, stdout=log, stderr=subprocess.STDOUT
            )

    @property
    def state(self) -> dict[str, Any]:
        with contextlib.suppress(FileNotFoundError):
            return json.loads(self.state_path.read_text())
        return {}

    @property
    def port(self) -> int:
        return self.state["port"]

    @property
    def log(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log_path.read_text().splitlines() if line.startswith("{")]

    def wait_until(self, question: Any, *, seconds: float = START_SECONDS) -> Any:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = question()
            if found:
                return found
            time.sleep(0.01)
        raise AssertionError(f"not within {seconds} s; the log: {self.log_path.read_text()[-3000:]}")

    def wait_ready(self) -> Runtime:
        self.wait_until(lambda: self.state.get("state") == "ready" or self.process.poll() is not None)
        assert self.process.poll() is None, self.log_path.read_text()
        return self

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)

    def ask(self, path: str, body: Any = None, *, method: str = "", headers: Mapping[str, str] | None = None) -> Reply:
        with contextlib.closing(self.connect()) as connection:
            return ask(connection, path, body, method=method, headers=headers)

    def stop(self) -> int:
        self.process.terminate()
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise


def ask(
    connection: http.client.HTTPConnection,
    path: str,
    body: Any = None,
    *,
    method: str = "",
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """One request on a connection that is kept."""
    if body is not None and not isinstance(body, (bytes, str)):
        body = json.dumps(body)
    given = {"content-type": "application/json", **(headers or {})}
    connection.request(method or ("GET" if body is None else "POST"), path, body=body, headers=given)
    answer = connection.getresponse()
    return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


@contextlib.contextmanager
def serving(folder: Path, **variables: str) -> Iterator[Runtime]:
    """A runtime that is ready, ended afterwards."""
    runtime = Runtime(folder, variables)
    try:
        yield runtime.wait_ready()
    finally:
        if runtime.process.poll() is None:
            runtime.stop()


def write_script(folder: Path, text: str, name: str = "score.py") -> dict[str, str]:
    """A scoring script in the folder and the variables that name it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text)
    return {"AZUREML_ENTRY_SCRIPT": name}
