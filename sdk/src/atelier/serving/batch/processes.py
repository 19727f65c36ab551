"""The scoring process as its lane holds it: started, asked, killed when it takes too long, started again."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

LOAD_SECONDS = 3600.0


class Failed(Exception):
    """A request was not answered with rows; the sentence says why."""


class CannotLoad(Exception):
    """The model can't be loaded."""


class ScoringProcess:
    """One process with the model in it. It is started when it is first needed, and again after it was killed."""

    def __init__(self, folder: Path, variables: Mapping[str, str], number: int) -> None:
        self._folder = folder
        self._variables = {**variables, "AZUREML_BI_OUTPUT_PATH": str(folder / "own" / str(number))}
        self._rows = folder / f"rows-{number}.jsonl"
        self._child: subprocess.Popen[bytes] | None = None
        self._replies = -1
        self._left = b""
        self.own_output = folder / "own" / str(number)
        self.own_output.mkdir(parents=True, exist_ok=True)

    def ensure(self) -> None:
        """Have the model loaded. Raises CannotLoad."""
        if self._child is not None and self._child.poll() is None:
            return
        self.kill()
        mine, its = os.pipe()
        command = [sys.executable, "-m", "atelier.serving.batch.child", str(self._folder), str(its)]
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=(its,), env=dict(self._variables))
        os.close(its)
        self._replies, self._left = mine, b""
        try:
            said = self._reply(LOAD_SECONDS)
        except Failed as error:
            raise CannotLoad(f"The model can't be loaded: {error}") from error
        if not said.get("ready"):
            at = f" ({said['file']}, line {said['line']})" if said.get("file") and said.get("line") else ""
            raise CannotLoad(f"{said['problem']}{at}")

    def score(self, items: Sequence[Any], *, one_by_one: bool, seconds: float) -> tuple[bytes, int, list[list[Any]]]:
        """Rows as JSON lines, their number, the items that failed. Raises Failed, CannotLoad."""
        self.ensure()
        assert self._child is not None and self._child.stdin is not None
        asked = {"items": list(items), "one_by_one": one_by_one, "file": str(self._rows)}
        try:
            self._child.stdin.write(json.dumps(asked).encode() + b"\n")
            self._child.stdin.flush()
        except OSError as error:
            raise self._death() from error
        said = self._reply(seconds)
        if "problem" in said:
            raise Failed(str(said["problem"]))
        data = self._rows.read_bytes()
        self._rows.unlink()
        return data, int(said["rows"]), said["lost"]

    def kill(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            if self._child.stdin is not None:
                self._child.stdin.close()
            self._child = None
        if self._replies >= 0:
            os.close(self._replies)
            self._replies = -1

    def _reply(self, seconds: float) -> dict[str, Any]:
        end = time.monotonic() + seconds
        while b"\n" not in self._left:
            ready, _, _ = select.select([self._replies], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                self.kill()
                raise Failed(f"It took longer than {seconds:g} s.")
            data = os.read(self._replies, 1 << 16)
            if not data:
                raise self._death()
            self._left += data
        text, _, self._left = self._left.partition(b"\n")
        found: dict[str, Any] = json.loads(text)
        return found

    def _death(self) -> Failed:
        assert self._child is not None
        code = self._child.wait()
        self.kill()
        how = f"was killed by signal {-code}; often the memory was not enough" if code < 0 else f"ended with {code}"
        return Failed(f"The scoring process {how}.")
