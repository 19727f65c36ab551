"""Beginning a step: taken over from one that did the same, or carried out by a run of its own, in one transaction."""

import logging
from collections.abc import Mapping

from django.db import transaction

from runs.pipelines.engine import commands, ending, placing_outputs, resolving, reuse, state
from runs.pipelines.engine.values import Given
from runs.pipelines.engine.work import Work
from runs.pipelines.models import Step, StepState
from runs.tracking.models import Run
from runs.tracking.services import given as sent
from runs.tracking.services import making, secret_names
from studio.errors import StudioError
from studio.identifiers import new_run_id
from studio.lineage.models import LineageEdge

logger = logging.getLogger(__name__)
S = StepState


def start(work: Work, step: Step) -> bool:
    """Begin a ready command step. What can't be begun fails, and says why. False where somebody else was first."""
    try:
        return _start(work, step)
    except StudioError as error:
        said = " ".join(part for part in (error.message, error.hint) if part)
        return state.move(step, to=S.FAILED, problem=said[:1000])


def _start(work: Work, step: Step) -> bool:
    given = resolving.inputs_of(work, step)
    order = commands.order_of(work, step, given)
    target = work.target_of(order.job)
    environment = work.environment_of(order.job, target.target)
    key = reuse.key_of(order, environment.content)
    note = reuse.why_never(work, order, key)
    found = reuse.find(work, key) if key and not note else None
    if found is not None:
        return _take_over(step, found, key, given)
    note = note or reuse.why_not(work, step, order, given, environment.content)
    secret_names.check(workspace=work.workspace, job=order.job)
    parts = making.Parts(
        job=order.job,
        target=target.target,
        environment=environment.content,
        environment_version=environment.version,
        notes=(*target.notes, environment.note),
        source=making.STEP,
        snapshot=work.snapshot(order.snapshot),
        inputs=sent.inputs_of(work.workspace, order.job, order.digests, order.known),
        outputs=placing_outputs.kept(work, order.job.outputs),
        parent=work.run,
        experiment=work.run.experiment,
        run_id=new_run_id(),
    )
    facts = {"inputs": given, "reuse_key": key, "reuse_note": note[:1000], "attempt": step.attempt + 1}
    with transaction.atomic():
        # The row of the run follows in this transaction, at whose end the databases look for it.
        if not state.move(step, to=S.RUNNING, run_id=parts.run_id, **facts):
            return False
        run = making.make_run(actor=work.actor, workspace=work.workspace, parts=parts, queue=True)
        _link(work, run, given)
    return True


def _take_over(step: Step, found: Step, key: str, given: Mapping[str, Given]) -> bool:
    origin = reuse.origin_of(found)
    return ending.complete(
        step,
        found.outputs,
        inputs=given,
        reuse_key=key,
        reuse_note=reuse.note_of(found),
        reused_from=origin,
    )


def _link(work: Work, run: Run, given: Mapping[str, Given]) -> None:
    """The lineage says which run's output went into this one."""
    sources = {one["from"]["run"] for one in given.values() if one.get("from", {}).get("run")}
    if not sources:
        return
    LineageEdge.objects.bulk_create(
        (
            LineageEdge(
                workspace=work.workspace,
                source_kind="run",
                source_id=source,
                target_kind="run",
                target_id=run.pk,
                verb="gave",
            )
            for source in sorted(sources)
        ),
        ignore_conflicts=True,
    )
