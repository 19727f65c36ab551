"""Beginning steps: taken over from one that did the same, or carried out by runs of their own, in one transaction."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from registry.environments.services.contents import Found as FoundEnvironment
from runs.pipelines.engine import commands, ending, placing_outputs, resolving, reuse, state
from runs.pipelines.engine.commands import Order
from runs.pipelines.engine.values import Given
from runs.pipelines.engine.work import Work
from runs.pipelines.models import Step, StepState
from runs.tracking.services import given as sent
from runs.tracking.services import making, placing, secret_names
from studio.errors import StudioError
from studio.identifiers import new_run_id
from studio.lineage import services as lineage
from studio.lineage.things import Thing

logger = logging.getLogger(__name__)
S = StepState
TOGETHER = 25  # steps that begin in one transaction


@dataclass(slots=True)
class Start:
    """A ready step with what it is given and what it would run."""

    step: Step
    given: dict[str, Given]
    order: Order
    target: placing.Placed
    environment: FoundEnvironment
    key: str
    note: str  # why nothing is to be taken over; empty where something may be


@dataclass(slots=True)
class Beginning:
    """A step that is to have a run: the parts of it, and the columns of the step."""

    step: Step
    parts: making.Parts
    facts: dict[str, Any]


def start_all(work: Work, steps: Sequence[Step]) -> int:
    """Begin ready command steps. What can't be begun fails, and says why.

    Answers how many ended by it, so that others may go on: those that failed or were taken over.
    """
    ended = 0
    resolving.look_up(work, steps)
    starts = []
    for step in steps:
        try:
            starts.append(_planned(work, step))
        except StudioError as error:
            ended += _fail(step, error)
    known = reuse.known({start.key for start in starts if not start.note})
    beginnings = []
    for start in starts:
        try:
            if not start.note and start.key in known and _take_over(work, start):
                ended += 1
            else:
                beginnings.append(_beginning(work, start))
        except StudioError as error:
            ended += _fail(start.step, error)
    return ended + _make_runs(work, beginnings)


def _fail(step: Step, error: StudioError) -> int:
    said = " ".join(part for part in (error.message, error.hint) if part)
    return state.move(step, to=S.FAILED, problem=said[:1000])


def _planned(work: Work, step: Step) -> Start:
    given = resolving.inputs_of(work, step)
    order = commands.order_of(work, step, given)
    target = work.target_of(order.job)
    environment = work.environment_of(order.job, target.target)
    key = reuse.key_of(order, environment.content)
    return Start(step, given, order, target, environment, key, reuse.why_never(work, order, key))


def _beginning(work: Work, start: Start) -> Beginning:
    """What is to be made for the step."""
    step, order, environment = start.step, start.order, start.environment
    note = start.note or reuse.why_not(work, step, order, start.given, environment.content)
    secret_names.check(workspace=work.workspace, job=order.job)
    parts = making.Parts(
        job=order.job,
        target=start.target.target,
        environment=environment.content,
        environment_version=environment.version,
        notes=(*start.target.notes, environment.note),
        source=making.STEP,
        snapshot=work.snapshot(order.snapshot),
        inputs=sent.inputs_of(work.workspace, order.job, order.digests, order.known),
        outputs=placing_outputs.kept(work, order.job.outputs),
        parent=work.run,
        experiment=work.run.experiment,
        run_id=new_run_id(),
    )
    facts = {"inputs": start.given, "reuse_key": start.key, "reuse_note": note[:1000], "attempt": step.attempt + 1}
    return Beginning(step, parts, facts)


def _make_runs(work: Work, beginnings: Sequence[Beginning]) -> int:
    """Their runs, all in one transaction; where one of them can't be, each for itself. Answers how many failed."""
    if not beginnings:
        return 0
    try:
        _make_together(work, beginnings)
    except StudioError as error:
        if len(beginnings) > 1:
            return sum(_make_runs(work, [one]) for one in beginnings)
        return _fail(beginnings[0].step, error)
    return 0


def _make_together(work: Work, beginnings: Sequence[Beginning]) -> None:
    with transaction.atomic():
        # The rows of the runs follow in this transaction, at whose end the databases look for them.
        begun = [
            one
            for one in beginnings
            if state.move(one.step, to=S.RUNNING, run_id=one.parts.run_id, **one.facts)  # else somebody else was first
        ]
        if begun:
            making.make_steps(actor=work.actor, workspace=work.workspace, each=[one.parts for one in begun])
            _link(work, begun)


def _take_over(work: Work, start: Start) -> bool:
    """Whether an equal step was found, whose outputs are this one's now."""
    found = reuse.find(work, start.key)
    if found is None:
        return False
    ending.complete(
        start.step,
        found.outputs,
        inputs=start.given,
        reuse_key=start.key,
        reuse_note=reuse.note_of(found),
        reused_from=reuse.origin_of(found),
    )
    return True


def _link(work: Work, begun: Sequence[Beginning]) -> None:
    """The lineage says which runs' outputs went into these."""
    edges = [
        (Thing("run", given["from"]["run"]), Thing("run", one.parts.run_id), "gave")
        for one in begun
        for given in one.facts["inputs"].values()
        if given.get("from", {}).get("run")
    ]
    lineage.link_all(workspace=work.workspace, edges=edges)
