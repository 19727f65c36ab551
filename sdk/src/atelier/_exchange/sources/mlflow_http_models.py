"""What a running MLflow server says of logged models and of its registry."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from atelier import _errors
from atelier._exchange.records import SourceFile, SourceLoggedModel, SourceModel, SourceVersion, iso
from atelier._exchange.sources import mlflow_words

if TYPE_CHECKING:
    from atelier._exchange.sources.mlflow_http import MlflowServer

AT_ONCE = 50
FAILED = "LOGGED_MODEL_UPLOAD_FAILED"
# Without the second filter a server leaves the prompts out.
IS_PROMPT = "mlflow.prompt.is_prompt"
MODELS, PROMPTS = "", f"tags.`{IS_PROMPT}` = 'true'"


def logged_models(server: MlflowServer, experiments: list[dict[str, Any]]) -> Iterator[SourceLoggedModel]:
    """The logged models of these experiments."""
    for experiment in experiments:
        body = {"experiment_ids": [experiment["experiment_id"]], "max_results": AT_ONCE}
        try:
            for row in server.pages("logged-models/search", "models", body):
                yield _logged(server, row, str(experiment["name"]))
        except _errors.UsageError as error:
            server.notes.append(f"No logged models came: {error}")
            return


def models(server: MlflowServer) -> Iterator[SourceModel]:
    """The registered models, each once, with their versions."""
    seen: set[str] = set()
    for words in (MODELS, PROMPTS):
        query = {"max_results": 100, **({"filter": words} if words else {})}
        try:
            for row in server.pages("registered-models/search", "registered_models", query, method="GET"):
                if row["name"] not in seen:
                    seen.add(row["name"])
                    yield _model(server, row)
        except _errors.UsageError as error:
            server.notes.append(f"The registry was not read to its end: {error}")
            return


def _logged(server: MlflowServer, row: dict[str, Any], experiment: str) -> SourceLoggedModel:
    info, model_id = row["info"], str(row["info"]["model_id"])
    tags = mlflow_words.pairs(info.get("tags"))
    tags.pop(mlflow_words.VERSIONS_OF_LOGGED, None)
    run = str(info.get("source_run_id") or "")
    return SourceLoggedModel(
        external_id=mlflow_words.external_id(model_id),
        experiment=experiment,
        name=str(info.get("name") or model_id),
        run=mlflow_words.external_id(run) if run else "",
        model_type=str(info.get("model_type") or ""),
        is_failed=info.get("status") == FAILED,
        created=iso(mlflow_words.whole(info.get("creation_timestamp_ms"))) or "",
        params=mlflow_words.pairs(row.get("data", {}).get("params")),
        tags=tags,
        files=partial(_files, server, model_id, ""),
    )


def _files(server: MlflowServer, model_id: str, folder: str) -> Iterator[SourceFile]:
    path = f"logged-models/{model_id}/artifacts/directories"
    for row in server.call("GET", path, {"artifact_directory_path": folder} if folder else {}).get("files", []):
        if row.get("is_dir"):
            yield from _files(server, model_id, row["path"])
            continue
        address = f"/ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files?artifact_file_path="
        yield SourceFile(
            row["path"], int(row.get("file_size") or 0), partial(server.file, address + quote(row["path"], safe=""))
        )


def _model(server: MlflowServer, row: dict[str, Any]) -> SourceModel:
    name = str(row["name"])
    aliases: dict[str, list[str]] = {}
    for alias in row.get("aliases", []):
        aliases.setdefault(str(alias["version"]), []).append(str(alias["alias"]))
    mark = '"' if "'" in name else "'"
    words = f"name = {mark}{name}{mark}" + (
        f" AND {PROMPTS}" if IS_PROMPT in mlflow_words.pairs(row.get("tags")) else ""
    )
    query = {"filter": words, "max_results": 200}
    rows = server.pages("model-versions/search", "model_versions", query, method="GET")
    return mlflow_words.model_of(
        name=name,
        created_ms=mlflow_words.whole(row.get("creation_timestamp")) or 0,
        description=str(row.get("description") or ""),
        tags=mlflow_words.pairs(row.get("tags")),
        versions=[_version(version, aliases.get(str(version["version"]), [])) for version in rows],
    )


def _version(row: dict[str, Any], aliases: list[str]) -> SourceVersion:
    return mlflow_words.version_of(
        name=str(row["name"]),
        number=int(row["version"]),
        created_ms=mlflow_words.whole(row.get("creation_timestamp")) or 0,
        source=str(row.get("source") or ""),
        run_id=str(row.get("run_id") or ""),
        description=str(row.get("description") or ""),
        stage=str(row.get("current_stage") or ""),
        tags=mlflow_words.pairs(row.get("tags")),
        aliases=aliases,
    )
