"""What MLflow's addresses of files lead to here: `runs:/<id>/<path>` and the proxy's `mlflow-artifacts:/…`.

An id in the form of ours that is not there is refused; any other is taken for a run of another server.
"""

from urllib.parse import unquote, urlsplit

from registry.mlmodels.sources import Found, files_below, register
from runs.tracking.models import Artifact, Run
from studio.access.models import Workspace
from studio.errors import NotFound
from studio.identifiers import is_run_id
from studio.lineage import labels
from studio.lineage.things import Thing


def register_all() -> None:
    """Called once, when the app starts."""
    register("runs:/", of_run)
    register("mlflow-artifacts:/", of_proxy)
    labels.register("run", label_runs)


def of_run(workspace: Workspace, source: str) -> Found | None:
    run_id, _, path = source.removeprefix("runs:/").strip("/").partition("/")
    return _files(workspace, run_id, path, source)


def of_proxy(workspace: Workspace, source: str) -> Found | None:
    """`mlflow-artifacts:/<experiment>/<run>/artifacts/<path>`, with or without a host."""
    parts = [unquote(part) for part in urlsplit(source).path.split("/") if part]
    if len(parts) < 3 or parts[2] != "artifacts" or not is_run_id(parts[1]):
        return None
    return _files(workspace, parts[1], "/".join(parts[3:]), source)


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


def label_runs(workspace: Workspace, ids: list[str]) -> dict[str, labels.Label]:
    """Runs by their names, for the lineage."""
    rows = Run.objects.filter(workspace=workspace, pk__in=ids).select_related("workspace")
    return {row.pk: labels.Label("run", row.name, row.get_absolute_url()) for row in rows}
