"""Data assets of a workspace: names with versions, made of files here, files there, addresses and queries."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from atelier import _client, _errors, _ids, _snapshot
from atelier._data.datastores import Datastore
from atelier._data.files import read_text
from atelier._data.sending import LocalFile, Sender, files_at, warn
from atelier._data.tally import Told
from atelier._data.versions import DataVersion

Record = dict[str, Any]
Paths = list[Path]  # a method named list hides the class
PAGE = 100
SCHEMES = ("http", "https", "wasbs", "wasb", "abfss", "abfs", "adl", "s3", "gs")


class Data:
    """`Workspace().data`: every call names the asset, and a version by its name or `latest`."""

    def __init__(self, api: _client.Client) -> None:
        self._api = api

    def list(self, q: str = "", *, type: str = "", tag: str = "", archived: bool | None = None) -> Iterator[Record]:
        """The data assets, by name; `q` are words of names and descriptions."""
        query = {"q": q, "type": type, "tag": tag, "archived": archived, "limit": PAGE}
        return self._api.pages("data", query)

    def asset(self, name: str) -> Record:
        """What is said of an asset, whatever its version."""
        return dict(self._api.get(_path(name)))

    def versions(self, name: str) -> Iterator[DataVersion]:
        """The versions of an asset, newest first."""
        rows = self._api.pages(f"{_path(name)}/versions", {"limit": PAGE})
        return (DataVersion(self._api, row) for row in rows)

    def get(self, name: str, version: int | str = "latest") -> DataVersion:
        """One version; `name` may be a whole reference such as `azureml:cars:3`."""
        name, version = _named(name, version)
        return DataVersion(self._api, self._api.get(f"{_path(name)}/versions/{_client.segment(version)}"))

    def download(
        self, name: str, to: str | Path = ".", version: int | str = "latest", *, progress: Told | None = None
    ) -> Paths:
        """Saves the files of a version below a folder."""
        return self.get(name, version).download(to, progress=progress)

    def create(
        self,
        name: str,
        path: str | Path = "",
        *,
        type: str = "",
        version: str = "",
        description: str = "",
        tags: Mapping[str, str] | None = None,
        properties: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        reading: Mapping[str, Any] | None = None,
        schema: Sequence[Mapping[str, Any]] | None = None,
        progress: Told | None = None,
        say: Callable[[str], None] = warn,
    ) -> DataVersion:
        """The next version of an asset, which is made when it is new.

        `path` is a file or folder here, which is sent first, or `azureml://datastores/…`, `azureml:NAME:VERSION`,
        `https://…`; or `query` asks a database: `{"datastore": "sales", "text": "select …"}`.
        """
        body: Record = {"name": name, "version": version, "description": description}
        body.update({"tags": dict(tags or {}), "properties": dict(properties or {})})
        body["type"] = type or _type_of(path)
        if reading is not None:
            body["reading"] = dict(reading)
        if schema is not None:
            body["schema"] = [dict(column) for column in schema]
        if query is not None:
            return self._register({**body, "query": dict(query)})
        if is_reference(str(path)):
            return self._register({**body, "path": str(path)})
        return self._create_of_files(body, name, Path(path), progress, say)

    def create_from_file(
        self,
        file: str | Path,
        *,
        name: str = "",
        path: str | Path = "",
        version: str = "",
        type: str = "",
        progress: Told | None = None,
        say: Callable[[str], None] = warn,
    ) -> DataVersion:
        """The version that a data YAML describes; a local path in it starts from the file's folder and is sent first."""
        source = Path(file).expanduser()
        text = read_text(source)
        told = self._api.post("data-file-check", {"file_name": source.name, "text": text})
        given = {"name": name, "version": version, "type": type}
        body: Record = {"file_name": source.name, "text": text}
        body.update({key: value for key, value in given.items() if value})
        place = str(path) or told["path"]
        if is_reference(place):
            return self._register({**body, "path": place} if path else body)
        local = Path(path) if path else source.parent / Path(place).expanduser()
        return self._create_of_files(body, name or told["name"], local, progress, say)

    def update(
        self, name: str, *, description: str | None = None, tags: Mapping[str, str | None] | None = None
    ) -> Record:
        """Other words and tags of an asset; a tag that is None is removed."""
        given = {"description": description, "tags": None if tags is None else dict(tags)}
        return dict(self._api.patch(_path(name), {key: value for key, value in given.items() if value is not None}))

    def archive(self, name: str, version: int | str | None = None, *, is_archived: bool = True) -> None:
        """Takes an asset, or one version of it, out of the lists, or brings it back."""
        if version is not None:
            self.get(name, version).archive(is_archived)
        else:
            self._api.patch(_path(name), {"is_archived": is_archived})

    def delete(self, name: str, version: int | str | None = None) -> None:
        """Deletes one version, or the asset with all of them. What is used is refused."""
        if version is not None:
            self.get(name, version).delete()
        else:
            self._api.delete(_path(name))

    def _create_of_files(
        self, body: Record, name: str, path: Path, progress: Told | None, say: Callable[[str], None]
    ) -> DataVersion:
        files = files_at(path, "", say)
        if not files:
            raise _errors.UsageError(f"There are no files in {path}.")
        same = self._same(name, files)
        if same is not None:
            say(f"{same.reference} has the same content already: nothing is sent again.")
            return self._register({**body, "path": same.reference})
        try:
            return self._send(body, name, files, _key(name, files), progress)
        except (_errors.InvalidRequest, _errors.Conflict) as error:
            if not _is_about_the_folder(error):
                raise
        # The folder of an earlier try became a version meanwhile: these files get one of their own.
        return self._send(body, name, files, _ids.new_key(), progress)

    def _send(
        self, body: Record, name: str, files: Sequence[LocalFile], key: str, progress: Told | None
    ) -> DataVersion:
        folder = self._api.post("data-folders", {"name": name}, key=key)
        store = Datastore(self._api, {"name": folder["datastore"], "kind": ""})
        placed = [LocalFile(file.source, f"{folder['path']}/{file.path}", file.size) for file in files]
        # The same key gives the same folder: what an earlier try has sent lies there.
        Sender(self._api, store.name, progress=progress).send(store.missing(placed))
        return self._register({**body, "folder": folder["path"]})

    def _same(self, name: str, files: Sequence[LocalFile]) -> DataVersion | None:
        """The newest version, when it holds these very files."""
        try:
            newest = self.get(name)
        except _errors.NotFound:
            return None
        facts = newest.data
        is_alike = facts["file_count"] == len(files) and facts["size"] == sum(file.size for file in files)
        if newest.state != "ready" or not is_alike or facts["content_hash"] != _content_hash(files):
            return None
        return newest

    def _register(self, body: Record) -> DataVersion:
        return DataVersion(self._api, self._api.post("data", body, key=_ids.new_key()))


