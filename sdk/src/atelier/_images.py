"""Images of a workspace: model versions packed with a scoring script and an environment."""

from __future__ import annotations

import builtins
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from atelier import _client, _errors, _folders, _ids

Record = dict[str, Any]
PAGE = 100
PIECE = 256 * 1024
WAIT_SECONDS = 20
POLL_SECONDS = 0.5
FINAL = ("ready", "failed", "canceled")
ENVIRONMENT_FILES = (".txt", ".in", ".yml", ".yaml")  # of requirements, of conda


class Images:
    """`Workspace().images`: every call names the image, and a version by its number, a tag or `latest`."""

    def __init__(self, api: _client.Client) -> None:
        self._api = api

    def list(self, filter: str = "") -> Iterator[Record]:
        """The images a filter finds, by name: `list("model = 'digits' AND state = 'ready'")`."""
        return self._api.pages("images", {"filter": filter or None, "limit": PAGE})

    def get(self, name: str) -> Record:
        """One image with the tags that lead to its versions."""
        return dict(self._api.get(_path(name)))

    def versions(self, name: str) -> Iterator[Record]:
        """The versions of an image, newest first."""
        return self._api.pages(f"{_path(name)}/versions", {"limit": PAGE})

    def version(self, name: str, version: int | str = "latest") -> Record:
        """One version with its layers, packages and what uses it."""
        return dict(self._api.get(_path(name, version)))

    def build(
        self,
        models: str | Sequence[str] = (),
        *,
        name: str = "",
        code: str | Path | None = None,
        script: str = "",
        environment: str | Path | Mapping[str, Any] | None = None,
        base: str = "",
        type: str = "docker",
        connection: str = "",
        description: str = "",
        tags: Mapping[str, str] | None = None,
        say: Callable[[str], None] = lambda text: None,
    ) -> Record:
        """The version of these contents: one that is ready or on its way, else a new one that waits for its build.

        `models` are versions such as `digits:3`, or none for a script that needs no model, whose image then needs a `name`;
        `code` is a folder, or one file, which then is the script. `environment` is a name, a table as in a job file, or the
        path of a requirements or conda file on this machine. `say` hears what was left out of the folder.
        """
        folder = None if code is None else Path(code).expanduser()
        if folder is not None and folder.is_file() and not script:
            script = folder.name
        body: Record = {
            "name": name,
            "models": [models] if isinstance(models, str) else builtins.list(models),
            "code": _folders.send(self._api, folder, say=say) if folder is not None else "",
            "scoring_script": script,
            **_environment(environment),
            "base": base,
            "type": type,
            "connection": connection,
            "description": description,
            "tags": dict(tags or {}),
        }
        return dict(self._api.post("images", body, key=_ids.new_key()))

    def wait(self, name: str, version: int | str = "latest", *, timeout: float | None = None) -> Record:
        """The version when its build has ended. Raises `WaitTimeout`."""
        deadline = None if timeout is None else time.monotonic() + timeout
        number = self.version(name, version)["version"]  # `latest` may become another one meanwhile
        pause = POLL_SECONDS
        while True:
            found = self.version(name, number)
            if found["state"] in FINAL:
                return found
            if deadline is not None and time.monotonic() + pause > deadline:
                raise _errors.WaitTimeout(f"{name}:{number} is still {found['state']} after {timeout:g} s.")
            time.sleep(pause)
            pause = min(pause * 1.5, 2.0)

    def log(self, name: str, version: int | str = "latest") -> str:
        """What the build has said so far."""
        return "".join(self._pieces(name, version, follow=False))

    def stream(self, name: str, version: int | str = "latest") -> Iterator[str]:
        """What the build says, piece by piece, until it has ended."""
        return self._pieces(name, version, follow=True)

    def cancel(self, name: str, version: int | str = "latest") -> Record:
        return dict(self._api.post(f"{_path(name, version)}/cancel", {}))

    def retry(self, name: str, version: int | str = "latest") -> Record:
        return dict(self._api.post(f"{_path(name, version)}/retry", {}))

    def update(self, name: str, description: str) -> Record:
        return dict(self._api.patch(_path(name), {"description": description}))

    def update_version(
        self, name: str, version: int | str, *, description: str | None = None, tags: Mapping[str, str] | None = None
    ) -> Record:
        """Changes what is given; `tags` are all of its tags with values."""
        given: Record = {"description": description, "tags": None if tags is None else dict(tags)}
        return dict(
            self._api.patch(_path(name, version), {key: item for key, item in given.items() if item is not None})
        )

    def tag(self, name: str, word: str, version: int | str = "latest") -> Record:
        """Lets a word lead to a version, wherever it led before."""
        path = f"{_path(name)}/tags/{_client.segment(word)}"
        return dict(self._api.request("PUT", path, body={"version": str(version)}).json())

    def untag(self, name: str, word: str) -> None:
        self._api.delete(f"{_path(name)}/tags/{_client.segment(word)}")

    def sbom(self, name: str, version: int | str = "latest") -> Record:
        """The packages of a version as CycloneDX JSON."""
        return dict(self._api.get(f"{_path(name, version)}/sbom"))

    def delete(self, name: str, version: int | str | None = None) -> None:
        """Deletes one version, or the image with all of them. Raises `Conflict` while something uses it."""
        self._api.delete(_path(name) if version is None else _path(name, version))

    def _pieces(self, name: str, version: int | str, *, follow: bool) -> Iterator[str]:
        number = self.version(name, version)["version"]
        offset, is_over = 0, False
        while True:
            query = {"offset": offset, "limit": PIECE, "wait": WAIT_SECONDS if follow and not is_over else ""}
            piece = self._api.get(f"{_path(name, number)}/log", query)
            if piece["text"]:
                yield piece["text"]
            moved, offset = piece["next_offset"] > offset, piece["next_offset"]
            if not moved and (piece["is_final"] or is_over or not follow):
                return
            if not moved:
                # A build that ended before it had a process says so by its state alone.
                is_over = self.version(name, number)["state"] in FINAL
                time.sleep(POLL_SECONDS)


def _path(name: str, version: int | str | None = None) -> str:
    image = f"images/{_client.segment(name)}"
    return image if version is None else f"{image}/versions/{_client.segment(version)}"


def _environment(named: str | Path | Mapping[str, Any] | None) -> Record:
    """What a body says of the environment: a file of this machine is sent as its text."""
    if named is None or isinstance(named, Mapping):
        return {"environment": None if named is None else dict(named)}
    text = str(named)
    if not text.endswith(ENVIRONMENT_FILES):
        return {"environment": text}
    path = Path(text.removeprefix("file:")).expanduser()
    return {"environment": path.name, "files": {path.name: _folders.text_of(path)}}
