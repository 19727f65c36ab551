"""What a step of a pipeline costs the studio, besides its job: the bench ends the jobs itself.

    python -m bench.pipelines [--database sqlite|postgresql] [--steps 1000] [--shape wide deep mixed] [--profile]

Counted: submitting, every turn of advancing, and the end of each job with what follows from it. Not counted: what the runner does
(claiming a slot, reporting that it runs, storing outputs). At the end a pipeline of 20 steps runs again unchanged.
"""

import argparse
import cProfile
import pstats
import time
from typing import Any

from bench import machine

AT_ONCE = 50
MIXED_WIDTH = 25


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--database", choices=machine.DATABASES, default="sqlite")
    options.add_argument("--steps", type=int, default=1000)
    options.add_argument("--shape", nargs="*", choices=SHAPES, default=list(SHAPES))
    options.add_argument("--profile", action="store_true")
    chosen = options.parse_args()
    print(machine.described())
    with machine.studio(chosen.database):
        for shape in chosen.shape:
            measure(shape, chosen.steps, chosen.profile)
        unchanged(20)


def wide(count: int) -> dict[str, Any]:
    return {f"step_{number}": _node(number, []) for number in range(count)}


def deep(count: int) -> dict[str, Any]:
    return {f"step_{number}": _node(number, [number - 1] if number else []) for number in range(count)}


def mixed(count: int) -> dict[str, Any]:
    """Layers of 25 steps, each of which needs two of the layer above."""
    found = {}
    for number in range(count):
        above = number - MIXED_WIDTH
        left = above - above % MIXED_WIDTH + (above + 7) % MIXED_WIDTH
        found[f"step_{number}"] = _node(number, sorted({above, left}) if above >= 0 else [])
    return found


SHAPES = {"wide": wide, "deep": deep, "mixed": mixed}


def _node(number: int, after: list[int]) -> dict[str, Any]:
    from tests.factories.pipeline_steps import command

    return command(f"python step.py {number}", after=[f"step_{one}" for one in after], inputs={"rate": 0.5})


class Clock:
    """Adds up the seconds spent inside."""

    def __init__(self, profile: cProfile.Profile | None) -> None:
        self.seconds = self.busy = 0.0  # on the wall, and of this process
        self.profile = profile

    def __enter__(self) -> None:
        self.began, self.busy_before = time.perf_counter(), time.process_time()
        if self.profile is not None:
            self.profile.enable()

    def __exit__(self, *error: object) -> None:
        if self.profile is not None:
            self.profile.disable()
        self.seconds += time.perf_counter() - self.began
        self.busy += time.process_time() - self.busy_before


def measure(shape: str, count: int, with_profile: bool) -> None:
    from tests.factories import make_user, make_workspace, pipeline_steps
    from tests.factories.compute import make_target

    user = make_user()
    workspace = make_workspace(f"bench-{shape}", owner=user)
    make_target(workspace, name="local", slots=AT_ONCE)
    document = pipeline_steps.pipeline(SHAPES[shape](count), settings={"max_concurrency": AT_ONCE})
    profile = cProfile.Profile() if with_profile else None
    submitting, turning, ending = Clock(profile), Clock(profile), Clock(profile)
    with submitting:
        run = pipeline_steps.submit(user, workspace, document)
    _carry_out(run, turning, ending)
    total = submitting.seconds + turning.seconds + ending.seconds
    busy = submitting.busy + turning.busy + ending.busy
    parts = ", ".join(
        f"{name} {clock.seconds * 1000 / count:.1f}"
        for name, clock in (("submitting", submitting), ("turns", turning), ("ends", ending))
    )
    print(
        f"{shape}: {count:,} steps, {run.state}, {total * 1000 / count:.1f} ms a step ({parts}), {busy * 1000 / count:.1f} ms of processor; submitted in {submitting.seconds:.2f} s"
    )
    if profile is not None:
        pstats.Stats(profile).sort_stats("cumulative").print_stats(70)


def _carry_out(run: Any, turning: Clock, ending: Clock) -> None:
    from compute.jobs import services as jobs
    from runs.pipelines.engine import advancing
    from runs.pipelines.models import Step
    from tests.factories import pipeline_steps

    under_way: list[Any] = []
    while True:
        with turning:
            while advancing.advance(run.pk):
                pass
        known = {step.pk for step in under_way}
        rows = Step.objects.filter(pipeline_run=run.pk, state="running").exclude(pk__in=known)
        under_way += list(rows.select_related("run__job"))
        if not under_way:
            break
        step = under_way.pop(0)
        job = pipeline_steps.work(step)
        with ending:
            jobs.finish(job=job, attempt=job.attempt, exit_code=0, reason="exit")
    run.refresh_from_db()


def unchanged(count: int) -> None:
    """From pressing Run to completed, all steps taken over."""
    from runs.pipelines.engine import advancing
    from runs.pipelines.models import Step
    from studio.access.models import Workspace
    from tests.factories import make_user, make_workspace, pipeline_steps
    from tests.factories.compute import make_target

    user = make_user()
    workspace: Workspace = make_workspace("bench-unchanged", owner=user)
    make_target(workspace, name="local", slots=AT_ONCE)
    document = pipeline_steps.pipeline(deep(count))
    first = pipeline_steps.submit(user, workspace, document)
    nothing = Clock(None)
    _carry_out(first, nothing, nothing)
    clock = Clock(None)
    with clock:
        run = pipeline_steps.submit(user, workspace, document)
        while advancing.advance(run.pk):
            pass
    run.refresh_from_db()
    reused = Step.objects.filter(pipeline_run=run.pk).exclude(reused_from=None).count()
    print(
        f"unchanged: {reused} of {count} steps reused, {run.state}, {clock.seconds:.2f} s from submit to completed (in one process)"
    )


if __name__ == "__main__":
    main()
