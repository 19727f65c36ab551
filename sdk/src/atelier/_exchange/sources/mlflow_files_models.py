"""What a folder `mlruns` says of logged models (below each experiment) and of its registry (below `models`)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atelier._exchange.records import SourceFile, SourceLoggedModel, SourceModel, SourceVersion, iso
from atelier._exchange.sources import folders, mlflow_words

if TYPE_CHECKING:
    from atelier._exchange.sources.mlflow_files import MlflowFiles

FOLDER = "models"
FAILED = 3  # MLflow's number of a logged model whose files did not arrive
DELETED = "Deleted_Internal"  # the stage of a version that was deleted


def logged_models(files: MlflowFiles, experiment: Path, name: str) -> Iterator[SourceLoggedModel]:
    """The logged models of an experiment."""
    for folder in _folders(experiment / FOLDER):
        meta = files.meta(folder)
        if meta is None or "model_id" not in meta or meta.get("lifecycle_stage") == "deleted":
            continue
        tags = dict(folders.texts_below(folder / "tags"))
        tags.pop(mlflow_words.VERSIONS_OF_LOGGED, None)
        run = str(meta.get("source_run_id") or "")
        yield SourceLoggedModel(
            external_id=mlflow_words.external_id(str(meta["model_id"])),
            experiment=name,
            name=str(meta.get("name") or meta["model_id"]),
            run=mlflow_words.external_id(run) if run else "",
            model_type=str(meta.get("model_type") or ""),
            is_failed=meta.get("status") == FAILED,
            created=iso(mlflow_words.whole(meta.get("creation_timestamp"))) or "",
            params=dict(folders.texts_below(folder / "params")),
            tags=tags,
            files=partial(folders.artifacts_of, folder, str(meta.get("artifact_location") or "")),
        )


def models(files: MlflowFiles) -> Iterator[SourceModel]:
    """The registered models with their versions."""
    for folder in _folders(files.root / FOLDER):
        meta = files.meta(folder)
        if meta is None or "name" not in meta:
            continue
        name = str(meta["name"])
        aliases = _aliases(folder)
        versions = [_version(files, below, name, aliases) for below in _folders(folder)]
        yield mlflow_words.model_of(
            name=name,
            created_ms=mlflow_words.whole(meta.get("creation_timestamp")) or 0,
            description=str(meta.get("description") or ""),
            tags=dict(folders.texts_below(folder / "tags")),
            versions=[version for version in versions if version is not None],
        )


def _version(files: MlflowFiles, folder: Path, name: str, aliases: dict[str, list[str]]) -> SourceVersion | None:
    is_version = folder.name.startswith("version-")
    meta: dict[str, Any] | None = files.meta(folder) if is_version else None
    if meta is None or "version" not in meta or meta.get("current_stage") == DELETED:
        return None
    source = str(meta.get("source") or "")
    return mlflow_words.version_of(
        name=name,
        number=int(meta["version"]),
        created_ms=mlflow_words.whole(meta.get("creation_timestamp")) or 0,
        source=source,
        run_id=str(meta.get("run_id") or ""),
        description=str(meta.get("description") or ""),
        stage=str(meta.get("current_stage") or ""),
        tags=dict(folders.texts_below(folder / "tags")),
        aliases=aliases.get(str(meta["version"]), []),
        files=partial(_files_at, source),
    )


def _aliases(folder: Path) -> dict[str, list[str]]:
    """Each version's aliases, by its number."""
    found: dict[str, list[str]] = {}
    for alias, number in folders.texts_below(folder / "aliases"):
        found.setdefault(number.strip(), []).append(alias)
    return found


def _files_at(source: str) -> Iterator[SourceFile]:
    """Of a version that was made of a folder of this machine."""
    place = folders.named(source)
    return folders.files_below(place) if place is not None and place.is_dir() else iter(())


def _folders(root: Path) -> Iterator[Path]:
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        if folder.is_dir() and not folder.is_symlink():
            yield folder
