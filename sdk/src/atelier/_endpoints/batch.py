"""Batch endpoints: inputs scored in parts by jobs, their output put together as one file."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from atelier import _client, _errors, _folders, _ids, _notices
from atelier._endpoints import files

Record = dict[str, Any]
PAGE = 100
PAUSE = 1.0  # between two looks
ENDED = ("completed", "failed", "canceled")
# What Azure writes inside of other tables, or beside the settings.
NESTED = {"max_retries": "retry_settings", "timeout": "retry_settings", "instance_count": "resources"}


class BatchEndpoints:
    """The batch endpoints of a workspace: `Workspace().batch_endpoints.invoke("heart", "azureml:patients@latest")`."""

    def __init__(self, client: _client.Client) -> None:
        self._api = client

    def list(self, query: str = "") -> Iterator[Record]:
        """Every batch endpoint whose name or description has these words, by name."""
        return self._api.pages("batch-endpoints", {"q": query or None, "limit": PAGE})

    def get(self, name: str) -> Record:
        return dict(self._api.get(_path(name)))

    def create(self, name: str, *, description: str = "", tags: Mapping[str, str] | None = None) -> Record:
        """A new batch endpoint, without deployments."""
        body = {"name": name, "description": description, "tags": dict(tags or {})}
        return dict(self._api.post("batch-endpoints", body, key=_ids.new_key()))

    def create_from_file(self, file: str | Path, *, name: str = "", set: Mapping[str, Any] | None = None) -> Record:
        """The batch endpoint that an endpoint.yml describes; its `defaults` wait until there are deployments."""
        said = self._read(file, "endpoint", set or {})
        given = {key: said.document[key] for key in ("description", "tags") if key in said.document}
        wanted = name or str(said.document.get("name") or "")
        if not wanted:
            raise _errors.UsageError("The file names no endpoint: give it a name, or say --name.")
        return self.create(wanted, **given)

    def update(
        self,
        name: str,
        *,
        description: str | None = None,
        tags: Mapping[str, str] | None = None,
        default_deployment: str | None = None,
    ) -> Record:
        """Changes what is given."""
        body: Record = {"description": description, "tags": None if tags is None else dict(tags)}
        if default_deployment is not None:
            body["defaults"] = {"deployment_name": default_deployment}
        return dict(self._api.patch(_path(name), {key: value for key, value in body.items() if value is not None}))

    def delete(self, name: str) -> None:
        """The endpoint with its deployments; what it scored stays."""
        self._api.delete(_path(name))

    def deployments(self, name: str) -> Iterator[Record]:
        """The deployments of an endpoint, by name."""
        return self._api.pages(f"{_path(name)}/deployments", {"limit": PAGE})

    def deployment(self, name: str, deployment: str) -> Record:
        return dict(self._api.get(f"{_path(name)}/deployments/{_client.segment(deployment)}"))

    def deploy(
        self,
        file: str | Path | Mapping[str, Any],
        *,
        endpoint: str = "",
        name: str = "",
        set_default: bool = False,
        set: Mapping[str, Any] | None = None,
        say: Callable[[str], None] | None = None,
    ) -> Record:
        """What a batch deployment file describes, made or replaced: code and texts that it names are sent."""
        said = self._read(file, "deployment", set or {})
        body = dict(said.document)
        behind = endpoint or str(body.get("endpoint_name") or "")
        body.pop("endpoint_name", None)
        body["name"] = name or body.get("name") or ""
        if not behind or not body["name"]:
            raise _errors.UsageError("The file must say name and endpoint_name, or --name and --endpoint-name.")
        made = files.body_of(self._api, files.Said(body, said.texts, said.folder), say or _warn)
        if "folders" in made:
            raise _errors.UsageError("A batch deployment names a registered model: register the folder first.")
        made |= {"name": body["name"], "set_default": set_default}
        return dict(self._api.post(f"{_path(behind)}/deployments", made, key=_ids.new_key()))

    def delete_deployment(self, name: str, deployment: str) -> None:
        self._api.delete(f"{_path(name)}/deployments/{_client.segment(deployment)}")

    def invoke(
        self,
        name: str,
        input: str | Mapping[str, Any],
        *,
        type: str = "",
        deployment: str = "",
        output_path: str = "",
        output_asset: str = "",
        settings: Mapping[str, Any] | None = None,
    ) -> Record:
        """A batch job, begun: `invoke("heart", "azureml:patients@latest", settings={"mini_batch_size": 5})`."""
        given = {"type": type, "path": input} if isinstance(input, str) else dict(input)
        body = {
            "input": {key: value for key, value in given.items() if value},
            "deployment_name": deployment,
            "output_path": output_path,
            "output_asset": output_asset,
            "settings": nested(settings or {}),
        }
        return dict(self._api.post(f"{_path(name)}/invoke", body, key=_ids.new_key()))

    def jobs(self, name: str = "") -> Iterator[Record]:
        """The batch jobs of an endpoint, or of the workspace, newest first."""
        return self._api.pages(f"{_path(name)}/jobs" if name else "batch-jobs", {"limit": PAGE})

    def job(self, job: str) -> Record:
        """One job with its parts and workers."""
        return dict(self._api.get(_job(job)))

    def cancel(self, job: str) -> Record:
        return dict(self._api.post(f"{_job(job)}/cancel"))

    def failed_items(self, job: str) -> Iterator[Record]:
        """The items that could not be scored: `part`, `item` and `problem`."""
        return self._api.pages(f"{_job(job)}/items", {"limit": PAGE})

    def wait(self, job: str, *, seen: Callable[[Record], None] | None = None) -> Record:
        """The job once it has ended; `seen` is told how it stands whenever that has changed."""
        last: Record = {}
        while True:
            found = self.job(job)
            if seen is not None and (found["state"], found["items"]) != (last.get("state"), last.get("items")):
                seen(found)
            if found["state"] in ENDED:
                return found
            last = found
            time.sleep(PAUSE)

    def download(self, job: str, target: str | Path) -> Path:
        """The output as a file: into a folder under its own name, or under the name that is given."""
        found = self.job(job)
        name = str(found["output"]["path"]).rpartition("/")[2]
        if not name:
            problem = f": {found['problem']}" if found["problem"] else ""
            raise _errors.UsageError(f"The batch job {job} has no output file; it is {found['state']}{problem}.")
        place = Path(target).expanduser()
        place = place / name if place.is_dir() else place
        place.parent.mkdir(parents=True, exist_ok=True)
        fresh = place.with_name(f".{place.name}.part")
        with fresh.open("wb") as sink:
            sink.writelines(self._api.stream(f"{_job(job)}/output"))
        fresh.replace(place)
        return place

    def address(self, path: str) -> str:
        """The whole address of a page."""
        return self._api.page(path)

    def _read(self, file: str | Path | Mapping[str, Any], kind: str, changes: Mapping[str, Any]) -> files.Said:
        if isinstance(file, Mapping):
            name, text, folder = f"{kind}.json", json.dumps(file, default=str), Path.cwd()
        else:
            path = Path(file).expanduser()
            name, text, folder = path.name, _folders.text_of(path), path.resolve().parent
        told = self._api.post("batch-endpoints/check", {"file_name": name, "text": text, "kind": kind})
        document = dict(told["document"])
        for path_in_it, value in changes.items():
            files.put(document, path_in_it, value)
        texts = tuple(need["path"] for need in told["needs"] if need["role"] == "text")
        return files.Said(document, texts, folder)


def nested(settings: Mapping[str, Any]) -> Record:
    """Flat settings in the tables where Azure has them."""
    found: Record = {}
    for name, value in settings.items():
        above = NESTED.get(name)
        if above is None:
            found[name] = value
        else:
            found[above] = {**found.get(above, {}), name: value}
    return found


def _path(name: str) -> str:
    return f"batch-endpoints/{_client.segment(name)}"


def _job(job: str) -> str:
    return f"batch-jobs/{_client.segment(job)}"


def _warn(note: str) -> None:
    _notices.warn_once(note, note)
