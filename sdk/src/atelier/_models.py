"""Registered models of a workspace: names, numbered versions, aliases, files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from atelier import _client, _errors, _folders, _ids, _names

Record = dict[str, Any]
PAGE = 100
MLFLOW, MANUAL = "mlflow_model", "MLmodel"


class Models:
    """`Workspace().models`: every call names the model, and a version by its number, an alias or `latest`."""

    def __init__(self, api: _client.Client) -> None:
        self._api = api

    def search(self, filter: str = "") -> Iterator[Record]:
        """The models a filter finds, by name: `search("name LIKE 'digits%' AND tags.team = 'vision'")`."""
        return self._api.pages("models", {"filter": filter or None, "limit": PAGE})

    def get(self, name: str) -> Record:
        """One model with its tags and aliases."""
        return dict(self._api.get(_path(name)))

    def create(self, name: str, description: str = "", tags: Mapping[str, str] | None = None) -> Record:
        """A model without versions. Raises `Conflict` when the name is taken."""
        body = {"name": name, "description": description, "tags": dict(tags or {})}
        return dict(self._api.post("models", body, key=_ids.new_key()))

    def update(
        self,
        name: str,
        *,
        new_name: str | None = None,
        description: str | None = None,
        archived: bool | None = None,
        tags: Mapping[str, str | None] | None = None,
    ) -> Record:
        """Changes what is given; a tag that is None is removed."""
        given = {
            "name": new_name,
            "description": description,
            "is_archived": archived,
            "tags": None if tags is None else dict(tags),
        }
        return dict(self._api.patch(_path(name), {key: value for key, value in given.items() if value is not None}))

    def register(
        self,
        name: str,
        source: str | Path,
        *,
        aliases: Sequence[str] = (),
        description: str = "",
        tags: Mapping[str, str] | None = None,
    ) -> Record:
        """The next version of a model, which is made when it is new: `register("digits", "runs:/k3v9x2m7qabc/model")`.

        `source` may be a `Path` of this machine, too: the file or folder is sent.
        """
        if isinstance(source, Path):
            source = self._send(source, say=lambda text: None)
        body = {"source": source, "aliases": list(aliases), "description": description, "tags": dict(tags or {})}
        try:
            self.get(name)
        except _errors.NotFound:
            self._ensure(name)
        return dict(self._api.post(f"{_path(name)}/versions", body, key=_ids.new_key()))

    def create_from_file(self, file: str | Path, *, say: Callable[[str], None] = lambda text: None) -> Record:
        """The next version of the model that a model file of Azure ML describes; a local path in it is sent.

        `say` hears what the file says and is not kept: versions are counted here. Raises `UsageError` and `Invalid`.
        """
        said = self._api.post("model-files", {"text": _folders.text_of(Path(file))})
        source = said["source"]
        if not source:
            path = Path(file).resolve().parent / Path(said["path"]).expanduser()
            if said["type"] == MLFLOW and not (path / MANUAL).is_file():
                raise _errors.UsageError(
                    f"{path} has no file {MANUAL}: it is no mlflow_model. Name its folder, or another type."
                )
            source = self._send(path, say=say)
        made = self.register(said["name"], source, description=said["description"], tags=said["tags"])
        if said["version"] not in ("", str(made["version"])):
            say(f"Versions are counted here: the file says {said['version']}, this is version {made['version']}.")
        if said["stage"]:
            made = self.update_version(said["name"], made["version"], stage=said["stage"])
        return made

    def _send(self, path: Path, *, say: Callable[[str], None]) -> str:
        """The address under which a file or folder of this machine becomes a version."""
        found = path.expanduser().resolve()
        if not found.exists():
            raise _errors.UsageError(f"There is no file or folder {path}.")
        digest = _folders.send(self._api, found, say=say, ignores=False)
        top = quote(found.name, safe="") if found.is_dir() else ""
        return f"import:folder/{digest}" + (f"/{top}" if top else "")

    def versions(self, name: str, filter: str = "") -> Iterator[Record]:
        """The versions of a model, newest first."""
        return self._api.pages(f"{_path(name)}/versions", {"filter": filter or None, "limit": PAGE})

    def version(self, name: str, version: int | str = "latest") -> Record:
        """One version by its number, an alias or `latest`."""
        return dict(self._api.get(_path(name, version)))

    def update_version(
        self,
        name: str,
        version: int | str,
        *,
        description: str | None = None,
        card: str | None = None,
        stage: str | None = None,
        archive_existing: bool = False,
        archived: bool | None = None,
        tags: Mapping[str, str | None] | None = None,
    ) -> Record:
        """Changes what is given; a stage is one of `stages()`, the card is Markdown."""
        given = {
            "description": description,
            "card": card,
            "stage": stage,
            "is_archived": archived,
            "tags": None if tags is None else dict(tags),
        }
        body: Record = {key: value for key, value in given.items() if value is not None}
        if stage is not None:
            body["archive_existing"] = archive_existing
        return dict(self._api.patch(_path(name, version), body))

    def set_alias(self, name: str, alias: str, version: int | str) -> Record:
        """Lets an alias lead to a version, wherever it led before."""
        path = f"{_path(name)}/aliases/{_client.segment(alias)}"
        return dict(self._api.request("PUT", path, body={"version": str(version)}).json())

    def delete_alias(self, name: str, alias: str) -> None:
        self._api.delete(f"{_path(name)}/aliases/{_client.segment(alias)}")

    def stages(self) -> list[Record]:
        """The stages of the workspace in their order, each with what it asks of a version."""
        return list(self._api.get("model-stages")["results"])

    def define_stage(self, stage: str, **rules: Any) -> Record:
        """Makes or changes a stage: `description`, `needs_approval`, `approvers` (ids), `metrics`, `checks`, `position`."""
        return dict(self._api.request("PUT", f"model-stages/{_client.segment(stage)}", body=rules).json())

    def remove_stage(self, stage: str) -> None:
        self._api.delete(f"model-stages/{_client.segment(stage)}")

    def request_stage(
        self, name: str, version: int | str, stage: str, *, comment: str = "", archive_existing: bool = False
    ) -> Record:
        """Asks that a version moves to a stage that needs somebody's approval."""
        body = {"stage": stage, "comment": comment, "archive_existing": archive_existing}
        return dict(self._api.post(f"{_path(name, version)}/stage-requests", body, key=_ids.new_key()))

    def stage_requests(self, name: str, version: int | str = "latest") -> list[Record]:
        """Who asked for which stage of a version, newest first, with what is met and what is not."""
        return list(self._api.get(f"{_path(name, version)}/stage-requests")["results"])

    def decide(self, name: str, version: int | str, state: str, *, comment: str = "") -> Record:
        """`approved`, `rejected`, or `withdrawn` by who asked: the open request of a version. Raises `NotFound` without one."""
        waiting = [row for row in self.stage_requests(name, version) if row["state"] == "pending"]
        if not waiting:
            raise _errors.NotFound(f"Nobody asks for a stage of version {version} of {name}.")
        path = f"{_path(name, version)}/stage-requests/{waiting[0]['id']}"
        return dict(self._api.patch(path, {"state": state, "answer": comment}))

    def report_check(
        self, name: str, version: int | str, check: str, passed: bool, *, detail: str = "", url: str = ""
    ) -> Record:
        """Reports the result of a named check of a version, in place of the one before."""
        body = {"passed": passed, "detail": detail, "url": url}
        path = f"{_path(name, version)}/checks/{_client.segment(check)}"
        return dict(self._api.request("PUT", path, body=body).json())

    def checks(self, name: str, version: int | str = "latest") -> list[Record]:
        """The last result of each check of a version."""
        return list(self._api.get(f"{_path(name, version)}/checks")["results"])

    def uses(self, name: str, version: int | str = "latest") -> list[str]:
        """What uses a version, in sentences; while there is any it can't be deleted."""
        return list(self._api.get(f"{_path(name, version)}/uses")["results"])

    def compare(self, name: str, version: int | str, other: int | str) -> Record:
        """Two versions side by side: `facts`, `metrics`, `signature`, `packages`; `other` may be `NAME:REF` of another model."""
        return dict(self._api.get(f"{_path(name, version)}/compare", {"with": str(other)}))

    def delete(self, name: str, version: int | str | None = None) -> None:
        """Deletes one version, or the model with all of them."""
        self._api.delete(_path(name) if version is None else _path(name, version))

    def files(self, name: str, version: int | str = "latest") -> list[Record]:
        """Every file of a version."""
        return list(self._api.get(f"{_path(name, version)}/files", {"recursive": "true"})["results"])

    def download(self, name: str, dest: str | Path, version: int | str = "latest") -> list[Path]:
        """Saves all files of a version below a folder. Raises `UnsafeName` before a name could leave it."""
        folder = Path(dest)
        number = self.version(name, version)["version"]  # an alias may move while the files come
        rows = self.files(name, number)
        targets = [(_names.safe_join(folder, row["path"]), row) for row in rows]
        folder.mkdir(parents=True, exist_ok=True)
        for target, row in targets:
            self._save(f"{_path(name, number)}/files/{_client.quoted_path(row['path'])}", target, row["sha256"])
        return [target for target, _ in targets]

    def _save(self, path: str, target: Path, sha256: str | None) -> None:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f"{target.name}.part")
        digest = hashlib.sha256()
        with partial.open("wb") as file:
            for piece in self._api.stream(path):
                digest.update(piece)
                file.write(piece)
        if sha256 and digest.hexdigest() != sha256:
            partial.unlink()
            raise _errors.Unreachable(f"The file {target.name} did not arrive whole. Try again.")
        partial.replace(target)

    def _ensure(self, name: str) -> None:
        try:
            self.create(name)
        except _errors.Conflict:
            return  # somebody else made it meanwhile


def _path(name: str, version: int | str | None = None) -> str:
    model = f"models/{_client.segment(name)}"
    return model if version is None else f"{model}/versions/{_client.segment(version)}"
