"""What a file `mlflow.db` says of logged models and of its registry."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from atelier._exchange.records import SourceFile, SourceLoggedModel, SourceModel, SourceVersion, iso
from atelier._exchange.sources import mlflow_words

if TYPE_CHECKING:
    from atelier._exchange.sources.mlflow_db import MlflowDatabase

FAILED = 3  # MLflow's number of a logged model whose files did not arrive
LOGGED = """
    SELECT m.model_id, e.name, m.name, m.artifact_location, m.creation_timestamp_ms, m.status,
        COALESCE(m.model_type, ''), COALESCE(m.source_run_id, '')
    FROM logged_models m JOIN experiments e ON e.experiment_id = m.experiment_id
    WHERE m.lifecycle_stage = 'active' AND e.lifecycle_stage = 'active' ORDER BY m.creation_timestamp_ms, m.model_id
"""
MODELS = "SELECT name, COALESCE(creation_time, 0), COALESCE(description, '') FROM registered_models ORDER BY name"
VERSIONS = """
    SELECT name, version, COALESCE(creation_time, 0), COALESCE(source, ''), COALESCE(run_id, ''),
        COALESCE(description, ''), COALESCE(current_stage, '')
    FROM model_versions WHERE COALESCE(current_stage, '') != 'Deleted_Internal' ORDER BY name, version
"""


def logged_models(database: MlflowDatabase) -> Iterator[SourceLoggedModel]:
    """The logged models of the active experiments."""
    if not _has(database, "logged_models"):
        return
    tags = grouped(database, "logged_model_tags", "model_id", "tag_key", "tag_value")
    params = grouped(database, "logged_model_params", "model_id", "param_key", "param_value")
    for model_id, experiment, name, address, created, status, kind, run in database.rows(LOGGED):
        kept = dict(tags.get((model_id,), {}))
        kept.pop(mlflow_words.VERSIONS_OF_LOGGED, None)
        yield SourceLoggedModel(
            external_id=mlflow_words.external_id(model_id),
            experiment=experiment,
            name=name,
            run=mlflow_words.external_id(run) if run else "",
            model_type=kind,
            is_failed=status == FAILED,
            created=iso(created) or "",
            params=params.get((model_id,), {}),
            tags=kept,
            files=partial(database.files, address),
        )


def models(database: MlflowDatabase) -> Iterator[SourceModel]:
    """The registered models with their versions."""
    if not _has(database, "registered_models"):
        return
    tags = grouped(database, "registered_model_tags", "name", "key", "value")
    versions = _versions(database)
    for name, created, description in database.rows(MODELS):
        yield mlflow_words.model_of(
            name=name,
            created_ms=created,
            description=description,
            tags=tags.get((name,), {}),
            versions=versions.get(name, []),
        )


def grouped(
    database: MlflowDatabase, table: str, owner: str, key: str, value: str
) -> dict[tuple[Any, ...], dict[str, str]]:
    """Keys and values by the columns `owner` names; nothing where there is no such table."""
    found: dict[tuple[Any, ...], dict[str, str]] = {}
    if _has(database, table):
        for *whose, name, text in database.rows(f"SELECT {owner}, {key}, COALESCE({value}, '') FROM {table}"):
            found.setdefault(tuple(whose), {})[name] = text
    return found


def _versions(database: MlflowDatabase) -> dict[str, list[SourceVersion]]:
    tags = grouped(database, "model_version_tags", "name, version", "key", "value")
    aliases = grouped(database, "registered_model_aliases", "name, version", "alias", "alias")
    found: dict[str, list[SourceVersion]] = {}
    for name, number, created, source, run, description, stage in database.rows(VERSIONS):
        version = mlflow_words.version_of(
            name=name,
            number=int(number),
            created_ms=created,
            source=source,
            run_id=run,
            description=description,
            stage=stage,
            tags=tags.get((name, number), {}),
            aliases=list(aliases.get((name, number), {})),
            files=partial(_files, database, source),
        )
        found.setdefault(name, []).append(version)
    return found


def _files(database: MlflowDatabase, source: str) -> Iterator[SourceFile]:
    """Of a version that was made of a folder of this machine, or of MLflow's own store."""
    is_here = source.startswith("/") or urlsplit(source).scheme in ("file", "mlflow-artifacts")
    return database.files(source) if is_here else iter(())


def _has(database: MlflowDatabase, table: str) -> bool:
    return bool(database.rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", table))
