"""A job from its submission to its end, with a real runner and a real server."""

from compute.jobs.models import JobState
from tests.compute.conftest import Bench


def test_a_job_runs_to_the_end_with_its_log(bench: Bench) -> None:
    job = bench.submit("echo hello; echo oops >&2")
    job = bench.wait(job)
    assert (job.state, job.exit_code, job.reason) == (JobState.COMPLETED, 0, "exit")
    assert bench.log(job) == "hello\noops\n"
    states = list(job.events.values_list("to_state", flat=True))
    assert states == ["queued", "preparing", "running", "finalizing", "completed"]
