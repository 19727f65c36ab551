"""The stored files that a plan names, fetched once each and checked."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from atelier.runner.client import Client

from compute.building.program.failing import Problem

LARGEST = 200_000_000_000


class Files:
    """Files by the SHA-256 of their bytes."""

    def __init__(self, client: Client, job: int, folder: Path, ask: Callable[[Callable[[], Any]], Any]) -> None:
        self._client, self._job, self._folder, self._ask = client, job, folder, ask

    def fetch(self, sha256: str) -> Path:
        """The file's path here. Raises Problem when the bytes are not the ones the plan means."""
        path = self._folder / sha256
        if path.exists():
            return path
        self._folder.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(sha256 + ".new")
        self._ask(lambda: self._download(sha256, fresh))
        with fresh.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() != sha256:
                raise Problem(f"A file of the build ({sha256[:12]}) did not arrive as it was stored.")
        return fresh.replace(path)

    def _download(self, sha256: str, target: Path) -> None:
        with target.open("wb") as sink:
            self._client.download(f"jobs/{self._job}/build/files/{sha256}", sink, limit=LARGEST)
