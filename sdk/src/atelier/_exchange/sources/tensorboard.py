"""A folder of TensorBoard event files: each folder that holds some is one run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from atelier import _errors
from atelier._exchange.records import COMPLETED, Point, Series, Source, SourceRun

EVENTS = "events.out.tfevents."
HPARAMS = "_hparams_/session_start_info"


class TensorBoard(Source):
    """Scalars and hyper-parameters of every run; images, histograms and graphs are named in the notes."""

    def __init__(self, root: Path, experiment: str = "") -> None:
        self.label = f"TensorBoard {root.name}"
        self.notes: list[str] = []
        self._root = root
        self._experiment = experiment or root.resolve().name or "tensorboard"

    def runs(self) -> Iterator[SourceRun]:
        """Every folder with event files, by its path below the root."""
        folders = sorted({path.parent for path in self._root.rglob(f"*{EVENTS}*") if path.is_file()})
        for folder in folders:
            yield self._run(folder)

    def _run(self, folder: Path) -> SourceRun:
        name = folder.relative_to(self._root).as_posix()
        first = min(path.name for path in folder.glob(f"*{EVENTS}*"))
        events = _events(folder)
        moments = list(_moments(events))
        self._note_the_rest(name, events)
        return SourceRun(
            # The name of an event file holds its time, host and process: two projects never share one.
            external_id=f"tensorboard:{name}:{first}"[:255],
            experiment=self._experiment,
            name=self._root.resolve().name if name == "." else name,
            state=COMPLETED,
            started_ms=int(min(moments) * 1000) if moments else None,
            ended_ms=int(max(moments) * 1000) if moments else None,
            params=self._params(name, events),
            tags={"source": "tensorboard"},
            series=partial(_series, folder),
        )

    def _params(self, name: str, events: Any) -> dict[str, Any]:
        if HPARAMS not in events.summary_metadata:
            return {}
        from tensorboard.plugins.hparams import plugin_data_pb2

        content = events.summary_metadata[HPARAMS].plugin_data.content
        data = plugin_data_pb2.HParamsPluginData.FromString(content)
        return {key: _plain(value) for key, value in data.session_start_info.hparams.items()}

    def _note_the_rest(self, name: str, events: Any) -> None:
        tags = events.Tags()
        left = {kind: len(tags[kind]) for kind in ("images", "histograms", "audio", "distributions") if tags.get(kind)}
        if left:
            listed = ", ".join(f"{count} {kind}" for kind, count in left.items())
            self.notes.append(f"{name}: {listed} were left out; scalars and hyper-parameters are imported.")


def _events(folder: Path) -> Any:
    try:
        from tensorboard.backend.event_processing import event_accumulator
    except ImportError as error:
        raise _errors.ConfigurationError(
            "Reading event files needs TensorBoard: pip install 'atelier[tensorboard]'."
        ) from error
    everything = {"scalars": 0, "tensors": 0, "images": 1, "histograms": 1, "audio": 1, "compressedHistograms": 1}
    events = event_accumulator.EventAccumulator(str(folder), size_guidance=everything)
    events.Reload()
    return events


def _series(folder: Path) -> Iterator[Series]:
    events = _events(folder)
    for key in sorted(events.Tags()["scalars"]):
        rows = events.Scalars(key)
        yield Series(key, [(int(row.step), int(row.wall_time * 1000), float(row.value)) for row in rows])
    for key in sorted(events.Tags()["tensors"]):
        if events.summary_metadata[key].plugin_data.plugin_name == "scalars":
            yield Series(key, list(_tensor_points(events.Tensors(key))))


def _tensor_points(rows: Any) -> Iterator[Point]:
    from tensorboard.util import tensor_util

    for row in rows:
        yield int(row.step), int(row.wall_time * 1000), float(tensor_util.make_ndarray(row.tensor_proto))


def _moments(events: Any) -> Iterator[float]:
    for key in events.Tags()["scalars"]:
        yield from (row.wall_time for row in events.Scalars(key))
    for key in events.Tags()["tensors"]:
        yield from (row.wall_time for row in events.Tensors(key))


def _plain(value: Any) -> Any:
    kind = value.WhichOneof("kind")
    found = getattr(value, kind) if kind else ""
    return found if isinstance(found, (str, float, bool)) else json.dumps(found, default=str)
