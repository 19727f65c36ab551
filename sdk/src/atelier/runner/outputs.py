"""What a job leaves: the files of `outputs/` and of its named outputs, sent as artifacts of its run."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Callable
from urllib.parse import quote

from atelier import _snapshot
from atelier.runner import client as http
from atelier.runner.logs import Spool


class Uploads:
    """Sends files one after another; what the studio refuses is noted in the log and stops nothing."""

    def __init__(self, client: http.Client, spool: Spool, *, run_id: str, until: Callable[[], bool]) -> None:
        self._client = client
        self._spool = spool
        self._run_id = run_id
        self._until = until
        self.sent = 0
        self.refused: list[str] = []

    def send_folder(self, folder: Path, name: str) -> None:
        """Sends every plain file below `folder` as `name/…`."""
        for path in _plain_files(folder, self._spool):
            self._send(path, f"{name}/{path.relative_to(folder).as_posix()}")

    def _send(self, source: Path, path: str) -> None:
        content_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
        try:
            target = f"runs/{self._run_id}/artifacts/{quote(path, safe='/')}"
            http.persist(lambda: self._client.put_file(target, source, content_type), until=self._until)
            self.sent += 1
        except http.Refused as error:
            if error.is_final and error.status != 404:
                raise
            self._refuse(path, str(error))
        except (OSError, UnicodeEncodeError) as error:
            self._refuse(path, str(error))

    def _refuse(self, path: str, why: str) -> None:
        self.refused.append(path)
        shown = path.encode("utf-8", "replace").decode()
        self._spool.note(f"{shown} was not uploaded: {why}")


class DataOutputs:
    """Stores the outputs that their job file gives a place in a datastore or the name of a data asset."""

    def __init__(self, client: http.Client, spool: Spool, job: int, attempt: int, *, until: Callable[[], bool]) -> None:
        self._client = client
        self._spool = spool
        self._job = job
        self._attempt = attempt
        self._until = until

    def send_all(self, named: Mapping[str, Any], folder: Path) -> tuple[dict[str, Any], str]:
        """Stores them. Answers the outputs that are artifacts: all others, and those that could not be stored, with why."""
        left, problem = {}, ""
        for name, item in named.items():
            if not _is_data(item):
                left[name] = item
                continue
            try:
                self._send(name, folder / name)
            except (http.Refused, OSError, UnicodeEncodeError) as error:
                if isinstance(error, http.Refused) and error.is_final and error.status != 404:
                    raise
                left[name] = item
                problem = problem or f"The output {name} could not be stored: {error}"
                self._spool.note(f"The output {name} could not be stored and is kept among the artifacts: {error}")
        return left, problem

    def _send(self, name: str, folder: Path) -> None:
        count = size = 0
        base = f"jobs/{self._job}/outputs/{quote(name, safe='')}"
        for path in _plain_files(folder, self._spool):
            relative = path.relative_to(folder).as_posix()
            self._put(f"{base}/files/{quote(relative, safe='/')}", path)
            count, size = count + 1, size + path.stat().st_size
        if not count:
            self._spool.note(f"Nothing was written to the output {name}.")
            return
        body = {"attempt": self._attempt, "count": count, "size": size}
        answer = http.persist(lambda: self._client.post(f"{base}/complete", body), until=self._until)
        if answer.get("problem"):
            self._spool.note(f"The output {name} can't be registered: {answer['problem']}")

    def _put(self, target: str, path: Path) -> None:
        told = {"X-Attempt": str(self._attempt), "X-Content-SHA256": _snapshot.file_digest(path)}
        kind = "application/octet-stream"
        http.persist(lambda: self._client.put_file(target, path, kind, told), until=self._until)


def has_data(named: Mapping[str, Any]) -> bool:
    return any(_is_data(item) for item in named.values())


def _is_data(item: Any) -> bool:
    return isinstance(item, Mapping) and bool(item.get("data"))


def _plain_files(folder: Path, spool: Spool) -> Iterator[Path]:
    """Every plain file below a folder; what else lies there is noted in the log."""
    if folder.is_symlink():
        spool.note(f"{folder.name} is a symbolic link and was not uploaded.")
        return
    for base, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted([*names, *(item for item in folders if (Path(base) / item).is_symlink())]):
            path = Path(base) / name
            if path.is_symlink() or not path.is_file():
                shown = path.relative_to(folder).as_posix().encode("utf-8", "replace").decode()
                spool.note(f"{shown} is no plain file and was not uploaded.")
                continue
            yield path


def send_all(uploads: Uploads, *, code: Path, named: Mapping[str, Any], folder: Path) -> None:
    """Sends `outputs/` of the code folder and each named output."""
    uploads.send_folder(code / "outputs", "outputs")
    for name in named:
        uploads.send_folder(folder / name, f"named_outputs/{name}")
