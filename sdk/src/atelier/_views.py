"""Saved views of the runs table, and the table itself as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from atelier import _client, _errors

Record = dict[str, Any]
PAGE = 100
FORMATS = {".csv": "csv", ".json": "json", ".parquet": "parquet"}
# What a view's state says of which runs are shown, and how they are ordered.
QUESTION = ("filter", "archived", "order", "group", "tree")
PATIENCE = 600.0  # seconds for an export of very many runs


class Views:
    """`Workspace().views`: your own views and the team's. A view is named by its id."""

    def __init__(self, api: _client.Client) -> None:
        self._api = api

    def search(self, experiment: str | None = None) -> Iterator[Record]:
        """The views without their `state`, by name; with `experiment` those that were made there."""
        return self._api.pages("views", {"experiment": experiment, "limit": PAGE})

    def get(self, view: str) -> Record:
        """One view with its `state`: columns, filter, order, grouping, charts."""
        return dict(self._api.get(_path(view)))

    def create(
        self,
        name: str,
        state: Mapping[str, Any],
        *,
        experiment: str | None = None,
        scope: str = "personal",
        is_default: bool = False,
    ) -> Record:
        """Keeps a page: `create("best", {"filter": "metrics.acc > 0.9"}, experiment="vision/digits", scope="team")`.

        `scope` is `personal` or `team`; `is_default` makes it what the experiment opens with.
        """
        body = {"name": name, "state": dict(state), "scope": scope, "is_default": is_default}
        return dict(self._api.post("views", {**body, "experiment": experiment or ""}))

    def update(
        self,
        view: str,
        *,
        name: str | None = None,
        state: Mapping[str, Any] | None = None,
        scope: str | None = None,
        is_default: bool | None = None,
    ) -> Record:
        """Changes what is given."""
        given = {
            "name": name,
            "state": None if state is None else dict(state),
            "scope": scope,
            "is_default": is_default,
        }
        return dict(self._api.patch(_path(view), {key: value for key, value in given.items() if value is not None}))

    def delete(self, view: str) -> None:
        """Deletes a view; the runs stay."""
        self._api.delete(_path(view))

    def export(self, view: str, to: str | Path) -> Path:
        """Saves all runs a view shows, with its columns, as .csv, .json or .parquet."""
        target = checked(to)
        found = self.get(view)
        state = found["state"]
        query = {name: state[name] for name in QUESTION if name in state}
        columns = [one["column"] for one in state.get("columns", [])]
        return save_table(self._api, {**query, "experiment": found["experiment"] or ""}, columns, target)


def checked(to: str | Path) -> Path:
    """The file to write. Raises `UsageError` for an ending that names no format."""
    target = Path(to)
    if target.suffix not in FORMATS:
        raise _errors.UsageError(f"{target.name} is none of .csv, .json and .parquet.")
    return target


def save_table(api: _client.Client, query: Mapping[str, Any], columns: Sequence[str], target: Path) -> Path:
    """Writes the runs table a query describes."""
    body = {"query": dict(query), "columns": list(columns), "format": FORMATS[target.suffix]}
    target.write_bytes(api.request("POST", "grid/export", body=body, timeout=PATIENCE).content)
    return target


def _path(view: str) -> str:
    return f"views/{_client.segment(view)}"
