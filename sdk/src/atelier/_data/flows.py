"""Dataflows of a workspace: recipes that clean data, carried out here or as a job."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from atelier import _client, _ids, _run
from atelier._data import frames
from atelier._data.assets import Data

if TYPE_CHECKING:
    import pandas
    import polars

    from atelier.dataflow import Recipe

Record = dict[str, Any]
PAGE = 100
DRAFT, LATEST = "draft", "latest"


class Dataflows:
    """`Workspace().dataflows["clean"].to_pandas()`: the flows by name, like a dictionary."""

    def __init__(self, api: _client.Client) -> None:
        self._api = api

    def __getitem__(self, name: str) -> Dataflow:
        return self.get(name)

    def __iter__(self) -> Iterator[str]:
        return (flow.name for flow in self.list())

    def __len__(self) -> int:
        return sum(1 for _ in self.list())

    def __contains__(self, name: object) -> bool:
        return any(found == name for found in self)

    def get(self, name: str) -> Dataflow:
        """One dataflow by its name. Raises `NotFound`."""
        return Dataflow(self._api, self._api.get(_path(name)))

    def list(self, q: str = "", *, archived: bool | None = None) -> Iterator[Dataflow]:
        """The dataflows, by name."""
        rows = self._api.pages("dataflows", {"q": q, "archived": archived, "limit": PAGE})
        return (Dataflow(self._api, row) for row in rows)

    def create(
        self, name: str, source: str, steps: Sequence[Mapping[str, Any]] = (), *, description: str = ""
    ) -> Dataflow:
        """A flow that begins with this data: `create("clean", "azureml:cars@latest", recipe.to_dict()["steps"])`."""
        body = {"name": name, "source": source, "steps": [dict(step) for step in steps], "description": description}
        return Dataflow(self._api, self._api.post("dataflows", body, key=_ids.new_key()))

    def delete(self, name: str) -> None:
        """Deletes a flow with its versions; one that is used is refused."""
        self._api.delete(_path(name))


class Dataflow:
    """A flow: what is worked on (`draft`) and its saved versions. Without a version the newest saved one is meant, or
    the draft while there is none."""

    def __init__(self, api: _client.Client, data: Mapping[str, Any]) -> None:
        self._api = api
        self.data: Record = dict(data)

    def __repr__(self) -> str:
        return f"<Dataflow {self.name!r} over {self.data['source']}>"

    @property
    def name(self) -> str:
        return str(self.data["name"])

    @property
    def draft(self) -> Record:
        """What is worked on: `source`, `steps`, and the `stamp` it stands at."""
        return dict(self._api.get(f"{self._path}/draft"))

    @property
    def versions(self) -> list[Record]:
        """The saved versions with their recipes, newest first."""
        return list(self._api.pages(f"{self._path}/versions", {"limit": PAGE}))

    def save(self, steps: Sequence[Mapping[str, Any]] | None = None, *, source: str = "", note: str = "") -> Record:
        """Saves the draft, or other steps, as the next version."""
        body: Record = {"note": note}
        if steps is not None:
            body["recipe"] = {
                "source": source or self.recipe(DRAFT).source,
                "steps": [dict(step) for step in steps],
            }
        made = dict(self._api.post(f"{self._path}/versions", body, key=_ids.new_key()))
        self.data = dict(self._api.get(self._path))
        return made

    def recipe(self, version: int | str | None = None) -> Recipe:
        """The steps, to be looked at or applied to a table of one's own: `flow.recipe().apply(frame)`."""
        from atelier.dataflow import Recipe

        ref = self._ref(version)
        if ref == DRAFT:
            return Recipe.from_dict(self.draft)
        return Recipe.from_dict(self._api.get(f"{self._path}/versions/{_client.segment(ref)}"))

    def code(self, library: str = "polars", version: int | str | None = None) -> str:
        """The recipe as a plain program for `polars` or `pandas`."""
        ref = self._ref(version)
        query = {"to": library, "version": "" if ref == DRAFT else ref}
        return str(self._api.get(f"{self._path}/code", query)["code"])

    def to_polars(
        self, version: int | str | None = None, *, source: str = "", folder: str | Path | None = None
    ) -> polars.DataFrame:
        """The prepared data, worked out on this machine over the whole source (or another one).

        The files are kept in `folder` and found there again, else forgotten.
        """
        frames.loaded_polars()
        if folder is not None:
            return self._prepared(version, source, Path(folder))
        with tempfile.TemporaryDirectory(prefix="atelier-data-") as passing:
            return self._prepared(version, source, Path(passing))

    def to_pandas(
        self, version: int | str | None = None, *, source: str = "", folder: str | Path | None = None
    ) -> pandas.DataFrame:
        """The prepared data for pandas."""
        return frames.to_pandas(self.to_polars(version, source=source, folder=folder))

    def run(self, output: str, version: int | str | None = None, *, compute: str = "") -> _run.Run:
        """Runs a version over everything as a job; the result becomes a version of the data asset `output`.

        A draft that differs from the newest version is saved as one first.
        """
        ref = self._ref(version)
        body: Record = {"output": output, "compute": compute}
        if ref != DRAFT:
            body["version"] = int(self._api.get(f"{self._path}/versions/{_client.segment(ref)}")["number"])
        made = self._api.post(f"{self._path}/run", body, key=_ids.new_key())
        return _run.Run(self._api, self._api.get(f"runs/{made['run_id']}"))

    def update(self, **changes: Any) -> Dataflow:
        """Changes name, description or is_archived."""
        path = self._path
        self.data = dict(self._api.patch(path, changes))
        return self

    def _prepared(self, version: int | str | None, source: str, folder: Path) -> polars.DataFrame:
        recipe = self.recipe(version)
        data = Data(self._api)
        tables = {name: data.get(name).scan(folder / str(number)) for number, name in enumerate(recipe.others, start=1)}
        return recipe.apply(data.get(source or recipe.source).scan(folder / "0"), tables).collect()

    def _ref(self, version: int | str | None) -> str:
        if version is not None:
            return str(version)
        return LATEST if self.data["last_version"] else DRAFT

    @property
    def _path(self) -> str:
        return _path(self.name)


def _path(name: str) -> str:
    return f"dataflows/{_client.segment(name)}"
