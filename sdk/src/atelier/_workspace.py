"""A workspace: its experiments, runs, compute, people, and the way to submit work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from atelier import (
    _client,
    _compute,
    _devices,
    _environments,
    _errors,
    _images,
    _logged_models,
    _models,
    _reports,
    _run,
    _schedules,
    _traces,
    _trash,
    _views,
    _webhooks,
)
from atelier._data import belongings
from atelier._endpoints import batch as _batch
from atelier._endpoints import endpoints as _endpoints
from atelier._pipelines import components as _components
from atelier._pipelines import drafts as _drafts
from atelier._pipelines import runs as _pipeline_runs

Record = dict[str, Any]
PAGE = 100


@dataclass(frozen=True)
class Experiment:
    """A path that groups runs."""

    id: int
    path: str
    description: str
    run_count: int
    last_run_at: str | None
    is_archived: bool


@dataclass(frozen=True)
class Comparison:
    """Runs side by side. A row of `params`, `metrics` or `tags` says in `differs` whether the runs differ there."""

    runs: list[Record]
    params: list[Record]
    metrics: list[Record]
    tags: list[Record]

    def differing(self) -> list[Record]:
        """The rows in which the runs differ."""
        return [row for row in (*self.params, *self.metrics, *self.tags) if row.get("differs")]


class Workspace(belongings.Belongings, _traces.WithTraces, _trash.WithTrash):
    """One workspace of a server; without arguments the one of the settings in force."""

    def __init__(self, name: str | None = None, url: str | None = None, token: str | None = None) -> None:
        self._api = _client.connect(url=url, token=token, workspace=name)
        self.name = self._api.workspace or self._first_name()
        self._api.workspace = self.name

    def __repr__(self) -> str:
        return f"<Workspace {self.name!r} at {self._api.url}>"

    @property
    def client(self) -> _client.Client:
        """The connection to the server."""
        return self._api

    @property
    def models(self) -> _models.Models:
        """The registered models: `Workspace().models.register("digits-svm", "runs:/k3v9x2m7qabc/model")`."""
        return _models.Models(self._api)

    @property
    def images(self) -> _images.Images:
        """Models packed with all they need: `Workspace().images.build("digits:3")`."""
        return _images.Images(self._api)

    @property
    def devices(self) -> _devices.Devices:
        """Machines elsewhere that run images: `Workspace().devices.deploy("press-3", "defects", "defects:3")`."""
        return _devices.Devices(self._api)

    @property
    def endpoints(self) -> _endpoints.Endpoints:
        """Models behind an address: `Workspace().endpoints.invoke("iris", {"data": [[5.1, 3.5, 1.4, 0.2]]})`."""
        return _endpoints.Endpoints(self._api)

    @property
    def batch_endpoints(self) -> _batch.BatchEndpoints:
        """Whole inputs scored by jobs: `Workspace().batch_endpoints.invoke("heart", "azureml:patients@latest")`."""
        return _batch.BatchEndpoints(self._api)

    @property
    def pipeline_runs(self) -> _pipeline_runs.PipelineRuns:
        """Runs of pipelines: `Workspace().pipeline_runs.rows("k3v9x2m7qabc", "clean", "cleaned_dataset")`."""
        return _pipeline_runs.PipelineRuns(self._api)

    def lineage(self, kind: str, name: str) -> Record:
        """All that a thing came from and all that came of it: `lineage("model", "digits:3")`.

        `kind` is data, environment, run, model, image, deployment (`iris/blue`) or endpoint. `things` are in order, from the
        data to the endpoints, each with its `distance` from the one asked for; `edges` name their places in that list.
        """
        return dict(self.client.get("lineage", {"kind": kind, "name": name}))

    @property
    def logged_models(self) -> _logged_models.LoggedModels:
        """What runs made through MLflow 3: `Workspace().logged_models.search("metrics.accuracy > 0.9")`."""
        return _logged_models.LoggedModels(self._api)

    @property
    def views(self) -> _views.Views:
        """Saved views of the runs table: `Workspace().views.create("best", {"filter": "metrics.acc > 0.9"})`."""
        return _views.Views(self._api)

    @property
    def reports(self) -> _reports.Reports:
        """Pages of text with live charts: `Workspace().reports.create("Results", "# Results")`."""
        return _reports.Reports(self._api)

    @property
    def pipelines(self) -> _drafts.Pipelines:
        """Pipelines of the designer: `Workspace().pipelines.run("prices", {"rate": 0.1})`."""
        return _drafts.Pipelines(self._api)

    @property
    def pipeline_endpoints(self) -> _drafts.PipelineEndpoints:
        """Published pipelines: `Workspace().pipeline_endpoints.invoke("score-prices", {"rate": 0.1})`."""
        return _drafts.PipelineEndpoints(self._api)

    @property
    def schedules(self) -> _schedules.Schedules:
        """What runs by itself: `Workspace().schedules.create_from("schedule.yml")`."""
        return _schedules.Schedules(self._api)

    @property
    def webhooks(self) -> _webhooks.Webhooks:
        """What tells other systems of changes in the registry: `Workspace().webhooks.deliveries(3)`."""
        return _webhooks.Webhooks(self._api)

    def experiments(self, *, archived: bool | None = None) -> list[Experiment]:
        """All experiments, by path."""
        return [_experiment(row) for row in self._api.pages("experiments", {"archived": archived, "limit": PAGE})]

    def experiment(self, path: str) -> Experiment:
        """One experiment by its path."""
        found = next((item for item in self.experiments() if item.path == path), None)
        if found is None:
            raise _errors.NotFound(f"There is no experiment {path!r} in the workspace {self.name!r}.", status=404)
        return found

    def create_experiment(self, path: str, description: str = "") -> Experiment:
        """A new experiment."""
        return _experiment(self._api.post("experiments", {"path": path, "description": description}))

    def archive_experiment(self, path: str) -> Experiment:
        """Hides an experiment from lists."""
        found = self.experiment(path)
        return _experiment(self._api.patch(f"experiments/{found.id}", {"is_archived": True}))

    def update_experiment(self, path: str, *, description: str) -> Experiment:
        """Changes what is said of an experiment."""
        found = self.experiment(path)
        return _experiment(self._api.patch(f"experiments/{found.id}", {"description": description}))

    def delete_experiment(self, path: str) -> None:
        """Puts an experiment and its runs into the trash. It keeps its path."""
        self._api.delete(f"experiments/{self.experiment(path).id}")

    def undelete_experiment(self, path: str) -> Experiment:
        """Takes an experiment out of the trash, with the runs that went with it."""
        thrown = self.trash()["experiments"]
        found = next((row for row in thrown if row["path"] == path), None)
        if found is None:
            raise _errors.NotFound(f"There is no experiment {path!r} in the trash of {self.name!r}.", status=404)
        return _experiment(self._api.post(f"experiments/{found['id']}/undelete", {}))

    def runs(
        self,
        *,
        experiment: str | None = None,
        state: str | None = None,
        q: str | None = None,
        tag: str | None = None,
        parent: str | None = None,
        created_by: str | None = None,
        archived: bool | None = None,
        sort: str | None = None,
        filter: str | None = None,
        limit: int | None = None,
    ) -> Iterator[_run.Run]:
        """The runs that match, newest first unless `sort` says otherwise; pages are fetched as needed.

        `filter` and `sort` take the search language; the others must hold as well. Raises `SearchError` with the place
        of a mistake.
        """
        query = {
            "experiment": experiment,
            "state": state,
            "q": q,
            "tag": tag,
            "parent": parent,
            "created_by": created_by,
            "archived": archived,
            "sort": sort,
            "filter": filter or None,
            "limit": min(limit or PAGE, PAGE),
        }
        rows = (_run.Run(self._api, row) for row in self._api.pages("runs", query))
        return islice(rows, limit)

    search = runs

    def search_runs(
        self,
        filter: str = "",
        *,
        order_by: str | Sequence[str] = "",
        experiment: str | None = None,
        limit: int | None = None,
    ) -> Iterator[_run.Run]:
        """The runs a filter finds: `search_runs("metrics.loss < 0.3 AND params.lr = '0.1'", order_by="metrics.loss")`."""
        order = order_by if isinstance(order_by, str) else ", ".join(order_by)
        return self.runs(filter=filter, sort=order or None, experiment=experiment, limit=limit)

    def change_runs(
        self,
        action: str,
        runs: Sequence[str | _run.Run] = (),
        *,
        filter: str | None = None,
        experiment: str | None = None,
        tags: Mapping[str, str | None] | None = None,
        to: str = "",
    ) -> Record:
        """One action on many runs: these, or all that a filter finds.

        `action` is stop, tag (with `tags`), move (with `to`, an experiment), archive, restore or trash. Answers
        `changed` and `refused`; more than a few hundred are changed in the background: `change` and `total`.
        """
        body: Record = {"action": action, "tags": dict(tags or {}), "to": to}
        if runs:
            body["ids"] = _ids_of(runs)
        else:
            body["query"] = {"filter": filter or "", "experiment": experiment or ""}
        if not runs and filter is None and experiment is None:
            raise _errors.UsageError("Say which runs: runs=, filter= or experiment=.")
        return dict(self._api.post("runs/bulk", body))

    def change(self, number: int) -> Record:
        """How far a change of many runs is, and which runs it left as they were."""
        return dict(self._api.get(f"runs/bulk/{number}"))

    def export_runs(
        self,
        to: str | Path,
        *,
        columns: Sequence[str] = (),
        filter: str = "",
        experiment: str | None = None,
        order: Sequence[str] = (),
    ) -> Path:
        """Saves the table of all runs that match as .csv, .json or .parquet.

        Columns are `metric:loss.min`, `param:lr`, `tag:team`, `attribute:state`; an order is such a name, descending
        with a `-` before it.
        """
        target = _views.checked(to)
        query: Record = {"filter": filter, "experiment": experiment or "", "order": list(order)}
        return _views.save_table(self._api, query, columns, target)

    def run(self, run_id: str) -> _run.Run:
        """One run by its id."""
        return _run.Run(self._api, self._api.get(f"runs/{_client.segment(run_id)}"))

    def submit(
        self,
        job: str | Path | Mapping[str, Any],
        *,
        set: Mapping[str, Any] | None = None,
        name: str | None = None,
        experiment: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> _run.Run:
        """Submits a job file, or a dictionary of the same shape, and answers its run.

        `set` changes single values (`{"inputs.lr": 0.1}`). Raises `JobFileError` with file, line and column.
        """
        from atelier import _submit

        changes = dict(set or {})
        changes.update(
            {key: value for key, value in (("display_name", name), ("experiment_name", experiment)) if value}
        )
        run = _run.Run(self._api, _submit.submit(self._api, _submit.read_job(job), changes))
        return run.update(tags=dict(tags)) if tags else run

    def check(self, job: str | Path | Mapping[str, Any], *, set: Mapping[str, Any] | None = None) -> Record:
        """The normalised job and the local paths it needs; nothing is created."""
        from atelier import _submit

        return _submit.check(self._api, _submit.read_job(job), set or {})

    def compare(self, ids: Sequence[str | _run.Run]) -> Comparison:
        """Runs side by side."""
        answer = self._api.get("runs/compare", {"ids": ",".join(_ids_of(ids))})
        return Comparison(answer["runs"], answer["params"], answer["metrics"], answer["tags"])

    def compute(self) -> list[Record]:
        """The compute targets with their slots and queues."""
        return list(self._api.pages("compute"))

    @property
    def targets(self) -> _compute.ComputeTargets:
        """Making compute targets, and changing them."""
        return _compute.ComputeTargets(self._api)

    @property
    def components(self) -> _components.Components:
        """What pipelines are made of: `Workspace().components.create("component.yml")`."""
        return _components.Components(self._api)

    def check_pipeline(self, path: str | Path, inputs: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """What is wrong with a pipeline file, each at its node, with line and column; nothing when it can run."""
        return _components.check_file(self._api, path, inputs)

    @property
    def environments(self) -> _environments.Environments:
        """Registering environments, building them, and what runs were given (`environments()`)."""
        return _environments.Environments(self._api)

    def activities(self, limit: int | None = None) -> list[Record]:
        """Long operations, newest first."""
        return list(islice(self._api.pages("activities", {"limit": min(limit or PAGE, PAGE)}), limit))

    def notifications(self) -> list[Record]:
        """What the bell shows."""
        return list(self._api.pages("/notifications"))

    def members(self) -> list[Record]:
        """The people of the workspace and their roles."""
        return list(self._api.pages("members"))

    def _first_name(self) -> str:
        workspaces = self._api.get("/me")["workspaces"]
        if not workspaces:
            raise _errors.ConfigurationError("You are in no workspace yet. Ask an owner for an invitation.")
        return str(workspaces[0]["slug"])


def compare(ids: Sequence[str | _run.Run]) -> Comparison:
    """Runs of the workspace in force side by side."""
    return Workspace().compare(ids)


def _ids_of(runs: Sequence[str | _run.Run]) -> list[str]:
    return [run.id if isinstance(run, _run.Run) else run for run in runs]


def _experiment(row: Mapping[str, Any]) -> Experiment:
    return Experiment(
        id=int(row["id"]),
        path=str(row["path"]),
        description=str(row.get("description") or ""),
        run_count=int(row.get("run_count") or 0),
        last_run_at=row.get("last_run_at"),
        is_archived=bool(row.get("is_archived")),
    )
