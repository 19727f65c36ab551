"""One version of a data asset: its files, rows and profile, and what used it."""

from __future__ import annotations

import importlib
import io
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atelier import _client, _errors
from atelier._data import frames, range_file
from atelier._data.fetching import Fetcher, RemoteFile
from atelier._data.tally import Told

if TYPE_CHECKING:
    import pandas
    import polars

Record = dict[str, Any]
SHORTEST_PAUSE, LONGEST_PAUSE = 0.2, 2.0
ELSEWHERE = "azureml://datastores/"


@dataclass(frozen=True)
class DataFile:
    """A file of a version."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Rows:
    """Rows as the server shows them: `for row in rows` gives dictionaries. `has_more`: these are not all."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    has_more: bool

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Record]:
        return (dict(zip(self.columns, row)) for row in self.rows)

    def to_pandas(self) -> pandas.DataFrame:
        """These rows for pandas."""
        try:
            import pandas
        except ImportError as error:
            raise _errors.AtelierError("pandas is not installed. Install it with: pip install pandas") from error
        return pandas.DataFrame([list(row) for row in self.rows], columns=list(self.columns))


class DataVersion:
    """A version never changes. `data` is what the server said of it last."""

    def __init__(self, api: _client.Client, data: Mapping[str, Any]) -> None:
        self._api = api
        self.data: Record = dict(data)

    def __repr__(self) -> str:
        return f"<DataVersion {self.reference} ({self.state})>"

    @property
    def name(self) -> str:
        return str(self.data["name"])

    @property
    def version(self) -> str:
        return str(self.data["version"])

    @property
    def reference(self) -> str:
        """How job files name it: `azureml:cars:3`."""
        return str(self.data["reference"])

    @property
    def state(self) -> str:
        """pending while its files are read, then ready or failed."""
        return str(self.data["state"])

    @property
    def path(self) -> str:
        """The REST path of the version, below the workspace."""
        return f"data/{_client.segment(self.name)}/versions/{_client.segment(self.version)}"

    def refresh(self) -> DataVersion:
        """Reads the version again."""
        self.data = dict(self._api.get(self.path))
        return self

    def wait(self, timeout: float | None = None) -> DataVersion:
        """Waits until the files were read. Raises `Conflict` for what can't be, and `WaitTimeout`."""
        _wait(lambda: self.refresh().state != "pending", timeout, f"The files of {self.reference} are still being read")
        if self.state == "failed":
            raise _errors.Conflict(f"{self.reference} can't be used: {self.data['problem']}", status=409)
        return self

    def files(self) -> list[DataFile]:
        """Every file of the version."""
        rows = self._api.get(f"{self.path}/files", {"recursive": True})["results"]
        return [DataFile(row["path"], row["size"], row["sha256"] or "") for row in rows]

    def download(self, to: str | Path = ".", *, progress: Told | None = None) -> list[Path]:
        """Saves all files below a folder; those that are there already are left.

        What was cut is gone on with. Raises `UnsafeName` before a name could leave the folder.
        """
        files = [
            RemoteFile(f"{self.path}/files/{_client.quoted_path(file.path)}", _local_name(file.path), file.size, file.sha256)
            for file in self.files()
        ]  # fmt: skip
        return Fetcher(self._api, progress=progress).save(files, Path(to))

    def open(self, path: str = "") -> io.BufferedReader:
        """A file to be read where it lies; without a path the only file there is."""
        if not path:
            found = self.files()
            if len(found) != 1:
                raise _errors.UsageError(f"{self.reference} has {len(found):,} files: say which one to open.")
            path = found[0].path
        return range_file.opened(self._api, f"{self.path}/files/{_client.quoted_path(path)}")

    def rows(
        self,
        limit: int = 100,
        where: str = "",
        *,
        random: bool = False,
        offset: int = 0,
        columns: Sequence[str] = (),
        order: Sequence[str] = (),
    ) -> Rows:
        """Rows as the page Explore shows them: `rows(10, "price > 100", order=["-price"])`."""
        query = {
            "mode": "random" if random else "first",
            "limit": limit,
            "where": where,
            "offset": offset,
            "columns": list(columns),
            "order": list(order),
        }
        return _rows(self._api.get(f"{self.path}/rows", query))

    def sql(self, query: str, *, limit: int | None = None) -> Rows:
        """The answer to one SELECT over the table `data`: `sql("select make, avg(price) from data group by 1")`."""
        body: Record = {"sql": query} if limit is None else {"sql": query, "limit": limit}
        return _rows(self._api.post(f"{self.path}/sql", body, timeout=range_file.ANSWER_SECONDS))

    def profile(self, *, wait: bool = True, timeout: float | None = None) -> Record:
        """What is in each column, made when there is none yet. Without `wait` as far as it is."""
        found = self._api.get(f"{self.path}/profile")
        if found["state"] in ("missing", "failed"):
            found = self._api.post(f"{self.path}/profile")
        seen = [found]

        def is_over() -> bool:
            seen[0] = self._api.get(f"{self.path}/profile")
            return seen[0]["state"] not in ("queued", "running")

        if wait and found["state"] in ("queued", "running"):
            _wait(is_over, timeout, f"The profile of {self.reference} is still being made")
        if wait and seen[0]["state"] == "failed":
            raise _errors.Conflict(
                f"The profile of {self.reference} could not be made: {seen[0]['problem']}", status=409
            )  # fmt: skip
        return dict(seen[0])

    def drift(self, other: int | str) -> Record:
        """What changed from another version of the asset to this one; both need a profile."""
        return dict(self._api.get(f"{self.path}/drift", {"with": str(other)}))

    def uses(self) -> Record:
        """What read the version in `used_by`, and what it came from in `came_from`."""
        return dict(self._api.get(f"{self.path}/uses"))

    def to_polars(self, folder: str | Path | None = None) -> polars.DataFrame:
        """All rows, read on this machine. The files are kept in `folder` and found there again, else forgotten."""
        frames.loaded_polars()
        if folder is not None:
            return self.scan(folder).collect()
        with tempfile.TemporaryDirectory(prefix="atelier-data-") as passing:
            return self.scan(passing).collect()

    def to_pandas(self, folder: str | Path | None = None) -> pandas.DataFrame:
        """All rows for pandas, read on this machine."""
        return frames.to_pandas(self.to_polars(folder))

    def scan(self, folder: str | Path) -> polars.LazyFrame:
        """A lazy table over the files, which are saved to `folder` first: for what is larger than memory."""
        frames.loaded_polars()
        if self.data["type"] == "mltable":
            self.download(folder)
            return _mltable(Path(folder), str(self.data.get("mltable") or ""), self.reference)
        return frames.scan(self.download(folder), self.data.get("reading") or {}, self.data.get("schema") or [])

    def update(self, *, description: str | None = None, tags: Mapping[str, str | None] | None = None) -> DataVersion:
        """Other words and tags; a tag that is None is removed. Nothing else of a version ever changes."""
        given = {"description": description, "tags": None if tags is None else dict(tags)}
        body = {name: value for name, value in given.items() if value is not None}
        self.data = dict(self._api.patch(self.path, body))
        return self

    def archive(self, is_archived: bool = True) -> DataVersion:
        """Takes the version out of what `latest` means, or brings it back."""
        self.data = dict(self._api.patch(self.path, {"is_archived": is_archived}))
        return self

    def delete(self) -> None:
        """Deletes the version with the files that were stored for it; one that is used is refused."""
        self._api.delete(self.path)


