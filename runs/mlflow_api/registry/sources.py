"""What MLflow's addresses of files lead to here: `runs:/<id>/<path>`, `models:/m-…` and the proxy's `mlflow-artifacts:/…`.

An id in the form of ours that is not there is refused; any other is taken for a run of another server.
"""

import json
from urllib.parse import unquote, urlsplit

from django.db.models import Q

from registry.mlmodels import queries
from registry.mlmodels.models import ModelVersion
from registry.mlmodels.sources import Found, SourceFile, files_below, register
from runs.logged_models import services as logged_models
from runs.logged_models.models import ID_SHAPE, LoggedModel
from runs.mlflow_api.artifacts.models import LooseFile
from runs.tracking.models import Artifact, Run
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import NotFound
from studio.identifiers import is_run_id
from studio.lineage import labels
from studio.lineage.things import Thing

VERSIONS_TAG = "mlflow.modelVersions"


def register_all() -> None:
    """Called once, when the app starts."""
    register("runs:/", of_run)
    register("mlflow-artifacts:", of_proxy)
    register("models:/m-", of_logged_model)
    labels.register("run", label_runs)
    labels.register("logged_model", label_logged_models)


def of_run(workspace: Workspace, source: str) -> Found | None:
    run_id, _, path = source.removeprefix("runs:/").strip("/").partition("/")
    return _files(workspace, run_id, path, source)


def of_proxy(workspace: Workspace, source: str) -> Found | None:
    """`mlflow-artifacts:/<experiment>/<run>/artifacts/<path>`, with or without a host; any other path names loose files."""
    parts = [unquote(part) for part in urlsplit(source).path.split("/") if part]
    if not (parts and parts[0].isdigit()):
        return Found(files=_loose_files(workspace, "/".join(parts)), location=source)
    if len(parts) >= 4 and parts[1] == "models" and parts[3] == "artifacts":
        return _logged_model(workspace, parts[2], "/".join(parts[4:]), source)
    if len(parts) < 3 or parts[2] != "artifacts" or not is_run_id(parts[1]):
        return None
    return _files(workspace, parts[1], "/".join(parts[3:]), source)


def of_logged_model(workspace: Workspace, source: str) -> Found | None:
    """`models:/m-<id>`, or a folder below it."""
    model_id, _, path = source.removeprefix("models:/").strip("/").partition("/")
    return _logged_model(workspace, model_id, path, source)


def note_registered(*, actor: User, version: ModelVersion) -> None:
    """Let the logged model know which versions were made of it, as MLflow's client shows them."""
    model = LoggedModel.objects.filter(workspace=version.model.workspace, pk=version.logged_model_id).first()
    if model is None:
        return
    registered = queries.versions_of_logged_models(model.workspace, [model.pk]).get(model.pk, [])
    value = json.dumps([{"name": each.model.name, "version": each.number} for each in registered][-50:])
    logged_models.set_tags(actor=actor, model=model, tags={VERSIONS_TAG: value})


def _logged_model(workspace: Workspace, model_id: str, path: str, source: str) -> Found | None:
    if not ID_SHAPE.fullmatch(model_id):
        return None
    rows = LoggedModel.objects.filter(workspace=workspace, pk=model_id, deleted_at=None)
    model = rows.first()
    if model is None:
        raise NotFound("not_found", f"Logged model with ID '{model_id}' not found.")
    found = [(row.path, row.blob_id, row.size, row.content_type) for row in model.files.order_by("path")]
    return Found(
        files=files_below(found, path.strip("/")),
        origin=Thing("logged_model", model.pk),
        run_id=model.source_run_id or "",
        logged_model_id=model.pk,
        location=source,
    )


def _files(workspace: Workspace, run_id: str, path: str, source: str) -> Found | None:
    if not is_run_id(run_id):
        return Found(run_id=run_id, location=source)
    run = Run.objects.filter(workspace=workspace, pk=run_id).first()
    if run is None:
        raise NotFound("not_found", f"Run with id={run_id} not found")
    rows = Artifact.objects.filter(run=run).order_by("path")
    found = [(row.path, row.blob_id, row.size, row.content_type) for row in rows]
    files = files_below(found, path.strip("/"))
    return Found(files=files, origin=Thing("run", run.pk), run_id=run.pk, location=source)


def _loose_files(workspace: Workspace, path: str) -> tuple[SourceFile, ...]:
    rows = LooseFile.objects.filter(workspace=workspace).order_by("path")
    rows = rows.filter(Q(path=path) | Q(path__startswith=f"{path}/")) if path else rows
    return files_below([(row.path, row.blob_id, row.size, row.content_type) for row in rows], path)


def label_runs(workspace: Workspace, ids: list[str]) -> dict[str, labels.Label]:
    """Runs by their names, for the lineage."""
    rows = Run.objects.filter(workspace=workspace, pk__in=ids).select_related("workspace")
    return {row.pk: labels.Label("run", row.name, row.get_absolute_url()) for row in rows}


def label_logged_models(workspace: Workspace, ids: list[str]) -> dict[str, labels.Label]:
    """Logged models by their names; they are shown on the page of their run."""
    rows = LoggedModel.objects.filter(workspace=workspace, pk__in=ids).select_related("source_run__workspace")
    return {row.pk: labels.Label("logged model", row.name, _page_of(row)) for row in rows}


def _page_of(model: LoggedModel) -> str:
    return model.source_run.get_absolute_url() if model.source_run else ""