def is_reference(text: str) -> bool:
    """Whether a text names data that the studio can find, rather than a file of this machine."""
    low = text.lower()
    scheme, mark, _ = low.partition("://")
    return low.startswith(("azureml:", "/subscriptions/")) or (bool(mark) and scheme in SCHEMES)


def _type_of(path: str | Path) -> str:
    """A file, or a folder; an MLTable says so itself."""
    if is_reference(str(path)):
        last = str(path).rstrip("/").rpartition("/")[2]
        return "uri_file" if "." in last and not str(path).endswith("/") and "://" in str(path) else "uri_folder"
    return "uri_file" if Path(path).expanduser().is_file() else "uri_folder"


def _named(name: str, version: int | str) -> tuple[str, int | str]:
    if not name.startswith("azureml:"):
        return name, version
    rest = name[len("azureml:") :]
    for mark in "@:":
        if mark in rest:
            found, _, wanted = rest.partition(mark)
            return found, wanted
    return rest, version


def _content_hash(files: Sequence[LocalFile]) -> str:
    """The hash that the studio writes down for a version of these files."""
    hashed = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.path):
        hashed.update(f"{file.path}\0{file.size}\0{_snapshot.file_digest(file.source)}\n".encode())
    return hashed.hexdigest()


def _key(name: str, files: Sequence[LocalFile]) -> str:
    """A key that is the same while nobody touches the files: a second try finds the folder of the first."""
    hashed = hashlib.sha256(f"data-folder\0{name}\n".encode())
    for file in files:
        state = file.source.stat()
        hashed.update(f"{file.path}\0{state.st_size}\0{state.st_mtime_ns}\0{state.st_ino}\n".encode())
    return hashed.hexdigest()


def _is_about_the_folder(error: _errors.Refused) -> bool:
    if error.code == "data_folder_taken":
        return True
    return error.code == "bad_data_source" and any(item.get("field") == "folder" for item in error.errors)


def _path(name: str) -> str:
    return f"data/{_client.segment(name)}"
