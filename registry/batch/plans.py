"""What a worker is told: which files it loads, and how it scores."""

from typing import Any

from registry.batch import queries
from registry.batch.models import BatchDeployment, BatchJob, BatchWorker
from registry.batch.options import Options
from registry.data import uris
from registry.mlmodels import queries as models
from registry.mlmodels.models import ModelVersionFile
from studio.errors import NotFound
from studio.storage.models import Blob


def plan_of(worker: BatchWorker) -> dict[str, Any]:
    """Model, code, script, input and settings, as `atelier.serving.batch` reads them."""
    batch, deployment = _parts(worker)
    options = Options.from_json(batch.options).to_json()
    options.pop("environment_variables")
    version = deployment.model_version
    found = models.files_of(version).select_related("blob")
    return {
        "batch": batch.pk,
        "title": batch.title,
        "model": {
            "name": version.model.name,
            "version": str(version.number),
            "files": [{"path": file.path, "sha256": file.blob.sha256, "size": file.size} for file in found],
        },
        "code": deployment.code.sha256 if deployment.code else "",
        "scoring_script": deployment.scoring_script,
        "mode": batch.options.get("mode", ""),
        "input": {"type": batch.input.get("type", ""), "path": batch.input.get("path", ""), "name": _name(batch)},
        "reading": batch.options.get("reading", {}),
        "settings": options,
    }


def file_of(worker: BatchWorker, sha256: str) -> Blob:
    """The bytes of a file that the plan names. Raises NotFound."""
    _, deployment = _parts(worker)
    if deployment.code is not None and deployment.code.sha256 == sha256:
        return deployment.code
    rows = ModelVersionFile.objects.filter(version=deployment.model_version, blob__sha256=sha256[:64])
    file = rows.select_related("blob").first()
    if file is None:
        raise NotFound("not_found", "This job needs no such file.")
    return file.blob


def _name(batch: BatchJob) -> str:
    """The name of an input that is one file."""
    if batch.input_version is not None:
        return batch.input_version.path.rpartition("/")[2]
    named = uris.parse(str(batch.input.get("path", "")))
    return named.path.rpartition("/")[2] if isinstance(named, uris.DatastorePath) else ""


def _parts(worker: BatchWorker) -> tuple[BatchJob, BatchDeployment]:
    batch = queries.job_at(worker.batch_id)
    if batch is None or batch.deployment is None:
        raise NotFound("not_found", "The deployment of this job was deleted.")
    return batch, batch.deployment
