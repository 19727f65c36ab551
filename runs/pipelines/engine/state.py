"""The life of a step: its legal moves and the one function that makes them."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from runs.pipelines.models import STEP_FINAL, Step, StepState
from studio import prepared, rows
from studio.live import pacing, topics

S = StepState
ALLOWED: dict[str, frozenset[str]] = {
    S.WAITING: frozenset({S.READY, S.COMPLETED, S.SKIPPED, S.CANCELED}),
    S.READY: frozenset({S.RUNNING, S.COMPLETED, S.FAILED, S.SKIPPED, S.CANCELED}),
    # Back to ready: it failed and is tried again.
    S.RUNNING: frozenset({S.READY, S.COMPLETED, S.FAILED, S.CANCELED}),
}
OPEN = frozenset(ALLOWED)
UNDER_WAY = frozenset({S.READY, S.RUNNING})
AT_ONCE = 500
_IS_LAST = f""""missing" = 1 AND "state" = '{S.WAITING}'"""
# No join: PostgreSQL would look at the step's state in a subquery then, as it was before another's commit.
_IS_WANTED = """AND EXISTS (
    SELECT 1 FROM "runs_pipelinerun" WHERE "run_id" = "runs_step"."pipeline_run_id" AND "cancel_requested_at" IS NULL
)"""
_FROM = {  # the condition of a move, by where it leads
    to: f"""
        "id" = %s AND "state" IN ({", ".join(f"'{one}'" for one, targets in ALLOWED.items() if to in targets)})
        {_IS_WANTED if to == S.RUNNING else ""}
    """
    for to in S.values
    if to != S.WAITING
}
_RELEASE = f"""
    UPDATE "runs_step" SET "missing" = "missing" - 1,
        "state" = CASE WHEN {_IS_LAST} THEN '{S.READY}' ELSE "state" END,
        "ready_at" = CASE WHEN {_IS_LAST} THEN %s ELSE "ready_at" END
    WHERE "id" IN (SELECT "step_id" FROM "runs_stepneed" WHERE "needed_id" = %s) AND "missing" > 0
"""


def move(step: Step, *, to: str, **fields: Any) -> bool:
    """Bring the step to `to` by one conditional update, setting `fields` with it; False when it is past that by now."""
    changes = {"state": to, **_times(to), **fields}
    if not rows.change(Step, changes, _FROM[to], [step.pk]):
        return False
    for name, value in changes.items():
        setattr(step, name, value)
    hint(step.pipeline_run_id)
    return True


def move_all(ids: Iterable[int], *, run_id: str, to: str, **fields: Any) -> int:
    """`move` for many steps of one pipeline run, by few statements. Answers how many moved."""
    origins = [state for state, targets in ALLOWED.items() if to in targets and state != S.RUNNING]
    wanted, moved = list(ids), 0
    for start in range(0, len(wanted), AT_ONCE):
        found = Step.objects.filter(pk__in=wanted[start : start + AT_ONCE], state__in=origins)
        moved += found.update(state=to, **_times(to), **fields)
    if moved:
        hint(run_id)
    return moved


def move_rows(found: "QuerySet[Step]", *, run_id: str, to: str) -> int:
    """`move` for all steps of a query that names their state, by one statement. Answers how many moved."""
    moved = found.update(state=to, **_times(to))
    if moved:
        hint(run_id)
    return moved


def release_waiting(step: Step) -> None:
    """What waited for this one, which has completed, waits for one thing less; what waits for nothing more is ready."""
    prepared.change(_RELEASE, [prepared.moment(timezone.now()), step.pk])


def hint(run_id: str) -> None:
    """Tell the page of the pipeline's run to look at its steps again."""
    pacing.publish_paced(topics.run(run_id), "steps")


def _times(to: str) -> dict[str, Any]:
    if to == S.READY:
        return {"ready_at": timezone.now()}
    if to == S.RUNNING:
        return {"started_at": timezone.now()}
    return {"ended_at": timezone.now()} if to in STEP_FINAL else {}
