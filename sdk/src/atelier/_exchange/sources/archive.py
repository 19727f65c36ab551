"""A zip that `atelier export` wrote. Nothing is unpacked to disk; the studio judges every name in it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, Any

from atelier import _errors
from atelier._exchange import exporting
from atelier._exchange.records import CANCELED, COMPLETED, FAILED, Point, Series, SourceFile, SourceRun

LARGEST_RECORDS = 512 * 1024 * 1024
ENDS = frozenset({COMPLETED, FAILED, CANCELED})


class ExportArchive:
    """Every run of an export. Runs keep the identity they had: exported again and imported again, they are the same."""

    def __init__(self, path: Path) -> None:
        self.label = f"export {path.name}"
        self.notes: list[str] = []
        try:
            self._zip = zipfile.ZipFile(path)
            manifest = self._json(exporting.MANIFEST)
        except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
            raise _errors.UsageError(f"{path} is no export of Atelier: {error}.") from error
        if manifest.get("format") != exporting.FORMAT or manifest.get("version") != exporting.VERSION:
            raise _errors.UsageError(f"{path} is no export this version can read.")
        self._origin = str(manifest.get("workspace") or "")
        self._names = self._zip.namelist()

    def runs(self) -> Iterator[SourceRun]:
        """Every run of the zip."""
        for row in self._json(exporting.RUNS):
            run_id = str(row["id"])
            state = str(row.get("state"))
            tags = {key: value for key, value in (row.get("tags") or {}).items() if value is not None}
            if state not in ENDS:
                tags["import.status"] = state
            yield SourceRun(
                external_id=self._external(run_id),
                experiment=str(row["experiment"]),
                name=str(row["name"]),
                state=state if state in ENDS else CANCELED,
                started_ms=_milliseconds(row.get("started_at") or row.get("created_at")),
                ended_ms=_milliseconds(row.get("ended_at")),
                parent=self._external(str(row["parent"])) if row.get("parent") else "",
                description=str(row.get("description") or ""),
                command=str(row.get("command") or ""),
                git=row.get("git") or {},
                params=row.get("params") or {},
                tags=tags,
                series=partial(self._series, run_id),
                files=partial(self._files, run_id),
            )

    def _external(self, run_id: str) -> str:
        return f"atelier:{self._origin}/{run_id}"

    def _series(self, run_id: str) -> Iterator[Series]:
        """The points by key; the writer put each key's points together, in order."""
        name = f"metrics/{run_id}.parquet"
        if name not in self._zip.NameToInfo:
            return
        from pyarrow import parquet

        with self._zip.open(name) as member:
            table = parquet.read_table(member)
        for key in dict.fromkeys(table.column("key").to_pylist()):
            yield Series(key, list(_points(table, key)))

    def _files(self, run_id: str) -> Iterator[SourceFile]:
        place, files = f"runs/{run_id}/", f"runs/{run_id}/files/"
        for name in self._names:
            if not name.startswith(place) or name.endswith("/"):
                continue
            # The log and the code of the old studio become files, beside those the run had.
            path = name[len(files) :] if name.startswith(files) else f"exported/{name[len(place) :]}"
            yield SourceFile(path, self._zip.getinfo(name).file_size, partial(self._open, name))

    def _open(self, name: str) -> IO[bytes]:
        return self._zip.open(name)

    def _json(self, name: str) -> Any:
        if self._zip.getinfo(name).file_size > LARGEST_RECORDS:
            raise ValueError(f"{name} is larger than 512 MB")
        return json.loads(self._zip.read(name))


def _points(table: Any, key: str) -> Iterator[Point]:
    from pyarrow import compute

    rows = table.filter(compute.equal(table.column("key"), key))
    columns = (rows.column(name).to_pylist() for name in ("step", "time_ms", "value"))
    yield from zip(*columns)


def _milliseconds(text: Any) -> int | None:
    if not text:
        return None
    return int(datetime.fromisoformat(str(text).replace("Z", "+00:00")).timestamp() * 1000)
