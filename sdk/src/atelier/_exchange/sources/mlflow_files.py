"""A folder `mlruns`: MLflow's file store."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from atelier import _errors
from atelier._exchange.records import (
    Point,
    Series,
    Source,
    SourceExperiment,
    SourceFile,
    SourceLoggedModel,
    SourceModel,
    SourceRun,
)
from atelier._exchange.sources import folders, mlflow_files_models, mlflow_words

TRASH = ".trash"


class MlflowFiles(Source):
    """Every run below a folder of experiments, logged models and the registry; what lies in its trash stays there."""

    def __init__(self, root: Path) -> None:
        self.label = f"MLflow files {root.name}"
        self.notes: list[str] = []
        self.root = root
        self._experiments = self._active()
        if not self._experiments and not (root / mlflow_files_models.FOLDER).is_dir():
            raise _errors.UsageError(
                f"{root} holds no experiments of MLflow. Name the folder in which they lie, usually mlruns."
            )

    def runs(self) -> Iterator[SourceRun]:
        """Every active run."""
        for folder, name in self._experiments:
            yield from self._runs_of(folder, name)

    def experiments(self) -> Iterator[SourceExperiment]:
        """What is said of the active experiments."""
        for folder, name in self._experiments:
            yield mlflow_words.experiment_of(name, dict(folders.texts_below(folder / "tags")))

    def logged_models(self) -> Iterator[SourceLoggedModel]:
        """The logged models of the active experiments."""
        for folder, name in self._experiments:
            yield from mlflow_files_models.logged_models(self, folder, name)

    def models(self) -> Iterator[SourceModel]:
        """The registry, with prompts."""
        return mlflow_files_models.models(self)

    def _active(self) -> list[tuple[Path, str]]:
        """The experiments that are not deleted: folder and name."""
        found = []
        for folder in sorted(self.root.iterdir()):
            meta = self.meta(folder) if folder.is_dir() and folder.name != TRASH else None
            if meta is not None and "experiment_id" in meta and "run_id" not in meta:
                found.append((folder, str(meta.get("name") or folder.name)))
        return found

    def _runs_of(self, experiment: Path, name: str) -> Iterator[SourceRun]:
        for folder in sorted(experiment.iterdir()):
            meta = self.meta(folder) if folder.is_dir() else None
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
                params=dict(folders.texts_below(folder / "params")),
                tags=dict(folders.texts_below(folder / "tags")),
                series=partial(self._series, folder / "metrics"),
                files=partial(folders.artifacts_of, folder, str(meta.get("artifact_uri") or "")),
            )

    def meta(self, folder: Path) -> dict[str, Any] | None:
        """What a folder says of itself; None where it says nothing that can be read."""
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
