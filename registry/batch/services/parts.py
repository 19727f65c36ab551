"""What workers say of parts: taken, kept, done, failed. A part is one worker's at a time, by conditional updates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from compute.jobs.models import LIVE_STATES, Job
from registry.batch import queries, splitting, state, tasks
from registry.batch.models import BatchJob, BatchPart, BatchWorker
from registry.batch.options import Options
from registry.batch.services import jobs as batch_jobs
from registry.batch.services import telling
from studio.errors import Conflict, NotFound
from studio.storage.models import Blob

S, P = BatchJob.State, BatchPart.State
TRIES = 8
MORE_AFTER_DEATH = 2
KEPT_ITEMS = 1_000  # failed items of one part that are kept by name
MAX_ITEM, MAX_PROBLEM = 1_000, 1_000


@dataclass(frozen=True, slots=True)
class Taken:
    """What a worker that asks for work is told: a part, to wait, or (`is_over`) to go home."""

    part: BatchPart | None = None
    is_last: bool = False  # the part is not tried again: each item counts for itself
    is_over: bool = False


def worker_of(*, job: Job) -> BatchWorker:
    """The worker that this job is. Raises NotFound."""
    found = queries.worker_of(job.pk)
    if found is None:
        raise NotFound("not_found", "This job scores nothing.")
    return found


def take(*, worker: BatchWorker) -> Taken:
    """The next part for a worker, under a lease."""
    batch = worker.batch
    most = Options.from_json(batch.options).max_retries
    if batch.state != S.RUNNING or worker.job.state not in LIVE_STATES:
        return Taken(is_over=True)
    for _ in range(TRIES):
        part = BatchPart.objects.filter(batch=batch, state=P.WAITING).order_by("number").first()
        if part is None:
            break
        attempt = part.attempt + 1
        if state.move_part(part, to=P.TAKEN, attempt=attempt, worker=worker, lease_until=_lease()):
            return Taken(part=part, is_last=attempt > most)
    return Taken(is_over=not BatchPart.objects.filter(batch=batch, state__in=[P.WAITING, P.TAKEN]).exists())


def keep(*, worker: BatchWorker, number: int, attempt: int) -> None:
    """The worker is alive and still at it. Raises Conflict `stale_part` when the part is somebody else's."""
    rows = BatchPart.objects.filter(
        batch=worker.batch, number=number, attempt=attempt, worker=worker, state=P.TAKEN, batch__state=S.RUNNING
    )
    if not rows.update(lease_until=_lease()):
        raise _stale(number)


def done(
    *,
    worker: BatchWorker,
    number: int,
    attempt: int,
    output: Blob | None,
    row_count: int,
    failed: Sequence[dict[str, Any]] = (),
    failed_count: int | None = None,
) -> None:
    """A part was scored; `failed` are those of its items that were not. Saying it twice changes nothing.

    `failed_count` is the number of failed items where they are not all named. Raises Conflict `stale_part`.
    """
    part = _held(worker, number, attempt, P.DONE)
    if part is None:
        return
    listed = _named(failed)
    lost = min(splitting.size_of(part.items), len(failed) if failed_count is None else failed_count)
    with transaction.atomic():
        facts = {"row_count": row_count, "failed_items": listed, "output": output, "lease_until": None, "problem": ""}
        if not state.move_part(part, to=P.DONE, **facts):
            raise _stale(number)
        _count(worker.batch, part, lost, row_count)


def failed(*, worker: BatchWorker, number: int, attempt: int, problem: str) -> None:
    """A part could not be scored: it is tried again, by whoever comes first, as often as the deployment says."""
    part = _held(worker, number, attempt, P.FAILED)
    if part is not None:
        give_back(part=part, problem=problem)


def give_back(*, part: BatchPart, problem: str, died: bool = False) -> bool:
    """A taken part waits again, or has failed when that was its last try. False when somebody moved it meanwhile.

    A worker that died (`died`) is hardly ever the part's fault: a few more tries are allowed than for a part that failed.
    """
    batch = part.batch
    problem = problem.replace("\0", "")[:MAX_PROBLEM] or "It gave no reason."
    allowed = Options.from_json(batch.options).max_retries + (MORE_AFTER_DEATH if died else 0)
    if part.attempt <= allowed:
        return state.move_part(part, to=P.WAITING, worker=None, lease_until=None, problem=problem)
    items = _named([{"item": splitting.words_of(item), "problem": problem} for item in part.items])
    with transaction.atomic():
        if not state.move_part(part, to=P.FAILED, lease_until=None, problem=problem, failed_items=items):
            return False
        _count(batch, part, splitting.size_of(part.items), 0)
    return True


def release_all(*, worker: BatchWorker, problem: str) -> None:
    """The worker has ended: what it held is given back."""
    held = BatchPart.objects.filter(batch=worker.batch_id, worker=worker, state=P.TAKEN)
    for part in held.select_related("batch__workspace", "batch__created_by"):
        give_back(part=part, problem=problem, died=True)


def take_problem(*, worker: BatchWorker, problem: str) -> None:
    """The worker can't even load the model: no other could, so the batch job fails."""
    if worker.job.state in LIVE_STATES:
        batch_jobs.end(worker.batch, to=S.FAILED, problem=problem.replace("\0", ""))


def _held(worker: BatchWorker, number: int, attempt: int, said: str) -> BatchPart | None:
    """The part as this worker holds it; None when it has said this of it before."""
    part = queries.part_at(worker.batch, number)
    part.batch = worker.batch
    if part.attempt != attempt or part.worker_id != worker.pk:
        raise _stale(number)
    if part.state == said:
        return None
    if part.state != P.TAKEN:
        raise _stale(number)
    return part


def _count(batch: BatchJob, part: BatchPart, lost: int, row_count: int) -> None:
    """The job's counts after a part; too many failed items end the job."""
    well = splitting.size_of(part.items) - lost
    BatchJob.objects.filter(pk=batch.pk).update(
        item_done=F("item_done") + well, item_failed=F("item_failed") + lost, row_total=F("row_total") + row_count
    )
    batch.refresh_from_db(fields=["item_done", "item_failed", "row_total", "state"])
    telling.progressed(batch)
    most = Options.from_json(batch.options).error_threshold
    if most >= 0 and batch.item_failed > most:
        sentence = f"{batch.item_failed:,} items failed, and error_threshold allows {most:,}."
        batch_jobs.end(batch, to=S.FAILED, problem=sentence)
    elif not BatchPart.objects.filter(batch=batch, state__in=[P.WAITING, P.TAKEN]).exists():
        tasks.advance.delay_on_commit(batch.pk)


def _named(failed: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Failed items as they are kept: as many as fit, in texts that every database takes."""
    return [
        {
            "item": str(row.get("item", "")).replace("\0", "")[:MAX_ITEM],
            "problem": str(row.get("problem", "")).replace("\0", "")[:MAX_PROBLEM],
        }
        for row in failed[:KEPT_ITEMS]
    ]


def _lease() -> Any:
    return timezone.now() + state.PART_LEASE


def _stale(number: int) -> Conflict:
    return Conflict("stale_part", f"Part {number} is not this worker's any more: it was given to another.")
