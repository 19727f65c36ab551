"""Whatever a pipeline looks like and whatever its jobs do: every step ends once, after what it needs, and the run ends."""

import random
from typing import Any

import pytest

from compute.targets.models import ComputeTarget
from runs.pipelines.engine import advancing
from runs.pipelines.models import STEP_FINAL, Step, StepNeed, StepState
from runs.tracking.models import Run, RunState
from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories.compute import make_target
from tests.factories.pipeline_steps import command, end, pipeline, running, submit

pytestmark = pytest.mark.django_db
DONE = {RunState.COMPLETED, RunState.FAILED, RunState.CANCELED}


@pytest.fixture(autouse=True)
def target() -> ComputeTarget:
    return make_target(name="local", slots=4)


def drawn(dice: random.Random) -> dict[str, Any]:
    """A random pipeline: a graph of commands, some of them in a pipeline within, some tried again, some in a loop."""
    jobs: dict[str, Any] = {}
    for number in range(dice.randint(2, 9)):
        after = dice.sample(list(jobs), k=min(len(jobs), dice.randint(0, 3)))
        node = command(f"python {number}.py", after=after)
        if dice.random() < 0.3:
            node["retry_settings"] = {"max_retries": 1}
        jobs[f"step_{number}"] = node
    if dice.random() < 0.5:
        inner = {"type": "pipeline", "jobs": {"a": command("a"), "b": command("b", after="a"), "c": command("c")}}
        jobs["inner"] = {"type": "pipeline", "component": inner}
    if dice.random() < 0.5:
        jobs["body"] = {**command("body"), "is_deterministic": False}
        items: list[dict[str, Any]] = [{} for _ in range(dice.randint(1, 3))]
        jobs["each"] = {"type": "parallel_for", "body": "${{parent.jobs.body}}", "items": items, "max_concurrency": 2}
    settings = {"max_concurrency": dice.randint(1, 4), "continue_on_step_failure": dice.random() < 0.5}
    return pipeline(jobs, settings=settings)


def check(run: Run) -> None:
    """What holds at any moment."""
    rows = {step.pk: step for step in Step.objects.filter(pipeline_run=run.pk).select_related("run")}
    needs: dict[int, list[Step]] = {pk: [] for pk in rows}
    for need in StepNeed.objects.filter(step__pipeline_run=run.pk):
        needs[need.step_id].append(rows[need.needed_id])
    for pk, step in rows.items():
        waits_for = sum(need.state != StepState.COMPLETED for need in needs[pk])
        assert step.missing == waits_for, step
        if step.state in (StepState.RUNNING, StepState.COMPLETED, StepState.READY):
            assert waits_for == 0, step
        if step.kind == "command" and step.state == StepState.RUNNING:
            assert step.run is not None and step.run.state not in DONE, step
        if step.kind == "command" and step.state == StepState.COMPLETED and step.reused_from_id is None:
            assert step.run is not None and step.run.state == RunState.COMPLETED, step
    if run.state in DONE:
        assert all(step.state in STEP_FINAL for step in rows.values())
        assert not run.children.exclude(state__in=DONE).exists()


@pytest.mark.parametrize("seed", range(12))
def test_a_random_pipeline_never_breaks_its_rules(workspace: Workspace, ben: User, seed: int) -> None:
    dice = random.Random(seed)
    run = submit(ben, workspace, drawn(dice))
    completed: list[str] = []
    for _ in range(200):
        if dice.random() < 0.8:
            advancing.advance(run.pk)
        run.refresh_from_db()
        check(run)
        if run.state in DONE:
            break
        paths = running(run)
        if paths and dice.random() < 0.9:
            path = dice.choice(paths)
            is_good = dice.random() < 0.85
            end(run, path, exit_code=0 if is_good else 1, message="" if is_good else "It broke.")
            completed += [path] if is_good else []
        if seed % 4 == 3 and dice.random() < 0.05:
            from runs.pipelines.engine import services

            services.cancel(actor=ben, run=run)
    assert run.state in DONE
    assert len(completed) == len(set(completed))
