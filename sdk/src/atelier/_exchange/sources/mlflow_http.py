"""A running MLflow server, by its REST interface."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from functools import partial
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote

from atelier import _config, _errors
from atelier._exchange.records import (
    Point,
    Series,
    Source,
    SourceExperiment,
    SourceFile,
    SourceLoggedModel,
    SourceModel,
    SourceRun,
)
from atelier._exchange.sources import mlflow_http_models, mlflow_words

if TYPE_CHECKING:
    import httpx

API = "/api/2.0/mlflow/"
PAGE_RUNS = 500
PAGE_POINTS = 25_000
IN_MEMORY = 8 * 1024 * 1024
TIMEOUT_SECONDS = 120.0


class MlflowServer(Source):
    """Every active run of a server, its logged models and its registry. The credentials are MLflow's own variables (`MLFLOW_TRACKING_TOKEN` …)."""

    def __init__(self, url: str) -> None:
        self.label = f"MLflow at {url}"
        self.notes: list[str] = []
        self._url = url.rstrip("/")
        self._http = _client()

    def experiments(self) -> Iterator[SourceExperiment]:
        """What is said of the active experiments."""
        for experiment in self._experiments():
            yield mlflow_words.experiment_of(str(experiment["name"]), mlflow_words.pairs(experiment.get("tags")))

    def runs(self) -> Iterator[SourceRun]:
        """Every active run of the active experiments."""
        for experiment in self._experiments():
            body = {"experiment_ids": [experiment["experiment_id"]], "max_results": PAGE_RUNS}
            for run in self.pages("runs/search", "runs", body):
                yield self._run(run, str(experiment["name"]))

    def logged_models(self) -> Iterator[SourceLoggedModel]:
        """Every logged model of the active experiments; servers before version 3 have none."""
        return mlflow_http_models.logged_models(self, list(self._experiments()))

    def models(self) -> Iterator[SourceModel]:
        """The registry, with prompts."""
        return mlflow_http_models.models(self)

    def _experiments(self) -> Iterator[dict[str, Any]]:
        return self.pages("experiments/search", "experiments", {"max_results": 1000})

    def _run(self, run: dict[str, Any], experiment: str) -> SourceRun:
        info, data = run["info"], run.get("data", {})
        run_id = str(info.get("run_id") or info["run_uuid"])
        return mlflow_words.run_of(
            run_id=run_id,
            experiment=experiment,
            name=str(info.get("run_name") or ""),
            status=str(info.get("status") or ""),
            started_ms=mlflow_words.whole(info.get("start_time")),
            ended_ms=mlflow_words.whole(info.get("end_time")),
            params=mlflow_words.pairs(data.get("params")),
            tags=mlflow_words.pairs(data.get("tags")),
            series=partial(self._series, run_id, sorted({row["key"] for row in data.get("metrics", [])})),
            files=partial(self._files, run_id, ""),
        )

    def _series(self, run_id: str, keys: list[str]) -> Iterator[Series]:
        for key in keys:
            yield Series(key, self._points(run_id, key))

    def _points(self, run_id: str, key: str) -> Iterator[Point]:
        query = {"run_id": run_id, "metric_key": key, "max_results": PAGE_POINTS}
        for row in self.pages("metrics/get-history", "metrics", query, method="GET"):
            yield int(row.get("step") or 0), int(row["timestamp"]), mlflow_words.unbounded(float(row["value"]))

    def _files(self, run_id: str, path: str) -> Iterator[SourceFile]:
        query = {"run_id": run_id, **({"path": path} if path else {})}
        for row in self.pages("artifacts/list", "files", query, method="GET"):
            if row.get("is_dir"):
                yield from self._files(run_id, row["path"])
            else:
                yield SourceFile(row["path"], int(row.get("file_size") or 0), partial(self._open, run_id, row["path"]))

    def _open(self, run_id: str, path: str) -> IO[bytes]:
        return self.file(f"/get-artifact?run_uuid={run_id}&path={quote(path)}")

    def file(self, address: str) -> IO[bytes]:
        """The bytes at an address of the server: in memory when small, in a temporary file otherwise."""
        target: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
        try:
            with self._http.stream("GET", self._url + address) as response:
                response.raise_for_status()
                for piece in response.iter_bytes(1 << 18):
                    target.write(piece)
        except _http_errors() as error:
            target.close()
            raise OSError(f"MLflow did not give it: {error}") from error
        target.seek(0, io.SEEK_SET)
        return target

    def pages(self, path: str, name: str, query: dict[str, Any], method: str = "POST") -> Iterator[dict[str, Any]]:
        """Every entry of a list, page after page."""
        token = ""
        while True:
            answer = self.call(method, path, {**query, **({"page_token": token} if token else {})})
            yield from answer.get(name, [])
            token = answer.get("next_page_token") or ""
            if not token:
                return

    def call(self, method: str, path: str, query: dict[str, Any]) -> dict[str, Any]:
        """The server's answer. Raises `UsageError` for what is none of MLflow's."""
        sent: dict[str, Any] = {"params": query} if method == "GET" else {"json": query}
        try:
            response = self._http.request(method, self._url + API + path, **sent)
            response.raise_for_status()
            answer: dict[str, Any] = response.json()
        except _http_errors() as error:
            raise _errors.UsageError(f"{self._url} does not answer as an MLflow server: {error}") from error
        return answer


def _client() -> httpx.Client:
    import httpx

    token, username, password = _config.mlflow_credentials()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    login = (username, password) if username and not token else None
    return httpx.Client(headers=headers, auth=login, timeout=TIMEOUT_SECONDS, follow_redirects=True)


def _http_errors() -> tuple[type[Exception], ...]:
    import httpx

    return (httpx.HTTPError, ValueError)
