"""The other things of an import: what is said of experiments, logged models, the registry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from atelier import _client, _errors
from atelier._exchange import sending
from atelier._exchange.records import SourceExperiment, SourceFile, SourceLoggedModel, SourceModel, SourceVersion

REFUSED = (_errors.InvalidRequest, _errors.Conflict)


class Importer:
    """`runs` is external id → id here, filled while runs come in."""

    def __init__(
        self, client: _client.Client, options: sending.Options, report: sending.Report, runs: dict[str, str]
    ) -> None:
        self._client = client
        self._options = options
        self._report = report
        self._runs = runs
        self._logged: dict[str, str] = {}

    def take_experiment(self, experiment: SourceExperiment) -> None:
        """Brings its tags, and its description where there is none here."""
        if self._options.is_dry or not (experiment.tags or experiment.description):
            return
        name = self._options.prefix + experiment.name
        body = {"name": name, "description": experiment.description[:4000], "tags": dict(experiment.tags)}
        self._sent(f"The experiment {name}", "imports/experiments", body)

    def take_logged(self, model: SourceLoggedModel) -> None:
        """Brings a logged model with its files."""
        known = self._known([model.external_id], "logged_models").get(model.external_id, "")
        if sending.is_itself(model.external_id, known):
            self._logged[model.external_id] = known
            return
        if self._options.is_dry:
            self._report.logged_models_new += not known
            self._count([] if known else model.files())
            return
        body = {
            "external_id": model.external_id,
            "experiment": self._options.prefix + model.experiment,
            "name": model.name,
            "run": self._runs.get(model.run),
            "model_type": model.model_type,
            "status": "FAILED" if model.is_failed else "READY",
            "params": dict(model.params),
            "tags": dict(model.tags),
            "created_at": model.created or None,
        }
        answer = self._sent(f"The logged model {model.name}", "imports/logged-models", body)
        if answer is None:
            return
        self._logged[model.external_id] = str(answer["id"])
        self._report.logged_models_new += bool(answer["is_new"])
        self._send_files(model.files(), answer, f"imports/logged-models/{answer['id']}/files", model.name)

    def take_model(self, model: SourceModel) -> None:
        """Brings a registered model and its versions, in the order of their numbers."""
        self._report.models += 1
        if self._options.is_dry:
            known = self._known([version.external_id for version in model.versions], "versions")
            new = [version for version in model.versions if version.external_id not in known]
            self._report.versions_new += len(new)
            for version in new:
                self._count(version.files())
            return
        self._remember(model)
        body = {
            "external_id": model.external_id,
            "name": model.name,
            "description": model.description,
            "tags": dict(model.tags),
        }
        answer = self._sent(f"The model {model.name}", "imports/models", body)
        if answer is None:
            return
        for version in model.versions:
            self._take_version(str(answer["name"]), version)

    def _take_version(self, name: str, version: SourceVersion) -> None:
        path = f"imports/models/{_client.segment(name)}/versions"
        owner = f"{name} {version.number}"
        body = {
            "external_id": version.external_id,
            "number": version.number,
            "source": self._source(version),
            "run_id": self._runs.get(version.run, ""),
            "description": version.description,
            "stage": version.stage,
            "tags": dict(version.tags),
            "aliases": list(version.aliases),
            "created_at": version.created or None,
        }
        answer = self._sent(f"Version {version.number} of {name}", path, body)
        if answer is None:
            return
        self._report.versions_new += bool(answer["is_new"])
        self._report.versions_known += not answer["is_new"]
        place = f"imports/models/{_client.segment(answer['model'])}/versions/{answer['version']}/files"
        held = self._send_files(version.files(), answer, place, owner)
        if self._options.files and not held and "/" in version.source:
            self._report.notes.append(f"{owner} came without files: those at {version.source[:300]} are not here.")

    def _remember(self, model: SourceModel) -> None:
        """The runs and logged models of its versions that an earlier import brought."""
        runs = {version.run for version in model.versions} - {"", *self._runs}
        logged = {version.logged_model for version in model.versions} - {"", *self._logged}
        self._runs.update(self._known(sorted(runs), "runs"))
        self._logged.update(self._known(sorted(logged), "logged_models"))

    def _known(self, names: list[str], kind: str) -> dict[str, str]:
        return sending.known(self._client, names, kind, self._options)

    def _count(self, files: Iterable[SourceFile]) -> None:
        if self._options.files:
            sending.count_files(files, self._report)

    def _source(self, version: SourceVersion) -> str:
        """The address of what came along; else the one it had."""
        inside = f"/{version.path}" if version.path else ""
        if version.logged_model in self._logged:
            return f"models:/{self._logged[version.logged_model]}{inside}"
        if version.path is not None and version.run in self._runs:
            return f"runs:/{self._runs[version.run]}{inside}"
        return version.source

    def _send_files(self, files: Iterable[SourceFile], answer: Any, address: str, owner: str) -> bool:
        """Sends what the studio does not hold yet; answers whether it holds any then."""
        held: dict[str, int] = answer["files"]
        before = self._report.files
        for file in files if self._options.files else ():
            if held.get(file.path) != file.size:
                sending.send_file(self._client, file, address, owner, self._report)
        return bool(held) or self._report.files > before

    def _sent(self, what: str, path: str, body: dict[str, Any]) -> Any:
        """The studio's answer; None for what it refuses, which is named in the report."""
        try:
            return sending.again(lambda: self._client.post(path, body))
        except REFUSED as error:
            self._report.notes.append(f"{what} was left out: {error}")
            return None
