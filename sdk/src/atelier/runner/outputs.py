"""What a job leaves: the files of `outputs/` and of its named outputs, sent as artifacts of its run."""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Callable
from urllib.parse import quote

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
        if folder.is_symlink():
            self._spool.note(f"{name} is a symbolic link and was not uploaded.")
            return
        for path in self._files(folder):
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

    def _files(self, folder: Path) -> Iterator[Path]:
        for base, folders, names in os.walk(folder):
            folders.sort()
            for name in sorted([*names, *(item for item in folders if (Path(base) / item).is_symlink())]):
                path = Path(base) / name
                if path.is_symlink() or not path.is_file():
                    shown = path.relative_to(folder).as_posix().encode("utf-8", "replace").decode()
                    self._spool.note(f"{shown} is no plain file and was not uploaded.")
                    continue
                yield path


def send_all(uploads: Uploads, *, code: Path, named: Mapping[str, str], folder: Path) -> None:
    """Sends `outputs/` of the code folder and each named output."""
    uploads.send_folder(code / "outputs", "outputs")
    for name in named:
        uploads.send_folder(folder / name, f"named_outputs/{name}")
