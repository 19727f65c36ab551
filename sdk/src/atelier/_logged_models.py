"""Logged models: what runs made through MLflow 3, apart from their other files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from atelier import _client, _ids, _names

Record = dict[str, Any]
PAGE = 100


class LoggedModels:
    """`Workspace().logged_models`: a model is named by its id, `m-…`."""

    def __init__(self, api: _client.Client) -> None:
        self._api = api

    def search(
        self,
        filter: str = "",
        *,
        run: str | None = None,
        experiment: str | None = None,
        order_by: str = "",
        limit: int | None = None,
    ) -> Iterator[Record]:
        """The models a filter finds, the newest first: `search("metrics.accuracy > 0.9 AND params.depth = '3'")`."""
        query = {"filter": filter, "run": run, "experiment": experiment, "order": order_by}
        return islice(self._api.pages("logged-models", {**query, "limit": min(limit or PAGE, PAGE)}), limit)

    def get(self, model: str) -> Record:
        """One model with its `params`, `tags` and `metrics`."""
        return dict(self._api.get(_path(model)))

    def files(self, model: str) -> list[Record]:
        """Every file of a model."""
        return list(self._below(model, ""))

    def download(self, model: str, dest: str | Path) -> list[Path]:
        """Saves all files of a model below a folder. Raises `UnsafeName` before a name could leave it."""
        folder = Path(dest)
        targets = [(row["path"], _names.safe_join(folder, row["path"])) for row in self.files(model)]
        for path, target in targets:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._save(f"{_path(model)}/files/{_client.quoted_path(path)}", target)
        return [target for _, target in targets]

    def _below(self, model: str, folder: str) -> Iterator[Record]:
        for row in self._api.get(f"{_path(model)}/files", {"path": folder})["results"]:
            if row["is_dir"]:
                yield from self._below(model, row["path"])
            else:
                yield row

    def _save(self, address: str, target: Path) -> None:
        part = target.with_name(f"{target.name}.{_ids.new_id()}.part")
        try:
            with part.open("wb") as out:
                for chunk in self._api.stream(address):
                    out.write(chunk)
            os.replace(part, target)
        finally:
            part.unlink(missing_ok=True)


def _path(model: str) -> str:
    return f"logged-models/{_client.segment(model)}"
