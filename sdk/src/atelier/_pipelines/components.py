"""Components: the studio's own and those registered from a folder; and pipeline files, checked before they run."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from atelier import _client, _errors, _ids, _submit

Record = dict[str, Any]
ROUNDS = 12
PAGE = 200


class Components:
    """`Workspace().components`: `list()`, `create("component.yml")`, `get("train")`, `archive("train")` …"""

    def __init__(self, api: _client.Client) -> None:
        self._api = api

    def list(self, words: str = "", *, category: str = "", source: str = "") -> builtins.list[Record]:
        """The declarations of all components; `source` is "studio" (its own) or "workspace" (registered)."""
        asked = {"q": words or None, "category": category or None, "source": source or None, "limit": PAGE}
        return builtins.list(self._api.pages("components", asked))

    def get(self, name: str, version: str = "") -> Record:
        """A component, or one version of it with its file."""
        return dict(self._api.get(_path(name, version)))

    def create(self, path: str | Path, *, version: str = "", say: Callable[[str], None] = _submit.warn) -> Record:
        """A version of a component file, with its code and the texts that it names; the same file is answered as it is.

        Raises JobFileError naming line and column of what is wrong.
        """
        file = _submit.read_job(path)
        needs, files = self._needed(file)
        body: Record = {"text": file.text, "file_name": Path(file.file_name).name, "files": files, "version": version}
        for need in needs:
            if need["role"] == "build":
                raise _errors.UsageError("The environment is built of a Dockerfile: register it first, and name it.")
            if need["role"] == "code":
                body["snapshot"] = _submit.send_needed_code(self._api, file.folder, need, say)
        with _submit.placed_errors():
            return dict(self._api.post("components", body, key=_ids.new_key()))

    def archive(self, name: str, version: str = "", *, archived: bool = True) -> Record:
        """Out of the palette, or no longer what `latest` means; with `archived=False` back again."""
        return dict(self._api.patch(_path(name, version), {"is_archived": archived}))

    def delete(self, name: str, version: str = "") -> None:
        """A version, or the component with all of them. Refused while a run under way needs it."""
        self._api.delete(_path(name, version))

    def _needed(self, file: _submit.JobText) -> tuple[builtins.list[Record], dict[str, str]]:
        files: dict[str, str] = {}
        for _ in range(ROUNDS):
            found = self._api.post("component-check", {"text": file.text, "files": files}, key=_ids.new_key())
            texts = [need["path"] for need in found["needs"] if need["role"] == "text" and need["path"] not in files]
            if not texts:
                break
            files |= {path: _submit.read_text((file.folder / path).resolve()) for path in texts}
        return builtins.list(found["needs"]), files


def check_file(api: _client.Client, path: str | Path, inputs: Mapping[str, Any] | None = None) -> builtins.list[Record]:
    """What is wrong with a pipeline file, with line and column; nothing when it can run. Nothing is started."""
    return check_text(api, _submit.read_job(path), inputs or None)


def check_text(
    api: _client.Client, file: _submit.JobText, inputs: Mapping[str, Any] | None = None
) -> builtins.list[Record]:
    """The same of a text. With `inputs`, also when there are none, it is judged as a run with them."""
    files: dict[str, str] = {}
    found: Record = {"problems": []}
    for _ in range(ROUNDS):
        body: Record = {"text": file.text, "file_name": Path(file.file_name).name, "files": files}
        body |= {} if inputs is None else {"inputs": dict(inputs)}
        found = dict(api.post("pipeline-check", body, key=_ids.new_key()))
        texts = [need["path"] for need in found["needs"] if need["role"] == "text" and need["path"] not in files]
        if not texts:
            break
        files |= {name: _submit.read_text((file.folder / name).resolve()) for name in texts}
    return builtins.list(found["problems"])


def _path(name: str, version: str = "") -> str:
    path = f"components/{_client.segment(name)}"
    return f"{path}/versions/{_client.segment(version)}" if version else path
