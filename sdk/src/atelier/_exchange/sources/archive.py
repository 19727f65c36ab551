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
from atelier._exchange import zip_layout
from atelier._exchange.records import (
    CANCELED,
    COMPLETED,
    FAILED,
    Point,
    Series,
    Source,
    SourceExperiment,
    SourceFile,
    SourceLoggedModel,
    SourceModel,
    SourceRun,
    SourceVersion,
)

LARGEST_RECORDS = 512 * 1024 * 1024
ENDS = frozenset({COMPLETED, FAILED, CANCELED})


class ExportArchive(Source):
    """Every run of an export. Runs keep the identity they had: exported again and imported again, they are the same."""

    def __init__(self, path: Path) -> None:
        self.label = f"export {path.name}"
        self.notes: list[str] = []
        try:
            self._zip = zipfile.ZipFile(path)
            manifest = self._json(zip_layout.MANIFEST)
        except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
            raise _errors.UsageError(f"{path} is no export of Atelier: {error}.") from error
        if manifest.get("format") != zip_layout.FORMAT or manifest.get("version") != zip_layout.VERSION:
            raise _errors.UsageError(f"{path} is no export this version can read.")
        self._origin = str(manifest.get("workspace") or "")
        self._names = self._zip.namelist()

    def runs(self) -> Iterator[SourceRun]:
        """Every run of the zip."""
        for row in self._json(zip_layout.RUNS):
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

    def experiments(self) -> Iterator[SourceExperiment]:
        """What was said of their experiments."""
        for row in self._records(zip_layout.EXPERIMENTS):
            yield SourceExperiment(str(row["path"]), str(row.get("description") or ""), row.get("tags") or {})

    def logged_models(self) -> Iterator[SourceLoggedModel]:
        """The logged models of the runs."""
        for row in self._records(zip_layout.LOGGED_MODELS):
            yield SourceLoggedModel(
                external_id=self._external(str(row["id"])),
                experiment=str(row["experiment"]),
                name=str(row["name"]),
                run=self._external(str(row["source_run"])) if row.get("source_run") else "",
                model_type=str(row.get("model_type") or ""),
                is_failed=row.get("state") == "FAILED",
                created=str(row.get("created_at") or ""),
                params=row.get("params") or {},
                tags=row.get("tags") or {},
                files=partial(self._below, zip_layout.place_of_logged(str(row["id"]))),
            )

    def models(self) -> Iterator[SourceModel]:
        """The registered models with all their versions."""
        for row in self._records(zip_layout.MODELS):
            name = str(row["name"])
            versions = sorted((self._version(name, version) for version in row["versions"]), key=lambda one: one.number)
            yield SourceModel(
                external_id=self._external(f"{name}@{row['created_at']}"),
                name=name,
                description=str(row.get("description") or ""),
                tags=_without_imports(row.get("tags")),
                versions=versions,
            )

    def _version(self, name: str, row: dict[str, Any]) -> SourceVersion:
        number, source, run = int(row["version"]), str(row.get("source") or ""), str(row.get("run_id") or "")
        logged = str(row.get("logged_model_id") or "")
        beginnings = {f"runs:/{run}": run, f"models:/{logged}": logged}
        path = next(
            (source[len(one) :].strip("/") for one, id_ in beginnings.items() if id_ and source.startswith(one)), None
        )
        return SourceVersion(
            external_id=self._external(f"{name}/{number}@{row['created_at']}"),
            number=number,
            source=source,
            run=self._external(run) if run else "",
            logged_model=self._external(logged) if logged and source.startswith(f"models:/{logged}") else "",
            path=path,
            description=str(row.get("description") or ""),
            stage=str(row.get("stage") or ""),
            created=str(row.get("created_at") or ""),
            tags=_without_imports(row.get("tags")),
            aliases=row.get("aliases") or [],
            files=partial(self._below, zip_layout.place_of_version(name, number)),
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

    def _below(self, place: str) -> Iterator[SourceFile]:
        for name in self._names:
            if name.startswith(place) and not name.endswith("/"):
                yield SourceFile(name[len(place) :], self._zip.getinfo(name).file_size, partial(self._open, name))

    def _records(self, name: str) -> list[dict[str, Any]]:
        """A list that exports of runs alone, and older ones, do not have."""
        return list(self._json(name)) if name in self._zip.NameToInfo else []

    def _open(self, name: str) -> IO[bytes]:
        return self._zip.open(name)

    def _json(self, name: str) -> Any:
        if self._zip.getinfo(name).file_size > LARGEST_RECORDS:
            raise ValueError(f"{name} is larger than 512 MB")
        return json.loads(self._zip.read(name))


def _without_imports(tags: Any) -> dict[str, str]:
    """Where the exported one had come from itself is not where this one comes from."""
    return {key: str(value) for key, value in (tags or {}).items() if not key.startswith("import.")}


def _points(table: Any, key: str) -> Iterator[Point]:
    from pyarrow import compute

    rows = table.filter(compute.equal(table.column("key"), key))
    columns = (rows.column(name).to_pylist() for name in ("step", "time_ms", "value"))
    yield from zip(*columns)


def _milliseconds(text: Any) -> int | None:
    if not text:
        return None
    return int(datetime.fromisoformat(str(text).replace("Z", "+00:00")).timestamp() * 1000)
