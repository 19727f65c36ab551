"""A folder `wandb`: what Weights & Biases keeps of each run on the machine it ran on (`run-….wandb`).

The file is a log of framed pieces (the framing of LevelDB's log: blocks of 32 KiB, a header of 7 bytes a piece) behind a
header of 7 bytes; each record is a protobuf message whose shape the package `wandb` knows.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from atelier import _errors
from atelier._exchange.records import CANCELED, COMPLETED, FAILED, Point, Series, Source, SourceFile, SourceRun
from atelier._exchange.sources import folders

BLOCK = 32_768
HEADER = 7
MAGIC = b":W&B"
WHOLE, FIRST, LAST = 1, 2, 4
# Names with an underscore are W&B's own bookkeeping.
HIDDEN = "_"


@dataclass
class _Read:
    """What the records of one file say."""

    run: Any = None
    exit_code: int | None = None
    runtime_s: int = 0
    config: dict[str, Any] = field(default_factory=dict)
    points: dict[str, list[Point]] = field(default_factory=dict)
    last_ms: int = 0
    left_out: set[str] = field(default_factory=set)


class WandbFolder(Source):
    """Every run of a folder, offline ones and such that were synchronised."""

    def __init__(self, root: Path, experiment: str = "") -> None:
        self.label = f"W&B folder {root.name}"
        self.notes: list[str] = []
        self._root = root
        self._experiment = experiment

    def runs(self) -> Iterator[SourceRun]:
        """One run a `.wandb` file; the link `latest-run` is not followed."""
        for path in sorted(self._root.rglob("run-*.wandb")):
            if not any(above.is_symlink() for above in path.parents):
                read = self._read(path)
                if read is not None:
                    yield self._run(path, read)

    def _run(self, path: Path, read: _Read) -> SourceRun:
        run = read.run
        name = run.display_name or run.run_id
        if read.left_out:
            shown = ", ".join(sorted(read.left_out)[:5])
            self.notes.append(f"{name}: what is no number was left out of the metrics ({shown}).")
        linked = sorted(file.name for file in (path.parent / "files").rglob("*") if file.is_symlink())
        if linked:
            self.notes.append(
                f"{name}: links to files elsewhere were left out ({', '.join(linked[:5])}); put the files in their place to bring them."
            )
        started = run.start_time.ToMilliseconds() or None
        tags = {"wandb.id": run.run_id, "wandb.project": run.project, "wandb.group": run.run_group}
        tags.update({f"wandb.tag.{tag}": "true" for tag in run.tags})
        tags.update({"wandb.job_type": run.job_type, "wandb.host": run.host})
        return SourceRun(
            external_id=f"wandb:{run.project}/{run.run_id}"[:255],
            experiment=self._experiment or run.project or "wandb",
            name=name,
            state=CANCELED if read.exit_code is None else (FAILED if read.exit_code else COMPLETED),
            started_ms=started,
            ended_ms=_end(started, read),
            description=run.notes,
            git={"commit": run.git.commit, "remote": run.git.remote_url},
            params=dict(_flat(read.config)),
            tags={key: value for key, value in tags.items() if value},
            series=partial(_series, read),
            files=partial(_files, path.parent),
        )

    def _read(self, path: Path) -> _Read | None:
        read = _Read()
        try:
            for record in _records(path):
                _take(read, record)
        except _Broken as error:
            self.notes.append(f"{path} breaks off: {error}; what came before it is imported.")
        if read.run is None:
            self.notes.append(f"{path} holds no run.")
            return None
        return read


class _Broken(Exception):
    """The file ends in the middle of a piece: its run was killed, or still writes."""


def _records(path: Path) -> Iterator[Any]:
    shapes = _shapes()
    for message in _messages(path.read_bytes()):
        yield shapes.Record.FromString(message)


def _messages(data: bytes) -> Iterator[bytes]:
    if not data.startswith(MAGIC):
        raise _Broken("it does not begin as such a file does")
    at, parts = HEADER, b""
    while at + HEADER <= len(data):
        room = BLOCK - at % BLOCK
        if room < HEADER:
            at += room
            continue
        _, length, kind = struct.unpack_from("<IHB", data, at)
        at += HEADER
        if kind == 0:
            return
        if at + length > len(data):
            raise _Broken("its last piece is cut off")
        piece = data[at : at + length]
        at += length
        parts = piece if kind in (WHOLE, FIRST) else parts + piece
        if kind in (WHOLE, LAST):
            yield parts


def _take(read: _Read, record: Any) -> None:
    kind = record.WhichOneof("record_type")
    if kind == "run":
        read.run = record.run
        _configure(read, record.run.config)
    elif kind == "config":
        _configure(read, record.config)
    elif kind == "history":
        _history(read, record.history)
    elif kind == "exit":
        read.exit_code, read.runtime_s = record.exit.exit_code, record.exit.runtime


def _configure(read: _Read, config: Any) -> None:
    for item in config.update:
        key = item.key or ".".join(item.nested_key)
        if not key.startswith(HIDDEN):
            read.config[key] = json.loads(item.value_json)


def _history(read: _Read, history: Any) -> None:
    row = {item.key or ".".join(item.nested_key): json.loads(item.value_json) for item in history.item}
    step = int(row.get("_step", history.step.num))
    time_ms = int(float(row.get("_timestamp", 0)) * 1000)
    read.last_ms = max(read.last_ms, time_ms)
    for key, value in _flat(row):
        number = _number(value)
        if key.startswith(HIDDEN):
            continue
        if number is None:
            read.left_out.add(key)
        else:
            read.points.setdefault(key, []).append((step, time_ms, number))


def _number(value: Any) -> float | None:
    if isinstance(value, (bool, int, float)):
        return float(value)
    # W&B writes what JSON has no number for as a word.
    return (
        {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}.get(value) if isinstance(value, str) else None
    )


def _flat(values: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict) and value and "_type" not in value:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _end(started: int | None, read: _Read) -> int | None:
    if read.runtime_s and started:
        return started + read.runtime_s * 1000
    return read.last_ms or started


def _series(read: _Read) -> Iterator[Series]:
    for key, points in read.points.items():
        yield Series(key, points)


def _files(folder: Path) -> Iterator[SourceFile]:
    place = folder / "files"
    if place.is_dir():
        yield from folders.files_below(place)


def _shapes() -> Any:
    try:
        from wandb.proto import wandb_internal_pb2
    except ImportError as error:
        raise _errors.ConfigurationError("Reading W&B's files needs wandb: pip install 'atelier[wandb]'.") from error
    return wandb_internal_pb2
