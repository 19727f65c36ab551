"""Runs of pipelines from a script: their steps, what went through their wires, and having them done again."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from atelier import _client

ROWS = 100


class PipelineRuns:
    """The runs of pipelines of one workspace. A run of a pipeline is a run like any other: `Workspace().run(id)`."""

    def __init__(self, client: _client.Client) -> None:
        self._client = client

    def get(self, run: str) -> dict[str, Any]:
        """The run with its steps: `["steps"]` holds path, state, component, times, inputs, outputs and reuse of each."""
        return dict(self._client.get(_path(run)))

    def steps(self, run: str) -> list[dict[str, Any]]:
        """The steps, a container before what is within it."""
        return list(self.get(run)["steps"])

    def rerun(self, run: str, *, failed_only: bool = True, name: str = "") -> dict[str, Any]:
        """The same pipeline again: with `failed_only` what completed is taken as it is. Answers `{"run_id", "name", "url"}`."""
        body = {"failed_only": failed_only, **({"name": name} if name else {})}
        return dict(self._client.post(f"{_path(run)}/rerun", body))

    def output(self, run: str, step: str, port: str) -> dict[str, Any]:
        """What a step left at a port: `{"kind", "type", "uri", "value", "view", "rounds", "files"}`; `kind` "table" has `rows`."""
        return dict(self._client.get(_output(run, step, port)))

    def rows(self, run: str, step: str, port: str, *, limit: int = ROWS, where: str = "") -> dict[str, Any]:
        """`{"columns", "rows", "row_count"}` of a table that went through a wire, where a condition in SQL holds."""
        asked = {"limit": limit, **({"where": where} if where else {})}
        return dict(self._client.get(f"{_output(run, step, port)}/rows", asked))

    def sql(self, run: str, step: str, port: str, sql: str) -> dict[str, Any]:
        """The result of one SELECT over the table `data` that went through a wire."""
        return dict(self._client.post(f"{_output(run, step, port)}/sql", {"sql": sql}))

    def compare(self, before: str, after: str) -> dict[str, Any]:
        """What differs between two runs, step by step: `["steps"]` with `change`, `fields`, `before` and `after`."""
        return dict(self._client.get(f"{_path(after)}/compare", {"with": before}))

    def address(self, path: str) -> str:
        """The whole address of a page."""
        return self._client.page(path)

    def make_inference(self, run: str, *, kind: str = "realtime", node: str = "", name: str = "") -> dict[str, Any]:
        """A pipeline of what a completed run learned: `kind` "realtime" answers requests, "batch" scores a table."""
        return dict(self._client.post(f"{_path(run)}/inference", {"kind": kind, "node": node, "name": name}))


def _path(run: str) -> str:
    return f"pipeline-runs/{quote(run, safe='')}"


def _output(run: str, step: str, port: str) -> str:
    return f"{_path(run)}/steps/{quote(step, safe='[]')}/outputs/{quote(port, safe='')}"
