"""What tracking tells the engine: a run below a pipeline's run has ended; somebody stops or repeats a pipeline's run."""

from collections.abc import Mapping, Sequence

from runs.pipelines.engine import ending, services, tasks
from runs.pipelines.models import Step, StepState
from runs.tracking.data.models import RunOutput
from runs.tracking.models import Run
from studio.accounts.models import User
from studio.rows import one_row

_CARRIED_OUT = f"""x."run_id" = %s AND x."state" = '{StepState.RUNNING}' AND x."pipeline_run_id" = %s"""


def child_ended(run: Run, outputs: Sequence[RunOutput]) -> None:
    """A run with a parent has ended, in this transaction: the step it carries out ends with it."""
    step = one_row(Step, _CARRIED_OUT, [run.pk, run.parent_id])
    if step is not None and ending.child_ended(step, run, outputs):
        tasks.advance.delay_on_commit(step.pipeline_run_id)


class PipelineOwner:
    """Satisfies `runs.tracking.owners.Owner`."""

    def stop(self, *, actor: User | None, run: Run, reason: str) -> None:
        services.cancel(actor=actor, run=run)

    def repeat(
        self,
        *,
        actor: User,
        run: Run,
        overrides: Mapping[str, object],
        name: str,
        open_secrets: frozenset[str] | None,
    ) -> Run:
        return services.repeat(actor=actor, run=run, overrides=overrides, name=name, open_secrets=open_secrets)
