"""Short wake-ups: they take an id, look at the database, do one bounded step. Each may run twice."""

from datetime import timedelta

from celery import shared_task

from compute.backends import local
from compute.jobs import dispatching, places, reconciling


@shared_task(ignore_result=True)
def dispatch(target_id: int) -> None:
    """Fill the free slots of a target from its queue."""
    for job_id in dispatching.claim(target_id):
        # At once: a claimed job waits for nothing but this. If the worker dies here, the reconciler launches it.
        dispatching.launch(job_id)


@shared_task(ignore_result=True)
def launch(job_id: int) -> None:
    """Start the runner of a claimed job."""
    dispatching.launch(job_id)


@shared_task(ignore_result=True)
def enforce_cancel(job_id: int) -> None:
    """Tell a live job's runner at once that it shall stop, and end it by force when its grace is over."""
    freed = reconciling.enforce_cancel(job_id)
    if freed is not None:
        dispatch.delay_on_commit(freed)


@shared_task(ignore_result=True)
def reconcile() -> None:
    """Bring the jobs' records and the world together; queue what is due."""
    due = reconciling.reconcile()
    for job_id in due.launches:
        launch.delay_on_commit(job_id)
    for target_id in due.dispatches:
        dispatch.delay_on_commit(target_id)


@shared_task(ignore_result=True)
def look_at_places() -> None:
    """See whether the engines that targets run on are there."""
    places.look()


@shared_task(ignore_result=True)
def look_at_target(target_id: int) -> None:
    """See whether the engine of one target is there, because somebody wants to know."""
    places.look_at(target_id)


@shared_task(ignore_result=True)
def tidy_places() -> None:
    """Remove the containers that nobody needs any more."""
    places.tidy()


@shared_task(ignore_result=True)
def sweep() -> None:
    """Delete what jobs that ended badly have left on this machine; a week is kept for a look."""
    local.sweep(older_than=timedelta(days=7))
