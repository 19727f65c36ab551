"""Stopping a pipeline's run: what waits is canceled, what runs is asked to stop."""

import logging

from runs.pipelines.engine import state
from runs.pipelines.models import PipelineRun, Step, StepState
from runs.tracking.services import lifecycle
from studio.accounts.models import User
from studio.errors import Conflict

logger = logging.getLogger(__name__)
S = StepState


def carry_out(pipeline_run: PipelineRun, actor: User | None) -> int:
    """Cancel what has not begun and ask every run of a step to stop. May be done again; answers how much it did."""
    rows = Step.objects.filter(pipeline_run=pipeline_run)
    waiting = list(rows.filter(state__in=[S.WAITING, S.READY]).values_list("pk", flat=True))
    done = state.move_all(waiting, run_id=pipeline_run.pk, to=S.CANCELED, problem="The pipeline was canceled.")
    running = rows.filter(state=S.RUNNING, run__job__cancel_requested_at=None, run__job__isnull=False)
    for step in running.select_related("run__job", "run__workspace"):
        assert step.run is not None
        try:
            lifecycle.stop_run(actor=actor, run=step.run)
        except Conflict as error:
            logger.info("the run of step %s was not stopped: %s", step.path, error.message)
        else:
            done += 1
    return done
