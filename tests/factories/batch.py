"""Batch endpoints, deployments and jobs, as the use cases leave them, without anything running."""

from typing import Any

from compute.jobs.models import Job
from compute.targets.models import ComputeTarget
from registry.batch import advancing, services
from registry.batch.models import BatchDeployment, BatchEndpoint, BatchJob, BatchWorker
from registry.batch.services import Invocation, NewBatchDeployment
from registry.data.assets.models import DataVersion
from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories.compute import make_target
from tests.factories.endpoints import make_code, make_model_version

SCORE = "def init():\n    pass\n\n\ndef run(mini_batch):\n    return [len(path) for path in mini_batch]\n"


def make_batch_endpoint(
    workspace: Workspace, name: str = "nightly", *, actor: User | None = None, **facts: Any
) -> BatchEndpoint:
    return services.create_endpoint(actor=actor, workspace=workspace, name=name, **facts)


def make_batch_deployment(
    endpoint: BatchEndpoint, name: str = "first", *, actor: User | None = None, **asked: Any
) -> BatchDeployment:
    """A scoring script beside a model that is one text, on a target of its own, unless more is asked for."""
    workspace = endpoint.workspace
    if not ComputeTarget.objects.filter(workspace=workspace).exists():
        make_target(workspace)
    if "model" not in asked:
        asked["model"] = f"{make_model_version(workspace, f'model-of-{name}').model.name}:1"
    if "code" not in asked:
        asked = {"scoring_script": "score.py", **asked, "code": make_code(workspace, {"score.py": SCORE}).sha256}
    return services.deploy(actor=actor, endpoint=endpoint, name=name, new=NewBatchDeployment(**asked))


def make_batch_job(
    deployment: BatchDeployment,
    data: DataVersion | str,
    *,
    actor: User | None = None,
    splits: bool = False,
    **asked: Any,
) -> BatchJob:
    """A job that was asked for; with `splits` its parts wait and its workers are queued."""
    path = data if isinstance(data, str) else f"azureml:{data.asset.name}:{data.version}"
    invocation = Invocation(input=path, deployment=deployment.name, **asked)
    batch = services.invoke(actor=actor, endpoint=deployment.endpoint, asked=invocation)
    if splits:
        advancing.advance(batch.pk)
        batch.refresh_from_db()
    return batch


def make_batch_worker(batch: BatchJob) -> BatchWorker:
    """The first worker of a job, as if its runner had started."""
    worker = BatchWorker.objects.filter(batch=batch).select_related("job", "batch").order_by("pk")[0]
    Job.objects.filter(pk=worker.job_id).update(state="running", attempt=1)
    worker.job.refresh_from_db()
    return worker
