"""An Aim repository, read without changing it: its SQLite file of names and its RocksDB file for each run."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import Any

from atelier import _errors
from atelier._exchange.records import COMPLETED, Point, Series, Source, SourceRun

RUNS = """
    SELECT r.hash, COALESCE(r.name, ''), COALESCE(r.description, ''), COALESCE(e.name, 'aim'), r.created_at,
        COALESCE(r.finalized_at, r.created_at), r.id
    FROM run r LEFT JOIN experiment e ON e.id = r.experiment_id ORDER BY r.created_at, r.hash
"""
TAGS = "SELECT t.name FROM tag t JOIN run_tag rt ON rt.tag_id = t.id WHERE rt.run_id = ?"
SYSTEM = "__system__"


class AimRepository(Source):
    """Every run with its parameters, tags and metrics; images, texts and distributions are named in the notes."""

    def __init__(self, root: Path) -> None:
        self._home = root if root.name == ".aim" else root / ".aim"
        self.label = f"Aim repository {self._home.parent.name}"
        self.notes: list[str] = []
        names = self._home / "run_metadata.sqlite"
        if not names.is_file():
            raise _errors.UsageError(f"{root} is no Aim repository: there is no {names}.")
        self._names = sqlite3.connect(f"{names.resolve().as_uri()}?mode=ro", uri=True)

    def runs(self) -> Iterator[SourceRun]:
        """Every run that has records."""
        for run_id, name, description, experiment, created, ended, number in self._names.execute(RUNS).fetchall():
            meta = self._meta(run_id)
            if meta is None:
                self.notes.append(f"{name or run_id}: its records are missing.")
                continue
            yield SourceRun(
                external_id=f"aim:{run_id}",
                experiment=experiment,
                name=name or run_id[:12],
                state=COMPLETED,
                started_ms=_milliseconds(created),
                ended_ms=_end_of(meta) or _milliseconds(ended),
                description=description,
                params=dict(_flat(meta.get("attrs", {}))),
                tags={f"aim.tag.{tag}": "true" for (tag,) in self._names.execute(TAGS, (number,))},
                series=partial(self._series, run_id, meta.get("contexts", {})),
            )

    def _meta(self, run_id: str) -> Mapping[str, Any] | None:
        container = _container(self._home / "meta" / "chunks" / run_id)
        if container is None:
            return None
        tree = container.tree().collect()
        chunks: Mapping[str, Mapping[str, Any]] = tree.get("meta", {}).get("chunks", {})
        return chunks.get(run_id, {})

    def _series(self, run_id: str, contexts: Mapping[int, Mapping[str, Any]]) -> Iterator[Series]:
        container = _container(self._home / "seqs" / "chunks" / run_id)
        if container is None:
            return
        fields = _fields(container)
        for (context, name), columns in fields.items():
            points = sorted(_points(columns))
            if points:
                yield Series(_key(name, contexts.get(context, {})), points)
            else:
                self.notes.append(f"{run_id[:12]}: {name} is no number and was left out.")


def _fields(container: Any) -> dict[tuple[int, str], dict[str, dict[Any, Any]]]:
    """(context, name) → field → index → value, from the flat keys of a run's file."""
    from aim.storage import encoding

    found: dict[tuple[int, str], dict[str, dict[Any, Any]]] = {}
    for raw_path, raw_value in container.items(b""):
        path = encoding.decode_path(raw_path)
        # Version 1 had no "v2" and used the step as the index.
        path = path[4:] if path[1] == "v2" else path[3:]
        if len(path) == 4 and isinstance(path[0], int):
            context, name, field, index = path
            found.setdefault((context, name), {}).setdefault(field, {})[index] = encoding.decode(raw_value)
    return found


def _points(columns: Mapping[str, Mapping[Any, Any]]) -> Iterator[Point]:
    steps, times = columns.get("step", {}), columns.get("time", {})
    for index, value in columns.get("val", {}).items():
        if isinstance(value, (int, float)):
            yield int(steps.get(index, index)), int(float(times.get(index, 0)) * 1000), float(value)


def _key(name: str, context: Mapping[str, Any]) -> str:
    """`loss` in the context `{"subset": "train"}` is `train/loss`; other contexts are written out."""
    if name.startswith(SYSTEM):
        return f"system/{name.removeprefix(SYSTEM)}"
    others = {key: value for key, value in context.items() if key != "subset"}
    written = "".join(f" {key}={value}" for key, value in sorted(others.items()))
    return f"{context['subset']}/{name}{written}" if "subset" in context else f"{name}{written}"


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if str(key).startswith("__"):
            continue  # Aim's own facts about the machine
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _end_of(meta: Mapping[str, Any]) -> int | None:
    end = meta.get("end_time")
    return int(float(end) * 1000) if end else None


def _milliseconds(text: Any) -> int | None:
    if not text:
        return None
    moment = datetime.fromisoformat(str(text))
    return int((moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp() * 1000)


def _container(path: Path) -> Any:
    try:
        from aim.storage.rockscontainer import RocksContainer
    except ImportError as error:
        raise _errors.ConfigurationError(
            "Reading a repository of Aim needs aim: pip install 'atelier[aim]'."
        ) from error
    return RocksContainer(str(path), read_only=True) if path.is_dir() else None
