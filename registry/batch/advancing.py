"""Moving batch jobs on: split, keep workers at it, put together. All from rows: it may run twice, and anywhere."""

import logging
from typing import Any

from django.db import transaction
from django.utils import timezone

from compute.jobs import services as jobs
from compute.jobs.models import FINAL_STATES, Job, JobState, Reason
from registry.batch import finalizing, queries, splitting, state
from registry.batch.models import BatchJob, BatchPart, BatchWorker
from registry.batch.options import Options
from registry.batch.services import jobs as batch_jobs
from registry.batch.services import parts, telling
from registry.environments import definitions
from studio.errors import StudioError

logger = logging.getLogger(__name__)
S, P = BatchJob.State, BatchPart.State
KIND = "batch_score"
COMMAND = "exec python -m atelier.serving.batch"
MOST_REPLACED = 5  # workers that died and were replaced, in one job
ROWS_AT_ONCE = 500
# Ends of a worker that another one would meet too.
HOPELESS = frozenset({Reason.ENVIRONMENT, Reason.SNAPSHOT, Reason.START_TIMEOUT, Reason.BACKEND})


def tick() -> None:
    """Move on all jobs that have not ended."""
    for pk in BatchJob.objects.exclude(state__in=BatchJob.FINAL).values_list("pk", flat=True)[:200]:
        try:
            advance(pk)
        except Exception:  # one that can't be moved on must not stop the others
            logger.exception("batch job %s was not moved on", pk)
    for pk in BatchJob.objects.filter(state__in=BatchJob.FINAL, parts__output__isnull=False).values_list(
        "pk", flat=True
    )[:5]:
        batch_jobs.forget_rows(pk)


def advance(batch_id: str) -> None:
    """One job as far as it goes now."""
    for _ in range(3):
        batch = queries.job_at(batch_id)
        if batch is None or batch.state in BatchJob.FINAL:
            return
        before = batch.state
        _STEPS[S(batch.state)](batch)
        if batch.state == before:
            return


def _split(batch: BatchJob) -> None:
    """The input becomes parts, and workers are sent."""
    lease = state.claim(batch)
    if lease is None:
        return
    keeper = state.Keeper(batch, lease)
    try:
        found = splitting.split(batch, keeper)
    except state.Lost:
        return
    except StudioError as error:
        batch_jobs.end(batch, to=S.FAILED, problem=" ".join(part for part in (error.message, error.hint) if part))
        return
    with transaction.atomic():
        facts = {"item_total": found.total, "input": batch.input}
        kept = {**batch.options, "mode": found.mode, "reading": found.reading}
        if not state.move(batch, to=S.RUNNING, lease=keeper.lease, options=kept, **facts):
            return
        rows = (BatchPart(batch=batch, number=number, items=items) for number, items in enumerate(found.parts))
        BatchPart.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
        for number in range(min(_wanted(batch), len(found.parts))):
            _start_worker(batch, number)
        telling.moved(batch)


def _look_after(batch: BatchJob) -> None:
    """Parts whose worker fell silent are given back, workers that died are replaced, the end is noticed."""
    silent = BatchPart.objects.filter(batch=batch, state=P.TAKEN, lease_until__lt=timezone.now())
    for part in silent.select_related("batch"):
        parts.give_back(part=part, problem="The worker that held it fell silent.", died=True)
    batch.refresh_from_db()
    if batch.state != S.RUNNING:
        return
    counts = queries.part_counts(batch)
    if not counts.get(P.WAITING) and not counts.get(P.TAKEN):
        if state.move(batch, to=S.FINALIZING):
            telling.moved(batch)
        return
    _keep_workers(batch, counts.get(P.WAITING, 0), counts.get(P.TAKEN, 0))


def _keep_workers(batch: BatchJob, waiting: int, taken: int) -> None:
    """As many workers as there is work for. Ends the job when none is left and none can be sent."""
    workers = [worker.job for worker in queries.workers_of(batch)]
    ended = [job for job in workers if job.state in FINAL_STATES]
    alive = len(workers) - len(ended)
    hopeless = next((job for job in ended if job.state == JobState.FAILED and job.reason in HOPELESS), None)
    if hopeless is not None:
        batch_jobs.end(batch, to=S.FAILED, problem=f"A worker could not start: {hopeless.message}")
        return
    lacking = min(_wanted(batch), alive + waiting) - alive
    allowed = _wanted(batch) + MOST_REPLACED - len(workers)
    if lacking > 0 and allowed > 0 and not _was_stopped(ended):
        with transaction.atomic():
            for number in range(min(lacking, allowed)):
                _start_worker(batch, len(workers) + number)
        return
    if not alive and not taken:
        _give_up(batch, ended)


def _was_stopped(ended: list[Job]) -> bool:
    return any(job.state == JobState.CANCELED for job in ended)


def _give_up(batch: BatchJob, ended: list[Job]) -> None:
    if _was_stopped(ended):
        batch_jobs.end(batch, to=S.CANCELED, problem="Its worker jobs were stopped.")
        return
    last = ended[-1] if ended else None
    said = (last.message if last else "") or "they left no reason"
    batch_jobs.end(batch, to=S.FAILED, problem=f"Its workers died again and again; the last one said: {said}")


def _finalize(batch: BatchJob) -> None:
    lease = state.claim(batch)
    if lease is None:
        return
    try:
        finalizing.finalize(batch, state.Keeper(batch, lease))
    except state.Lost:
        return
    except StudioError as error:
        batch_jobs.end(batch, to=S.FAILED, problem=f"The output could not be written: {error.message}")


def _wanted(batch: BatchJob) -> int:
    return Options.from_json(batch.options).instance_count


def _start_worker(batch: BatchJob, number: int) -> None:
    """A job of the deployment's target that takes parts until none are left."""
    deployment = batch.deployment
    assert deployment is not None and deployment.environment is not None and deployment.target is not None
    definition = definitions.Definition.from_json(deployment.environment.definition)
    options = Options.from_json(batch.options)
    spec: dict[str, Any] = {
        "command": COMMAND,
        "environment": {**definition.to_json(), "digest": definition.venv_digest},
        "environment_variables": {**definition.variables, **options.environment_variables},
    }
    job = jobs.create_job(
        actor=batch.created_by, workspace=batch.workspace, target=deployment.target, kind=KIND,
        title=f"{batch.title} {batch.pk}, worker {number + 1}", spec=spec,
    )  # fmt: skip
    BatchWorker.objects.create(batch=batch, job=job)
    jobs.enqueue(actor=batch.created_by, job=job)


_STEPS = {S.PENDING: _split, S.RUNNING: _look_after, S.FINALIZING: _finalize}
