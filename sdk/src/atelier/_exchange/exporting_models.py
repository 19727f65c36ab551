"""Models, logged models and what is said of experiments, into an export's zip."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Callable

from atelier import _client
from atelier._exchange import zip_layout

if TYPE_CHECKING:
    from atelier._exchange.exporting import Exported

MODEL_FACTS = ("name", "description", "tags", "created_at")
VERSION_FACTS = (
    "version", "stage", "description", "source", "run_id", "logged_model_id", "aliases", "tags", "created_at",
)  # fmt: skip
LOGGED_FACTS = ("id", "name", "experiment", "source_run", "model_type", "state", "created_at", "params", "tags")


def write_experiments(client: _client.Client, paths: set[str], archive: zipfile.ZipFile) -> None:
    """What is said of these experiments."""
    if not paths:
        return
    rows = client.pages("experiments", {"archived": "all", "limit": 100})
    facts = [{name: row[name] for name in ("path", "description", "tags")} for row in rows if row["path"] in paths]
    archive.writestr(zip_layout.EXPERIMENTS, zip_layout.as_json(facts))


def write_logged(
    client: _client.Client, runs: Iterable[dict[str, Any]], archive: zipfile.ZipFile, with_files: bool
) -> int:
    """The logged models that these runs made; answers how many files were written."""
    records, written = [], 0
    for run in runs:
        for row in client.pages("logged-models", {"run": run["id"], "limit": 100}):
            address = f"logged-models/{row['id']}"
            detail = client.get(address)
            records.append({name: detail[name] for name in LOGGED_FACTS})
            for path in _logged_files(client, address, "") if with_files else ():
                place = zip_layout.place_of_logged(row["id"]) + path
                zip_layout.copy(client, f"{address}/files/{_client.quoted_path(path)}", archive, place)
                written += 1
    if records:
        archive.writestr(zip_layout.LOGGED_MODELS, zip_layout.as_json(records))
    return written


def write_models(
    client: _client.Client,
    models: Iterable[dict[str, Any]],
    archive: zipfile.ZipFile,
    made: Exported,
    with_files: bool,
    progress: Callable[[str], None],
) -> None:
    """Registered models with all their versions."""
    records = []
    for model in models:
        progress(model["name"])
        address = f"models/{_client.segment(model['name'])}/versions"
        versions = list(client.pages(address, {"limit": 100}))
        kept = [{name: version.get(name) for name in VERSION_FACTS} for version in versions]
        records.append({**{name: model.get(name) for name in MODEL_FACTS}, "versions": kept})
        made.models += 1
        made.versions += len(versions)
        for version in versions if with_files else ():
            made.files += _write_version(client, f"{address}/{version['version']}", version, archive)
    if records:
        archive.writestr(zip_layout.MODELS, zip_layout.as_json(records))


def _write_version(client: _client.Client, address: str, version: dict[str, Any], archive: zipfile.ZipFile) -> int:
    rows = client.get(f"{address}/files", {"recursive": True})["results"]
    for row in rows:
        place = zip_layout.place_of_version(version["model"], version["version"]) + row["path"]
        zip_layout.copy(client, f"{address}/files/{_client.quoted_path(row['path'])}", archive, place)
    return len(rows)


def _logged_files(client: _client.Client, address: str, folder: str) -> Iterator[str]:
    for row in client.get(f"{address}/files", {"path": folder} if folder else None)["results"]:
        if row["is_dir"]:
            yield from _logged_files(client, address, row["path"])
        else:
            yield row["path"]
