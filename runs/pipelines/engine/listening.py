"""What tracking tells the engine: a run below a pipeline's run has ended; somebody stops or repeats a pipeline's run."""

from collections.abc import Mapping, Sequence

from runs.pipelines.engine import ending, services, tasks
from runs.pipelines.models import Step, StepState
from runs.tracking.data.models import RunOutput
from runs.tracking.models import Run
from studio.accounts.models import User


def child_ended(run: Run, outputs: Sequence[RunOutput]) -> None:
    """A run with a parent has ended, in this transaction: the step it carries out ends with it."""
    rows = Step.objects.filter(run=run, state=StepState.RUNNING, pipeline_run=run.parent_id)
    step = rows.only("pipeline_run", "path", "node", "state", "attempt").first()
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
