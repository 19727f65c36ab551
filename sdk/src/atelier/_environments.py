"""Environments of a workspace: names and versions, what is in them, their builds."""

from __future__ import annotations

import builtins
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from atelier import _client, _errors, _folders, _ids

Record = dict[str, Any]
PAGE = 100
PIECE = 256 * 1024
WAIT_SECONDS = 20
POLL_SECONDS = 0.5
FINAL = ("ready", "failed", "canceled")


class Environments:
    """`Workspace().environments`: every call names the environment, and a version by its name or `latest`."""

    def __init__(self, api: _client.Client) -> None:
        self._api = api

    def __call__(self) -> builtins.list[Record]:
        """What runs were given, named or not."""
        return builtins.list(self.contents())

    def list(self, words: str = "", *, archived: bool = False) -> Iterator[Record]:
        """The names that have every word, in order."""
        return self._api.pages("environments", {"q": words or None, "archived": archived or None, "limit": PAGE})

    def curated(self) -> builtins.list[Record]:
        """Those that ship with the studio."""
        return builtins.list(self._api.get("curated-environments")["results"])

    def contents(self) -> Iterator[Record]:
        """What is in environments, named or not, newest first."""
        return self._api.pages("environment-contents", {"limit": PAGE})

    def content(self, number: int | str) -> Record:
        """One content with its builds and users."""
        return dict(self._api.get(f"environment-contents/{_client.segment(number)}"))

    def get(self, name: str) -> Record:
        """One name."""
        return dict(self._api.get(_path(name)))

    def versions(self, name: str) -> Iterator[Record]:
        """The versions of a name, newest first."""
        return self._api.pages(f"{_path(name)}/versions", {"limit": PAGE})

    def version(self, name: str, version: int | str = "latest") -> Record:
        """One version with its content and builds."""
        return dict(self._api.get(_path(name, version)))

    def create(self, name: str, *, version: str = "", **said: Any) -> Record:
        """A version of the fields of an environment file: `create("train", requirements=["scikit-learn"], python="3.11")`.

        What holds the same already is answered as it is.
        """
        return dict(self._api.post("environments", {"name": name, "version": version, **said}, key=_ids.new_key()))

    def create_from_file(
        self, path: str | Path, *, name: str = "", version: str = "", say: Callable[[str], None] = lambda text: None
    ) -> Record:
        """A version of an environment file, Azure's or ours, with the files and the folder that it names."""
        file = Path(path)
        text = _text(file)
        needed = self._api.post("environment-files", {"text": text})
        body: Record = {"text": text, "name": name, "version": version}
        body["files"] = {each: _text(file.parent / each) for each in needed["files"]}
        if needed["folder"]:
            body["build_context"] = _folders.send(self._api, file.parent / needed["folder"], say=say)
        return dict(self._api.post("environments", body, key=_ids.new_key()))

    def update(
        self,
        name: str,
        version: int | str | None = None,
        *,
        description: str | None = None,
        tags: Mapping[str, str | None] | None = None,
        archived: bool | None = None,
    ) -> Record:
        """Changes what is given of a name or of a version; a tag that is None is removed."""
        given = {"description": description, "tags": dict(tags) if tags else None, "is_archived": archived}
        body = {key: value for key, value in given.items() if value is not None}
        return dict(self._api.patch(_path(name, version), body))

    def delete(self, name: str, version: int | str | None = None) -> None:
        """Deletes a version, or a name with all of them. Raises `Conflict` naming who uses it."""
        self._api.delete(_path(name, version))

    def build(self, environment: str | Mapping[str, Any], form: str = "venv") -> Record:
        """Has an environment built as `venv` or `image`: the build that is there, or a new one."""
        return dict(self._api.post("environment-builds", {"environment": environment, "form": form}))

    def look(self, build: int) -> Record:
        """How far a build is."""
        return dict(self._api.get(f"environment-builds/{build}"))

    def retry(self, build: int) -> Record:
        """Another try for a build that failed or was canceled."""
        return dict(self._api.post(f"environment-builds/{build}/retry", {}))

    def cancel(self, build: int) -> Record:
        """Stops a build."""
        return dict(self._api.post(f"environment-builds/{build}/cancel", {}))

    def stream(self, build: int) -> Iterator[str]:
        """The log of a build as it grows, until the build has ended."""
        offset = 0
        while True:
            asked = {"offset": offset, "limit": PIECE, "wait": WAIT_SECONDS}
            piece = self._api.get(f"environment-builds/{build}/log", asked)
            if piece["text"]:
                yield piece["text"]
            if piece["next_offset"] == offset and (piece["is_final"] or self.look(build)["state"] in FINAL):
                return
            offset = piece["next_offset"]

    def wait(self, build: int, seconds: float = 3600) -> Record:
        """The build when it has ended."""
        until = time.monotonic() + seconds
        while True:
            found = self.look(build)
            if found["state"] in FINAL or time.monotonic() > until:
                return found
            time.sleep(POLL_SECONDS)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise _errors.UsageError(f"{path} cannot be read: {reason}.") from error


def _path(name: str, version: int | str | None = None) -> str:
    found = f"environments/{_client.segment(name)}"
    return found if version is None else f"{found}/versions/{_client.segment(version)}"
