"""How a job ends: from what is known about the end to the final state."""

from dataclasses import dataclass

from compute.jobs import state
from compute.jobs.models import FINAL_STATES, Job, JobState, Reason
from studio.errors import Conflict

# Reasons that mean "ended on purpose" once somebody asked for the stop.
_STOPPED = frozenset({Reason.USER, Reason.STUDIO_STOPPED, Reason.RUNNER_LOST})


@dataclass(frozen=True, slots=True)
class Ending:
    """What is known about the end of a job."""

    exit_code: int | None = None
    signal: str = ""
    reason: str = ""
    message: str = ""

    @property
    def depends_on_stop(self) -> bool:
        """Whether it matters that somebody asked for a stop."""
        return self.reason in _STOPPED

    def state_of(self, job: Job) -> str:
        """The final state: a command that ended by itself with 0 has completed, even if a stop was on its way."""
        if self.reason == Reason.USER or (job.cancel_requested_at is not None and self.reason in _STOPPED):
            return JobState.CANCELED
        if self.exit_code == 0 and self.reason in {Reason.NONE, Reason.EXIT, Reason.CLIENT}:
            return JobState.COMPLETED
        return JobState.FAILED


def end(job: Job, *, attempt: int, ending: Ending) -> Job:
    """Move the job to its final state. The same attempt ending again changes nothing.

    Raises Conflict when another attempt counts by now.
    """
    if ending.depends_on_stop:
        job.refresh_from_db(fields=["cancel_requested_at", "cancel_reason"])
    to = ending.state_of(job)
    reason = ending.reason or (Reason.EXIT if ending.exit_code is not None else Reason.NONE)
    if to == JobState.CANCELED:
        reason = job.cancel_reason or Reason.USER
    try:
        return state.move(
            job,
            to=to,
            attempt=attempt,
            reason=reason,
            detail=ending.message,
            exit_code=ending.exit_code,
            signal=ending.signal[:20],
            message=ending.message,
        )
    except Conflict:
        job.refresh_from_db()
        if job.attempt == attempt and job.state in FINAL_STATES:
            return job
        raise
