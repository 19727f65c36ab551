"""Batch jobs: asked for, canceled, ended."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from compute.jobs import services as jobs
from compute.jobs.models import FINAL_STATES, JobState
from registry.batch import inputs, options, queries, state, tasks
from registry.batch.models import BatchDeployment, BatchEndpoint, BatchJob, BatchPart
from registry.batch.names import bad
from registry.batch.services import telling
from registry.data import names as data_names
from registry.data import uris
from registry.data.datastores import queries as datastores
from registry.data.datastores.defaults import ensure_default
from registry.data.datastores.models import Datastore
from studio.accounts.models import User
from studio.errors import Conflict, Invalid
from studio.lineage import services as lineage
from studio.lineage.things import Thing
from studio.storage.removal import drop

S = BatchJob.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """What is scored, and what is other than the deployment says. `output_path` is a folder of a datastore,
    `output_asset` the name of the data asset that the output becomes a version of."""

    input: Any
    deployment: str = ""
    output_path: str = ""
    output_asset: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


def invoke(*, actor: User | None, endpoint: BatchEndpoint, asked: Invocation) -> BatchJob:
    """A batch job on its way: its input is split by a task. Raises Invalid, NotFound, Conflict with one sentence."""
    deployment = _deployment(endpoint, asked.deployment)
    found = inputs.read(endpoint.workspace, asked.input)
    chosen = options.read(asked.settings, options.Options.from_json(deployment.options))
    if asked.output_asset:
        data_names.asset_name(asked.output_asset)
    batch = BatchJob(
        workspace=endpoint.workspace,
        deployment=deployment,
        title=str(deployment),
        input={"type": found.type, "path": found.path},
        input_version=found.version,
        options={**chosen.to_json(), "output_asset": asked.output_asset},
        created_by=actor,
    )
    batch.output_datastore, batch.output_path = _output(batch, asked.output_path)
    with transaction.atomic():
        batch.save()
        _link(batch, deployment)
        telling.begun(actor=actor, batch=batch)
        tasks.advance.delay_on_commit(batch.pk)
    return batch


def cancel(*, actor: User | None, batch: BatchJob) -> BatchJob:
    """The job ends now, and its workers with it; what they scored is thrown away. Raises Conflict when it has ended."""
    with transaction.atomic():
        if not end(batch, to=S.CANCELED, problem="", cancel_requested_at=timezone.now()):
            raise Conflict("batch_job_ended", f"This batch job has already ended: it is {batch.state}.")
    return batch


def end(batch: BatchJob, *, to: str, problem: str, **facts: Any) -> bool:
    """Bring a job to an end that is no success: its workers are asked to stop. False when it has ended already."""
    with transaction.atomic():
        if not state.move(batch, to=to, problem=problem[:1000], **facts):
            batch.refresh_from_db()
            return False
        stop_workers(batch)
        telling.moved(batch)
        tasks.forget.delay_on_commit(batch.pk)
    return True


def stop_workers(batch: BatchJob, *, only_waiting: bool = False) -> None:
    """Ask the workers to stop; `only_waiting` those that have not begun: the others go home by themselves."""
    for worker in queries.workers_of(batch):
        is_asked = worker.job.state == JobState.QUEUED if only_waiting else worker.job.state not in FINAL_STATES
        if is_asked:
            _stop(worker.job)


def forget_rows(batch_id: str) -> None:
    """The rows of single parts are not needed any more once the job has ended."""
    rows = BatchPart.objects.filter(batch=batch_id, output__isnull=False).select_related("output")
    blobs = [part.output for part in rows if part.output is not None]
    BatchPart.objects.filter(batch=batch_id, output__isnull=False).update(output=None)
    for at in range(0, len(blobs), 500):
        drop(blobs[at : at + 500])


def _stop(job: Any) -> None:
    try:
        jobs.request_stop(actor=None, job=job)
    except Conflict:
        return  # it has ended by itself meanwhile


def _deployment(endpoint: BatchEndpoint, name: str) -> BatchDeployment:
    wanted = name or endpoint.default_deployment
    if not wanted:
        raise Conflict(
            "no_deployment", f"The batch endpoint {endpoint.name} has no default deployment, and none was named.",
            hint="Name one, or make one of them the default.",
        )  # fmt: skip
    return queries.deployment_at(endpoint, wanted)


def _output(batch: BatchJob, given: str) -> tuple[Datastore, str]:
    """Where the output goes: `azureml/<job>/score` in the default datastore, as with Azure, or where it was asked for."""
    if not given:
        return ensure_default(batch.workspace), f"azureml/{batch.pk}/score"
    try:
        named = uris.parse(given)
    except Invalid as error:
        raise bad("output_path", error.message, hint=error.hint) from None
    if not isinstance(named, uris.DatastorePath):
        raise bad(
            "output_path", "The output goes to a datastore.", hint="Such as azureml://datastores/lake/paths/scored."
        )
    return datastores.named(batch.workspace, named.datastore), named.path


def _link(batch: BatchJob, deployment: BatchDeployment) -> None:
    """data version and model version → batch job."""
    this = Thing("batch_job", batch.pk)
    scored = Thing("model_version", str(deployment.model_version_id))
    lineage.link(workspace=batch.workspace, source=scored, target=this, verb="scored")
    if batch.input_version_id:
        read = Thing("data_version", str(batch.input_version_id))
        lineage.link(workspace=batch.workspace, source=read, target=this, verb="read")