def _rows(answer: Mapping[str, Any]) -> Rows:
    columns = answer["columns"]
    return Rows(
        tuple(column["name"] for column in columns),
        tuple(column["type"] for column in columns),
        tuple(tuple(row) for row in answer["rows"]),
        bool(answer["has_more"]),
    )


def _local_name(path: str) -> str:
    """Where a file of another folder is put: below `elsewhere/`, as in the zip of a version."""
    if not path.startswith(ELSEWHERE):
        return path
    datastore, _, below = path[len(ELSEWHERE) :].partition("/paths/")
    return f"elsewhere/{datastore}/{below}"


def _mltable(folder: Path, text: str, reference: str) -> Any:
    """A table by its MLTable file, which only its own module carries out to the last step."""
    module: Any = importlib.import_module("mltable")
    if not hasattr(module, "load"):
        raise _errors.AtelierError(f"{reference} is an MLTable, and the module mltable here can't load tables.")
    file = folder / "MLTable"
    if not file.exists():
        file.write_text(text, encoding="utf-8")  # made in the studio, which keeps the text beside the files
    return frames.loaded_polars().from_pandas(module.load(str(folder)).to_pandas_dataframe()).lazy()


def _wait(is_over: Callable[[], bool], timeout: float | None, sentence: str) -> None:
    deadline = None if timeout is None else time.monotonic() + timeout
    pause = SHORTEST_PAUSE
    while not is_over():
        if deadline is not None and time.monotonic() + pause > deadline:
            raise _errors.WaitTimeout(f"{sentence} after {timeout:g} s.")
        time.sleep(pause)
        pause = min(pause * 1.5, LONGEST_PAUSE)
