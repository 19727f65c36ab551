"""Writing metrics. A batch is stored whole and once, or not at all."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from django.db import IntegrityError, transaction

from compute.jobs.models import Job, Reason
from runs.tracking.metrics import batches, codec, keys, storing, summarise, summary_merge, tasks
from runs.tracking.metrics.columns import Columns, check_names
from runs.tracking.metrics.models import MetricKey
from runs.tracking.models import Run
from studio.accounts.models import User
from studio.errors import Conflict, Invalid
from studio.live import pacing, topics

COMPACT_UNNAMED = 256  # one in so many batches without a writer asks for a compaction: they are often single points
COMPACT_EVERY = 32  # batches of one writer between two compactions: what a reader has to unpack besides the chunks
_WRITER = re.compile(r"[A-Za-z0-9._:-]{1,40}")
_SEQ = range(2**62)
# Ends that the studio concluded from silence: the script's journal may come later and is still welcome.
_GUESSED_ENDS = frozenset({Reason.RUNNER_LOST, Reason.STUDIO_STOPPED})


@dataclass(frozen=True, slots=True)
class Ingested:
    """`duplicate`: the batch had been stored before, and nothing was done."""

    accepted: int
    duplicate: bool


def ingest(
    *,
    actor: User,
    run: Run,
    writer: str,
    seq: int,
    columns: Columns,
    goals: Mapping[str, str] | None = None,
    besides: Callable[[], None] | None = None,
) -> Ingested:
    """Store one batch of a run and merge it into the run's summaries, in one transaction.

    `(writer, seq)` names the batch: sent again, it is acknowledged and ignored. `besides` is what else the same batch
    brings (parameters, tags); it is called inside the transaction, once. Raises Invalid for a name that can't be one,
    and Conflict when the run has finished.
    """
    _check_identity(writer, seq)
    goals = _checked_goals(goals or {})
    if run.is_finished and not _is_late_welcome(run):
        if batches.is_known(run.pk, writer, seq):
            return Ingested(0, duplicate=True)
        raise Conflict("run_finished", "This run has finished; it takes no more metrics.", hint="Start a new run.")
    numbered = _numbered(columns, keys.key_ids(run.workspace_id, columns.keys))
    with _known_keys(), transaction.atomic():
        if not batches.claim(run.pk, writer, seq, len(columns), codec.pack(*numbered)):
            return Ingested(0, duplicate=True)
        summary_merge.merge(run.pk, list(summarise.digests(*numbered)))
        if goals:
            _store_goals(run, goals)
        if besides is not None:
            besides()
        if seq % COMPACT_EVERY == COMPACT_EVERY - 1:
            tasks.compact_run.delay_on_commit(run.pk)
        pacing.publish_paced(topics.run(run.pk), "metrics")
    return Ingested(len(columns), duplicate=False)


def append(*, run: Run, columns: Columns, besides: Callable[[], None] | None = None) -> None:
    """Store a batch of a client that numbers none, such as MLflow's: whenever it comes, the run's end or not.

    All of it in one transaction, with what `besides` writes. Of several values at one step and time the greatest is last.
    """
    if besides is None:
        _append(run, columns)
        return
    with transaction.atomic():
        besides()
        _append(run, columns)


def append_point(*, run: Run, key: str, step: int, time_ms: int, value: float) -> None:
    """What `append` does, for one point whose metric's name was checked."""
    with _known_keys():
        key_id = keys.key_ids(run.workspace_id, [key])[key]
        seq = storing.store_point(run.pk, storing.Point(key_id, step, time_ms, value))
    _tell(run, seq)


def _append(run: Run, columns: Columns) -> None:
    seq = 0
    if len(columns):
        with _known_keys():
            numbered = _by_value(_numbered(columns, keys.key_ids(run.workspace_id, columns.keys)))
            digests = list(summarise.digests(*numbered))
            seq = storing.store_batch(run.pk, len(columns), codec.pack(*numbered), digests)
    _tell(run, seq)


def _tell(run: Run, seq: int) -> None:
    if seq and seq % COMPACT_UNNAMED == 0:
        tasks.compact_run.delay_on_commit(run.pk)
    pacing.publish_paced(topics.run(run.pk), "metrics")


@contextmanager
def _known_keys() -> Iterator[None]:
    """Whoever fails to store numbers of metrics must not find the same ones again."""
    try:
        yield
    except IntegrityError:
        keys.forget()
        raise


def set_goals(*, actor: User, run: Run, goals: Mapping[str, str]) -> None:
    """Say whether a metric's best is its minimum or its maximum. Raises Invalid."""
    checked = _checked_goals(goals)
    with transaction.atomic():
        _store_goals(run, checked)
        pacing.publish_paced(topics.run(run.pk), "metrics")


Numbered = tuple[codec.Ints, codec.Ints, codec.Ints, codec.Floats]


def _numbered(batch: Columns, ids: Mapping[str, int]) -> Numbered:
    if not len(batch):
        return batch.key, batch.step, batch.time_ms, batch.value
    lookup = np.array([ids[name] for name in batch.keys], np.int64)
    return lookup[batch.key], batch.step, batch.time_ms, batch.value


def _by_value(batch: Numbered) -> Numbered:
    """The points by step, time and value where any of them share a step: the greatest comes last."""
    key, step, time_ms, value = batch
    if len(key) < 2 or (step[1:] > step[:-1]).all():
        return batch
    order = np.lexsort((np.where(np.isnan(value), -np.inf, value), time_ms, step))
    return key[order], step[order], time_ms[order], value[order]


def _check_identity(writer: object, seq: object) -> None:
    if not isinstance(writer, str) or not _WRITER.fullmatch(writer):
        message = "The writer is 1 to 40 letters, digits or . _ : - that name one process."
        raise Invalid("invalid_writer", message, fields={"writer": message})
    if type(seq) is not int or seq not in _SEQ:
        message = "The seq is a whole number from 0 up, one more for each batch of a writer."
        raise Invalid("invalid_seq", message, fields={"seq": message})


def _checked_goals(goals: Mapping[str, str]) -> Mapping[str, str]:
    check_names(list(goals))
    for name, goal in goals.items():
        if goal not in (MetricKey.Goal.MIN, MetricKey.Goal.MAX):
            message = f'The goal of {name!r} is "min" or "max", not {goal!r}.'
            raise Invalid("invalid_goal", message, fields={f"goals.{name}": message})
    return goals


def _store_goals(run: Run, goals: Mapping[str, str]) -> None:
    ids = keys.key_ids(run.workspace_id, list(goals))
    for name, goal in goals.items():
        MetricKey.objects.filter(id=ids[name]).exclude(goal=goal).update(goal=goal)


def _is_late_welcome(run: Run) -> bool:
    if run.source == "import":
        return True  # it had ended before it came
    return Job.objects.filter(pk=run.job_id or 0, reason__in=_GUESSED_ENDS).exists()
