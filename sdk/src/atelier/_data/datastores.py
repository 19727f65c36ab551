"""Datastores of a workspace: where they are, what lies in them, files there and back."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from atelier import _client, _errors, _ids
from atelier._data import range_file
from atelier._data.fetching import Fetcher, RemoteFile
from atelier._data.files import read_text
from atelier._data.sending import LocalFile, Sender, files_at, warn
from atelier._data.tally import Told

Record = dict[str, Any]
Records = list[Record]  # a method named list hides the class
PAGE = 500


@dataclass(frozen=True)
class Entry:
    """A file or a folder of a datastore."""

    path: str
    name: str
    is_dir: bool
    size: int | None
    modified_at: str | None
    problem: str = ""


class Datastores:
    """`Workspace().datastores`: `datastores.get("lake").ls("raw")`."""

    def __init__(self, api: _client.Client) -> None:
        self._api = api

    def list(self) -> list[Datastore]:
        """All datastores, by name."""
        return [Datastore(self._api, row) for row in self._api.pages("datastores", {"limit": PAGE})]

    def get(self, name: str) -> Datastore:
        """One datastore by its name."""
        return Datastore(self._api, self._api.get(_path(name)))

    def default(self) -> Datastore:
        """The one that uploads go to."""
        return next((each for each in self.list() if each.data["is_default"]), None) or self.get("default")

    def create(
        self,
        file: str | Path | None = None,
        *,
        name: str = "",
        kind: str = "",
        options: Mapping[str, Any] | None = None,
        credential: Mapping[str, str] | None = None,
        description: str = "",
        tags: Mapping[str, str] | None = None,
        is_read_only: bool = False,
    ) -> Datastore:
        """Registers a datastore, of a YAML file or of its fields.

        `create("store.yml")`, or `create(name="lake", kind="s3", options={"bucket": "lake"}, credential={…})`.
        """
        if file is not None:
            body: Record = {"file_name": Path(file).name, "text": read_text(file)}
        else:
            body = {"name": name, "kind": kind, "description": description, "options": dict(options or {})}
            body.update({"tags": dict(tags or {}), "is_read_only": is_read_only})
            body["credential"] = None if credential is None else dict(credential)
        return Datastore(self._api, self._api.post("datastores", body, key=_ids.new_key()))

    def kinds(self) -> Records:
        """The kinds there are, with their settings and credentials."""
        return [dict(row) for row in self._api.get("datastore-kinds")["results"]]

    def set_default(self, name: str) -> Datastore:
        """Lets uploads go to this datastore from now on."""
        return Datastore(self._api, self._api.patch(_path(name), {"is_default": True}))

    def delete(self, name: str) -> None:
        """Forgets a datastore; the files in it stay where they are."""
        self._api.delete(_path(name))


class Datastore:
    """One datastore. `data` is what the server said of it last; a credential is never in it."""

    def __init__(self, api: _client.Client, data: Mapping[str, Any]) -> None:
        self._api = api
        self.data: Record = dict(data)

    def __repr__(self) -> str:
        return f"<Datastore {self.name!r} ({self.data['kind']})>"

    @property
    def name(self) -> str:
        return str(self.data["name"])

    def check(self) -> Record:
        """Tests the connection: `is_working`, and in `problem` and `hint` what is wrong."""
        return dict(self._api.post(f"{self._path}/check"))

    def update(self, **changes: Any) -> Datastore:
        """Changes description, options, credential, tags or is_read_only."""
        self.data = dict(self._api.patch(self._path, changes))
        return self

    def set_default(self) -> Datastore:
        """Lets uploads go here from now on."""
        return self.update(is_default=True)

    def ls(self, path: str = "") -> Iterator[Entry]:
        """What lies right in a folder, page by page."""
        for row in self._api.pages(f"{self._path}/entries", {"path": path.strip("/"), "limit": PAGE}):
            yield Entry(row["path"], row["name"], row["is_dir"], row["size"], row["modified_at"], row["problem"])

    def walk(self, path: str = "") -> Iterator[Entry]:
        """Every file below a folder."""
        for entry in self.ls(path):
            if entry.is_dir:
                yield from self.walk(entry.path)
            else:
                yield entry

    def upload(
        self,
        local: str | Path,
        path: str = "",
        *,
        overwrite: bool = False,
        skip_existing: bool = False,
        progress: Told | None = None,
        say: Callable[[str], None] = warn,
    ) -> list[str]:
        """Sends a file or a folder, and answers the paths there. A file goes below a path that ends with `/`.

        Said again after a cut, it goes on where it was. `skip_existing` leaves files that are there with the same size.
        """
        files = files_at(local, path, say)
        if skip_existing:
            files = self.missing(files)
        self.send(files, overwrite=overwrite, progress=progress)
        return [file.path for file in files]

    def send(self, files: Sequence[LocalFile], *, overwrite: bool = False, progress: Told | None = None) -> None:
        """Sends files that were looked up already."""
        Sender(self._api, self.name, overwrite=overwrite, progress=progress).send(files)

    def download(self, path: str, to: str | Path = ".", *, progress: Told | None = None) -> list[Path]:
        """Saves a file, or all files of a folder below the folder `to`; a file may be given its own name.

        A download that was cut goes on where it was. Raises `UnsafeName` before a name could leave `to`.
        """
        fetcher = Fetcher(self._api, progress=progress)
        whole = path.strip("/")
        file = self._file(whole) if whole and not path.endswith("/") else None
        if file is None:
            return fetcher.save(self._below(whole), Path(to))
        target = Path(to)
        if target.is_dir() or str(to).endswith(("/", os.sep)):
            return fetcher.save([file], target)
        return fetcher.save([RemoteFile(file.address, target.name, file.size)], target.parent)

    def open(self, path: str) -> io.BufferedReader:
        """A file to be read where it lies, by ranges: `pandas.read_parquet(datastore.open("cars.parquet"))`."""
        return range_file.opened(self._api, self._address(path))

    def link(self, path: str, *, seconds: int | None = None) -> str:
        """An address of a file that needs no token, for an hour or so many seconds."""
        return str(self._api.get(f"{self._path}/link/{_quoted(path)}", {"seconds": seconds})["url"])

    def delete(self, path: str) -> None:
        """Removes one file. One that a data version stands on is refused."""
        self._api.delete(self._address(path))

    def tables(self) -> list[Record]:
        """Tables and views of a database, with their columns."""
        return [dict(row) for row in self._api.get(f"{self._path}/tables")["results"]]

    def missing(self, files: Sequence[LocalFile]) -> list[LocalFile]:
        """Those of the files that are not there with their size."""
        there: dict[str, int | None] = {}
        for folder in sorted({file.path.rpartition("/")[0] for file in files}):
            try:
                there.update({entry.path: entry.size for entry in self.ls(folder) if not entry.is_dir})
            except _errors.NotFound:
                continue
        return [file for file in files if there.get(file.path) != file.size]

    def _file(self, path: str) -> RemoteFile | None:
        """The file of this path; None for a folder. Raises `NotFound`."""
        try:
            found = self._api.request("HEAD", self._address(path))
        except (_errors.NotFound, _errors.Conflict):
            if next(self.ls(path), None) is not None:
                return None
            raise _errors.NotFound(
                f"There is no file or folder {path!r} in the datastore {self.name}.", status=404
            ) from None
        size = found.headers.get("Content-Length", "")
        return RemoteFile(self._address(path), path.rpartition("/")[2], int(size) if size.isdigit() else None)

    def _below(self, folder: str) -> list[RemoteFile]:
        prefix = f"{folder}/" if folder else ""
        return [RemoteFile(self._address(e.path), e.path[len(prefix) :], e.size) for e in self.walk(folder)]

    def _address(self, path: str) -> str:
        return f"{self._path}/files/{_quoted(path)}"

    @property
    def _path(self) -> str:
        return _path(self.name)


def _path(name: str) -> str:
    return f"datastores/{_client.segment(name)}"


def _quoted(path: str) -> str:
    return _client.quoted_path(path.strip("/"))
