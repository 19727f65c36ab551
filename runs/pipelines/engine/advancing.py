"""Moving pipeline runs on. All from rows: it may run twice, by two at once, and be killed anywhere."""

import logging
import time

from django.db.models import Count, Q
from django.utils import timezone

from compute.jobs.models import FINAL_STATES
from runs.pipelines.engine import cancelling, control, ending, lease, standing, starting, state
from runs.pipelines.engine.standing import Standing
from runs.pipelines.engine.work import Work
from runs.pipelines.models import PipelineRun, Step, StepState
from runs.tracking.models import RunState

logger = logging.getLogger(__name__)
S, Kind = StepState, Step.Kind
TURN_SECONDS = 2.0
MOST_RUNS = 500
MOST_HOLDERS = 200
_kept: dict[str, Work] = {}  # of the turns before, for a moment


def tick() -> list[str]:
    """The pipeline runs that are under way: each is to be looked at."""
    rows = PipelineRun.objects.filter(run__state=RunState.RUNNING)
    free = rows.filter(Q(lease_until=None) | Q(lease_until__lt=timezone.now()))
    return list(free.order_by("run__created_at").values_list("pk", flat=True)[:MOST_RUNS])


def advance(run_id: str) -> bool:
    """One pipeline run as far as it goes now. Answers whether there is more to do at once."""
    held = lease.take(run_id)
    until = time.monotonic() + TURN_SECONDS
    try:
        while held is not None:
            work = _work(held)
            if work is None:
                return False
            while _turn(work, until):
                if time.monotonic() > until:
                    _keep(work)
                    return True
            _keep(work)
            held = held.release()  # it is kept where somebody knocked meanwhile: look again
        return False
    finally:
        if held is not None:
            held.drop()


def _work(held: lease.Lease) -> Work | None:
    """What the turn before has looked up, while it is fresh; of the pipeline run itself only its stopping changes."""
    work = _kept.pop(held.run_id, None)
    if work is None or not work.is_fresh:
        rows = PipelineRun.objects.filter(pk=held.run_id)
        rows = rows.select_related("run__workspace", "run__experiment", "run__created_by")
        found = rows.defer("document", "outputs").first()
        work = Work(found) if found is not None else None
    if work is not None:
        work.is_stopped = held.is_stopped
    return work


def _keep(work: Work) -> None:
    """For the next turn. While one goes on, nobody else has it."""
    for run_id in [run_id for run_id, one in list(_kept.items()) if not one.is_fresh]:
        _kept.pop(run_id, None)
    _kept[work.pipeline_run.pk] = work


def _turn(work: Work, until: float) -> bool:
    """Everything that can be done now, once. Answers whether more can be done by what happened."""
    pipeline_run = work.pipeline_run
    stands = standing.of(pipeline_run)
    moved = _catch_up(pipeline_run) if stands.missed else 0
    if work.is_stopped:
        moved += cancelling.carry_out(pipeline_run, work.actor)
    elif stands.has(S.FAILED, S.CANCELED) and not pipeline_run.goes_on:
        moved += ending.stop_starting(pipeline_run)
    if stands.has(S.FAILED, S.CANCELED, S.SKIPPED) and stands.has(S.WAITING, S.READY):
        moved += ending.skip_lost(pipeline_run)
    ready = _make_ready(pipeline_run) if stands.due else 0
    if any(stands.of(S.RUNNING, kind) for kind in control.HOLDERS):
        moved += control.look_after(work)
    if ready or stands.has(S.READY):
        moved += _begin(work, stands, until)
    if not stands.has(*state.OPEN):
        ending.end_run(work)
    return bool(moved)


def _catch_up(pipeline_run: PipelineRun) -> int:
    """Steps whose run has ended while nobody listened, or is gone."""
    rows = Step.objects.filter(pipeline_run=pipeline_run, state=S.RUNNING, kind=Kind.COMMAND)
    missed = list(rows.filter(Q(run__state__in=FINAL_STATES) | Q(run=None)).order_by().values_list("pk", flat=True))
    return sum(_end(step) for step in Step.objects.filter(pk__in=missed).select_related("run__job")) if missed else 0


def _end(step: Step) -> bool:
    if step.run is not None:
        return ending.child_ended(step, step.run)
    return state.move(step, to=S.FAILED, problem="Its run was removed.")


def _make_ready(pipeline_run: PipelineRun) -> int:
    rows = Step.objects.filter(pipeline_run=pipeline_run, state=S.WAITING, missing=0)
    return state.move_rows(rows, run_id=pipeline_run.pk, to=S.READY)


def _begin(work: Work, stands: Standing, until: float) -> int:
    """Begin ready steps while places are free: holders at once, commands as many as may be under way together.

    Answers how many did something that lets others go on; a command that has only begun does not.
    """
    pipeline_run = work.pipeline_run
    room = _room(pipeline_run) if stands.of(S.RUNNING, Kind.EACH) else {}
    full = [pk for pk, places in room.items() if places <= 0]
    holders = MOST_HOLDERS if stands.has_holders else 0
    begun = 0
    for step in standing.ready(pipeline_run, holders=True, without=full, limit=holders):
        if time.monotonic() > until:
            return begun + 1
        if room.get(step.parent_id or 0, 1) <= 0:
            begun += 1  # another one may have a place where this one has none: look again
            continue
        is_begun = control.begin(work, step)
        begun += is_begun
        if is_begun and step.state == S.RUNNING and step.parent_id in room:
            room[step.parent_id] -= 1
    free = pipeline_run.at_once - stands.of(S.RUNNING, Kind.COMMAND)
    commands = standing.ready(pipeline_run, holders=False, without=full, limit=free)
    return begun + _begin_commands(work, commands, room, until)


def _begin_commands(work: Work, ready: list[Step], room: dict[int, int], until: float) -> int:
    """`_begin` for steps with runs of their own, many in one transaction."""
    wanted = []
    for step in ready:
        if step.parent_id in room:
            room[step.parent_id] -= 1
        if room.get(step.parent_id or 0, 0) >= 0:
            wanted.append(step)
    begun = len(ready) - len(wanted)
    for start in range(0, len(wanted), starting.TOGETHER):
        if time.monotonic() > until:
            return begun + 1
        begun += starting.start_all(work, wanted[start : start + starting.TOGETHER])
    return begun


def _room(pipeline_run: PipelineRun) -> dict[int, int]:
    """How many rounds more may be under way, of the loops that say how many may be at once."""
    loops = Step.objects.filter(pipeline_run=pipeline_run, state=S.RUNNING, kind=Kind.EACH)
    under_way = Count("children", filter=Q(children__state=S.RUNNING))
    found = loops.annotate(under_way=under_way).values_list("pk", "node", "under_way")
    return {pk: int(node["max_concurrency"]) - count for pk, node, count in found if node.get("max_concurrency")}
