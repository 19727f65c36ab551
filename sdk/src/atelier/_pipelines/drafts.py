"""Pipelines as people draw them, and published ones: from a script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from atelier import _client, _errors, _ids

Record = dict[str, Any]
PAGE = 100
PACKING_SECONDS = 180.0  # a model is made while one waits


class Pipelines:
    """`Workspace().pipelines`: a pipeline is named by its number or its name."""

    def __init__(self, api: _client.Client) -> None:
        self._api = api

    def search(self, query: str = "", *, archived: bool = False) -> Iterator[Record]:
        """Pipelines whose name or description has these words, the last changed first."""
        asked = {"q": query, "limit": PAGE, **({"archived": "true"} if archived else {})}
        return self._api.pages("pipelines", asked)

    def get(self, pipeline: int | str) -> Record:
        """One pipeline. Raises `NotFound` or `UsageError` when there is none."""
        return dict(self._api.get(f"pipelines/{self.number(pipeline)}"))

    def create(self, name: str = "", *, text: str = "", file_name: str = "pipeline.yml", sample: str = "") -> Record:
        """A pipeline that begins empty, with the text of a pipeline file, or as a sample."""
        body: Record = {"name": name, "text": text, "file_name": file_name, "sample": sample}
        return dict(self._api.post("pipelines", body, key=_ids.new_key()))

    def document(self, pipeline: int | str, version: int | None = None) -> Record:
        """What the draft, or a version, says."""
        part = "draft" if version is None else f"versions/{version}"
        return dict(self._api.get(f"pipelines/{self.number(pipeline)}/{part}")["document"])

    def text(self, pipeline: int | str, version: int | None = None) -> str:
        """The same as Azure ML's pipeline YAML."""
        return str(self._api.post("pipeline-text", {"document": self.document(pipeline, version)})["text"])

    def versions(self, pipeline: int | str) -> Iterator[Record]:
        """Its versions, newest first."""
        return self._api.pages(f"pipelines/{self.number(pipeline)}/versions", {"limit": PAGE})

    def keep(self, pipeline: int | str, name: str = "", note: str = "") -> Record:
        """The draft as a version; the newest one where it is the same already."""
        body = {"name": name, "note": note}
        return dict(self._api.post(f"pipelines/{self.number(pipeline)}/versions", body, key=_ids.new_key()))

    def run(self, pipeline: int | str, inputs: Mapping[str, Any] | None = None, **asked: Any) -> Record:
        """A run of the draft, or of `version=`; `experiment`, `name`, `is_forced` as REST has them."""
        body = {"inputs": dict(inputs or {}), **asked}
        return dict(self._api.post(f"pipelines/{self.number(pipeline)}/run", body, key=_ids.new_key()))

    def publish(self, pipeline: int | str, name: str, *, version: int | None = None) -> Record:
        """The version (else the draft, kept as one) under an address; answers the published pipeline."""
        body = {"name": name, "pipeline": self.number(pipeline), "version": version}
        return dict(self._api.post("pipeline-endpoints", body, key=_ids.new_key()))

    def make_model(self, pipeline: int | str, model: str, *, description: str = "") -> Record:
        """The next version of a model, made of a real-time inference pipeline; it can be deployed."""
        body = {"name": model, "description": description}
        path = f"pipelines/{self.number(pipeline)}/model"
        return dict(self._api.post(path, body, key=_ids.new_key(), timeout=PACKING_SECONDS))

    def delete(self, pipeline: int | str) -> None:
        """The pipeline with its versions; its runs stay."""
        self._api.delete(f"pipelines/{self.number(pipeline)}")

    def number(self, pipeline: int | str) -> int:
        """The number of a pipeline of this name. Raises `UsageError` when there is none."""
        if isinstance(pipeline, int) or pipeline.isdecimal():
            return int(pipeline)
        for each in [*self.search(pipeline), *self.search(pipeline, archived=True)]:
            if each["name"] == pipeline:
                return int(each["id"])
        raise _errors.UsageError(f"There is no pipeline {pipeline!r}. `atelier pipeline list` shows them.")


class PipelineEndpoints:
    """`Workspace().pipeline_endpoints`: published pipelines, by name."""

    def __init__(self, api: _client.Client) -> None:
        self._api = api

    def search(self, query: str = "") -> Iterator[Record]:
        """Those whose name or description has these words."""
        return self._api.pages("pipeline-endpoints", {"q": query, "limit": PAGE})

    def get(self, name: str) -> Record:
        """One, with its parameters."""
        return dict(self._api.get(_path(name)))

    def invoke(self, name: str, inputs: Mapping[str, Any] | None = None, **asked: Any) -> Record:
        """A run with these inputs; `experiment`, `version` as REST has them. Answers the run's id and url."""
        body = {"inputs": dict(inputs or {}), **asked}
        return dict(self._api.post(f"{_path(name)}/runs", body, key=_ids.new_key()))

    def runs(self, name: str) -> Iterator[Record]:
        """What was started under its address, newest first."""
        return self._api.pages(f"{_path(name)}/runs", {"limit": PAGE})

    def update(self, name: str, **changes: Any) -> Record:
        """`is_enabled`, `default_version` or `description`, changed."""
        return dict(self._api.patch(_path(name), changes))

    def delete(self, name: str) -> None:
        """The address; pipelines and runs stay."""
        self._api.delete(_path(name))


def _path(name: str) -> str:
    return f"pipeline-endpoints/{_client.segment(name)}"
