"""A folder `mlruns`: MLflow's file store."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from atelier import _errors
from atelier._exchange.records import Point, Series, Source, SourceFile, SourceRun
from atelier._exchange.sources import folders, mlflow_words

TRASH = ".trash"


class MlflowFiles(Source):
    """Every run below a folder of experiments; what lies in its trash stays there."""

    def __init__(self, root: Path) -> None:
        self.label = f"MLflow files {root.name}"
        self.notes: list[str] = []
        self._root = root

    def runs(self) -> Iterator[SourceRun]:
        """Every active run."""
        for folder in sorted(self._root.iterdir()):
            meta = self._meta(folder) if folder.is_dir() and folder.name != TRASH else None
            if meta is not None and "experiment_id" in meta and "run_id" not in meta:
                yield from self._runs_of(folder, str(meta.get("name") or folder.name))

    def _runs_of(self, experiment: Path, name: str) -> Iterator[SourceRun]:
        for folder in sorted(experiment.iterdir()):
            meta = self._meta(folder) if folder.is_dir() else None
            if meta is None or "run_id" not in meta or meta.get("lifecycle_stage") == "deleted":
                continue
            status = meta.get("status")
            yield mlflow_words.run_of(
                run_id=str(meta["run_id"]),
                experiment=name,
                name=str(meta.get("run_name") or ""),
                status=mlflow_words.STATUS_NUMBERS.get(status, str(status)) if isinstance(status, int) else str(status),
                started_ms=_whole(meta.get("start_time")),
                ended_ms=_whole(meta.get("end_time")),
                params=dict(_texts(folder / "params")),
                tags=dict(_texts(folder / "tags")),
                series=partial(self._series, folder / "metrics"),
                files=partial(_artifacts, folder, str(meta.get("artifact_uri") or "")),
            )

    def _meta(self, folder: Path) -> dict[str, Any] | None:
        path = folder / "meta.yaml"
        if not path.is_file():
            return None
        yaml = _yaml()
        try:
            meta = yaml.safe_load(path.read_text("utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
            self.notes.append(f"{path} can't be read: {error}")
            return None
        return meta if isinstance(meta, dict) else None

    def _series(self, folder: Path) -> Iterator[Series]:
        for file in folders.files_below(folder) if folder.is_dir() else ():
            yield Series(file.path, self._points(file))

    def _points(self, file: SourceFile) -> Iterator[Point]:
        with file.open() as stream:
            for number, line in enumerate(stream, 1):
                try:
                    time_ms, value, *step = line.split()
                    yield int(step[0]) if step else 0, int(time_ms), float(value)
                except ValueError:
                    self.notes.append(f"Line {number} of the metric {file.path} can't be read and was left out.")


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    for file in folders.files_below(folder) if folder.is_dir() else ():
        with file.open() as stream:
            yield file.path, stream.read().decode("utf-8", "replace")


def _artifacts(folder: Path, address: str) -> Iterator[SourceFile]:
    """Beside the run, or where its address points on this machine."""
    parts = urlsplit(address)
    named = Path(unquote(parts.path)) if parts.scheme in ("", "file") and parts.path else None
    for place in (folder / "artifacts", named):
        if place is not None and place.is_dir():
            yield from folders.files_below(place)
            return


def _whole(value: Any) -> int | None:
    return int(value) if isinstance(value, (int, float)) and value else None


def _yaml() -> Any:
    try:
        import yaml
    except ImportError as error:
        raise _errors.ConfigurationError(
            "Reading MLflow's files needs PyYAML: pip install 'atelier[import]'."
        ) from error
    return yaml
