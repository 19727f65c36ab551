"""How the steps of a pipeline run stand: what one turn of advancing has to know before it does anything."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import prefetch_related_objects

from runs.pipelines.models import PipelineRun, Step, StepState
from runs.tracking.models import RunState
from studio import prepared
from studio.rows import all_rows

S, Kind = StepState, Step.Kind
_ENDED = f"'{RunState.COMPLETED}', '{RunState.FAILED}', '{RunState.CANCELED}'"
_COUNT = f"""
    SELECT "s"."state", "s"."kind",
        "s"."state" = '{S.WAITING}' AND "s"."missing" = 0 AS "due",
        "s"."state" = '{S.RUNNING}' AND "s"."kind" = '{Kind.COMMAND}'
            AND ("r"."id" IS NULL OR "r"."state" IN ({_ENDED})) AS "missed",
        COUNT(*)
    FROM "runs_step" "s" LEFT JOIN "runs_run" "r" ON "r"."id" = "s"."run_id" AND "s"."state" = '{S.RUNNING}'
    WHERE "s"."pipeline_run_id" = %s
        AND "s"."state" IN ({", ".join(f"'{name}'" for name in S.values if name != S.COMPLETED)})
    GROUP BY 1, 2, 3, 4
"""

_READY = f"""x."pipeline_run_id" = %s AND x."state" = '{S.READY}'"""


@dataclass(slots=True)
class Standing:
    """How many steps there are by state and kind, but for those that completed."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    due: int = 0  # they wait, and need nothing any more
    missed: int = 0  # their run has ended while nobody listened, or is gone

    def of(self, state_name: str, kind: str = "") -> int:
        return sum(count for (one, other), count in self.counts.items() if one == state_name and kind in ("", other))

    def has(self, *names: str) -> bool:
        return any(one in names for one, _ in self.counts)

    @property
    def has_holders(self) -> bool:
        """Whether some step that may still begin has no run of its own."""
        return any(kind != Kind.COMMAND and name in (S.WAITING, S.READY) for name, kind in self.counts)


def of(pipeline_run: PipelineRun) -> Standing:
    found = Standing()
    for state_name, kind, is_due, is_missed, count in prepared.all_rows(_COUNT, [pipeline_run.pk]):
        found.counts[state_name, kind] += count
        found.due += count if is_due else 0
        found.missed += count if is_missed else 0
    return found


def ready(pipeline_run: PipelineRun, *, holders: bool, without: Sequence[int], limit: int) -> list[Step]:
    """Steps that may begin, in the order of the document: those that hold others, or those with runs of their own.

    `without` are the steps below which none is wanted.
    """
    if limit <= 0:
        return []
    conditions = f"""{_READY} AND x."kind" {"<>" if holders else "="} '{Kind.COMMAND}'"""
    if without:
        marks = ", ".join(["%s"] * len(without))
        conditions += f' AND (x."parent_id" IS NULL OR x."parent_id" NOT IN ({marks}))'
    order = 'ORDER BY x."position", x."id" LIMIT %s'
    found = all_rows(Step, f"{conditions} {order}", [pipeline_run.pk, *without, limit])
    if any(step.parent_id for step in found):
        prefetch_related_objects(found, "parent")
    for step in found:
        step.pipeline_run = pipeline_run
    return found
