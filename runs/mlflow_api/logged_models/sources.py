"""What an address of a logged model leads to: `models:/m-<id>`, or its folder below the artifact proxy."""

from urllib.parse import unquote, urlsplit

from registry.mlmodels.sources import Found, files_below, register
from runs.logged_models.models import ID_SHAPE, LoggedModel, LoggedModelFile
from runs.mlflow_api.artifacts import locations
from runs.mlflow_api.registry import sources as others
from studio.access.models import Workspace
from studio.errors import NotFound
from studio.lineage import labels
from studio.lineage.things import Thing


def register_all() -> None:
    """Called once, when the app starts, after the registry's own."""
    register("models:/m-", of_model)
    register("mlflow-artifacts:/", of_proxy)
    labels.register("logged_model", label_models)


def of_model(workspace: Workspace, source: str) -> Found | None:
    model_id, _, path = source.removeprefix("models:/").strip("/").partition("/")
    return _files(workspace, model_id, path) if ID_SHAPE.fullmatch(model_id) else None


def of_proxy(workspace: Workspace, source: str) -> Found | None:
    """`mlflow-artifacts:/<experiment>/models/<id>/artifacts/<path>`; other places below the proxy are the registry's."""
    parts = [unquote(part) for part in urlsplit(source).path.split("/") if part]
    if len(parts) < 4 or parts[1] != "models" or parts[3] != "artifacts" or not ID_SHAPE.fullmatch(parts[2]):
        return others.of_proxy(workspace, source)
    return _files(workspace, parts[2], "/".join(parts[4:]))


def _files(workspace: Workspace, model_id: str, path: str) -> Found:
    rows = LoggedModel.objects.filter(workspace=workspace, pk=model_id, deleted_at=None)
    model = rows.select_related("experiment").first()
    if model is None:
        raise NotFound("not_found", f"Logged model with ID '{model_id}' not found.")
    stored = LoggedModelFile.objects.filter(model=model).order_by("path")
    found = [(row.path, row.blob_id, row.size, row.content_type) for row in stored]
    return Found(
        files=files_below(found, path.strip("/")),
        origin=Thing("logged_model", model.pk),
        run_id=model.source_run_id or "",
        logged_model_id=model.pk,
        location=locations.of_model(model),
    )


def label_models(workspace: Workspace, ids: list[str]) -> dict[str, labels.Label]:
    """Logged models by their names, for the lineage."""
    rows = LoggedModel.objects.filter(workspace=workspace, pk__in=ids).select_related("workspace")
    return {row.pk: labels.Label("logged model", row.name, row.get_absolute_url()) for row in rows}
