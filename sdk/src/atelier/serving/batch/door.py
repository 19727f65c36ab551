"""What a worker asks the studio and tells it, with its job's token. The studio may be away for a while."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any, Callable, TypeVar
from urllib.parse import quote

from atelier.runner import client as http

GIVE_UP_SECONDS = 3600.0
LARGEST = 1 << 50
T = TypeVar("T")


class Gone(Exception):
    """The studio takes nothing more from this worker: its job has ended."""


class Stale(Exception):
    """The part is another worker's by now."""


class Door:
    """The studio, as one job that scores."""

    def __init__(self, variables: dict[str, str]) -> None:
        self._client = http.Client(
            url=variables["ATELIER_URL"], token=variables["ATELIER_TOKEN"], workspace=variables["ATELIER_WORKSPACE"]
        )
        self._base = f"jobs/{variables['ATELIER_JOB_ID']}/scoring"

    def plan(self) -> dict[str, Any]:
        """What to load and how to score."""
        return self._persist(lambda: self._client.get(self._base))

    def take(self) -> dict[str, Any]:
        """`{"part", "is_over"}`."""
        return self._persist(lambda: self._client.post(f"{self._base}/take", {}))

    def keep(self, part: dict[str, Any]) -> None:
        """One try only: it is said again in a moment. Raises Stale and Gone."""
        try:
            self._client.post(self._of(part, "keep"), {"attempt": part["attempt"]})
        except http.Unreachable:
            return
        except http.Refused as error:
            raise _meaning(error) from error

    def done(self, part: dict[str, Any], rows: bytes, row_count: int, failed: list[dict[str, str]], lost: int) -> None:
        """The rows of a part (JSON lines), and those of its items that failed."""
        sha256 = ""
        if rows:
            sha256 = str(self._send(f"{self._base}/rows", rows)["sha256"])
        told = {
            "attempt": part["attempt"], "output": sha256, "row_count": row_count, "failed": failed, "failed_count": lost,
        }  # fmt: skip
        self._persist(lambda: self._client.post(self._of(part, "done"), told))

    def failed(self, part: dict[str, Any], problem: str) -> None:
        told = {"attempt": part["attempt"], "problem": problem[:5000]}
        self._persist(lambda: self._client.post(self._of(part, "failed"), told))

    def problem(self, problem: str) -> None:
        """The model can't be loaded."""
        self._persist(
            lambda: self._client.post(f"{self._base}/problem", {"problem": problem[:5000] or "It can't be loaded."})
        )

    def file(self, sha256: str, target: Path) -> None:
        """A file of the model, or the folder of code."""
        self._download(f"{self._base}/files/{sha256}", target)

    def input(self, path: str, target: Path) -> None:
        """A file of the input."""
        self._download(f"{self._base}/input?path={quote(path, safe='')}", target)

    def output(self, path: str, source: Path) -> None:
        """A file that the script wrote by itself."""
        place = f"{self._base}/outputs/{quote(path)}"
        self._persist(lambda: self._client.put_file(place, source, "application/octet-stream"))

    def _send(self, path: str, data: bytes) -> dict[str, Any]:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "rows.jsonl"
            source.write_bytes(data)
            import json

            def put() -> dict[str, Any]:
                with source.open("rb") as stream:
                    headers = {"Content-Type": "application/octet-stream", "Content-Length": str(len(data))}
                    found: dict[str, Any] = json.loads(self._client.call("PUT", path, stream, headers))
                    return found

            return self._persist(put)

    def _download(self, path: str, target: Path) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".{target.name}.{os.getpid()}"[:200])

        def fetch() -> None:
            with fresh.open("wb") as sink:
                self._client.download(path, sink, limit=LARGEST)

        self._persist(fetch)
        shutil.move(fresh, target)

    def _of(self, part: dict[str, Any], what: str) -> str:
        return f"{self._base}/parts/{part['number']}/{what}"

    def _persist(self, step: Callable[[], T]) -> T:
        end = time.monotonic() + GIVE_UP_SECONDS
        try:
            found: T = http.persist(step, until=lambda: time.monotonic() > end)
            return found
        except http.Refused as error:
            raise _meaning(error) from error


def _meaning(error: http.Refused) -> Exception:
    if error.code == "stale_part":
        return Stale(str(error))
    return Gone(str(error)) if error.is_final or error.status == 409 else error
