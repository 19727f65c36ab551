"""Steps become runs, one after what it needs; what one leaves is what the next is given."""

import pytest

from compute.targets.models import ComputeTarget
from runs.pipelines.document.problems import InvalidPipeline
from runs.pipelines.engine import queries, services
from runs.pipelines.models import PipelineRun
from runs.tracking.models import Run, RunState
from runs.tracking.services import lifecycle
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict
from studio.lineage.models import LineageEdge
from tests.factories import pipeline_steps as pipelines
from tests.factories.compute import make_target
from tests.factories.pipeline_steps import advance, carry_out, command, end, pipeline, running, states, steps, submit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def target() -> ComputeTarget:
    return make_target(name="local", slots=4)


DIAMOND = pipeline(
    {
        "prep": command("python prep.py", inputs={"rate": 0.5}),
        "left": command("python left.py", after="prep"),
        "right": command("python right.py", after="prep"),
        "join": command("python join.py", after=("left", "right")),
    },
    display_name="diamond",
    experiment_name="area/diamonds",
)


def test_a_pipeline_is_a_run_with_a_child_run_for_each_step(workspace: Workspace, ben: User) -> None:
    run = submit(ben, workspace, DIAMOND)
    assert (run.state, run.source, run.job_id, run.name) == (RunState.RUNNING, "pipeline", None, "diamond")
    assert states(run) == {"prep": "waiting", "left": "waiting", "right": "waiting", "join": "waiting"}
    advance(run)
    assert running(run) == ["prep"]
    end(run, "prep")
    advance(run)
    assert running(run) == ["left", "right"]
    assert carry_out(run) == ["left", "right", "join"]
    assert run.state == RunState.COMPLETED
    assert [child.name for child in run.children.order_by("created_at")] == ["prep", "left", "right", "join"]
    assert {child.experiment.path for child in run.children.all()} == {"area/diamonds"}
    assert run.ended_at is not None


def test_what_a_step_left_is_what_the_next_one_reads(workspace: Workspace, ben: User) -> None:
    run = submit(ben, workspace, DIAMOND)
    advance(run)
    end(run, "prep")
    advance(run)
    found = steps(run)
    left, prep = found["left"], found["prep"]
    assert left.run is not None and prep.run is not None
    assert prep.outputs["out"]["uri"].endswith(f"azureml/{prep.run.pk}/out")
    assert left.inputs["from_prep"]["uri"] == prep.outputs["out"]["uri"]
    assert len(left.inputs["from_prep"]["hash"]) == 64
    given = left.run.inputs.get(name="from_prep")
    assert given.uri == prep.outputs["out"]["uri"]
    assert prep.run.params.get(key="rate").value == "0.5"
    assert prep.run.outputs.get().is_managed
    edge = LineageEdge.objects.get(source_kind="run", target_kind="run", target_id=left.run.pk)
    assert edge.source_id == prep.run.pk
    place = queries.output_of(prep, "out")
    assert place.output is not None and [file.path for file in place.output.files.all()] == ["data.txt"]


def test_no_more_steps_are_under_way_than_may_be(workspace: Workspace, ben: User) -> None:
    wide = pipeline(
        {f"step_{number}": command(f"python {number}.py") for number in range(6)}, settings={"max_concurrency": 2}
    )
    run = submit(ben, workspace, wide)
    advance(run)
    assert running(run) == ["step_0", "step_1"]
    end(run, "step_1")
    advance(run)
    assert running(run) == ["step_0", "step_2"]


def test_a_failed_step_ends_the_pipeline_when_what_runs_has_ended(workspace: Workspace, ben: User) -> None:
    run = submit(ben, workspace, DIAMOND)
    advance(run)
    end(run, "prep")
    advance(run)
    end(run, "left", exit_code=1, message="The command ended with exit code 1.")
    advance(run)
    assert states(run)["join"] == "skipped" and run.state == RunState.RUNNING
    end(run, "right")
    advance(run)
    assert run.state == RunState.FAILED
    assert run.note == "1 of 4 steps did not complete: left."
    found = steps(run)
    assert found["left"].problem == "The command ended with exit code 1."
    assert found["join"].problem == "It was not begun, because left failed."


def test_one_that_goes_on_leaves_out_only_what_needs_the_failed_step(workspace: Workspace, ben: User) -> None:
    jobs = {**DIAMOND["jobs"], "alone": command("python alone.py", after="right")}
    run = submit(ben, workspace, {**DIAMOND, "jobs": jobs, "settings": {"continue_on_step_failure": True}})
    carry_out(run, failing={"left": "no"})
    assert states(run) == {
        "prep": "completed", "left": "failed", "right": "completed", "join": "skipped", "alone": "completed",
    }  # fmt: skip
    assert run.state == RunState.FAILED
    assert steps(run)["join"].problem == "It needs left, which did not complete."


def test_a_step_is_tried_again_as_often_as_it_says(workspace: Workspace, ben: User) -> None:
    flaky = command(retry_settings={"max_retries": 2, "timeout": 60})
    run = submit(ben, workspace, pipeline({"flaky": flaky}))
    for _ in range(2):
        advance(run)
        end(run, "flaky", exit_code=1, message="no")
    advance(run)
    assert running(run) == ["flaky"]
    end(run, "flaky")
    advance(run)
    assert run.state == RunState.COMPLETED
    step = steps(run)["flaky"]
    assert step.attempt == 3 and run.children.count() == 3
    assert step.run is not None and step.run.job is not None and step.run.job.spec["timeout_seconds"] == 60


def test_a_step_that_was_to_be_tried_again_when_another_failed_has_failed(workspace: Workspace, ben: User) -> None:
    flaky = command("python flaky.py", retry_settings={"max_retries": 2})
    run = submit(ben, workspace, pipeline({"bad": command("exit 1"), "flaky": flaky, "after": command(after="flaky")}))
    advance(run)
    end(run, "bad", exit_code=1, message="no")
    end(run, "flaky", exit_code=1, message="no")
    advance(run)
    assert states(run) == {"bad": "failed", "flaky": "failed", "after": "skipped"}
    assert steps(run)["flaky"].problem == "It failed, and was not tried again, because bad failed."
    assert run.state == RunState.FAILED


def test_canceling_stops_what_runs_and_leaves_out_the_rest(workspace: Workspace, ben: User) -> None:
    run = submit(ben, workspace, DIAMOND)
    advance(run)
    lifecycle.stop_run(actor=ben, run=run)
    advance(run)
    assert set(states(run).values()) == {"canceled"}
    assert run.state == RunState.CANCELED
    assert [child.state for child in run.children.all()] == [RunState.CANCELED]
    with pytest.raises(Conflict):
        services.cancel(actor=ben, run=run)


def test_a_run_that_was_going_to_end_anyway_is_found_when_nobody_listened(workspace: Workspace, ben: User) -> None:
    run = submit(ben, workspace, DIAMOND)
    advance(run)
    child = steps(run)["prep"].run
    assert child is not None
    Run.objects.filter(pk=child.pk).update(state=RunState.FAILED)  # as if its end was never told
    advance(run)
    assert run.state == RunState.FAILED and states(run)["prep"] == "failed"


def test_two_that_advance_at_once_start_each_step_once(workspace: Workspace, ben: User) -> None:
    from runs.pipelines.engine import advancing, lease

    run = submit(ben, workspace, DIAMOND)
    held = lease.take(run.pk)
    assert held is not None
    assert not advancing.advance(run.pk)  # another holds it, and is told to look again
    assert running(run) == []
    again = held.release()
    assert again is not None and again.release() is None
    advance(run)
    assert PipelineRun.objects.get(pk=run.pk).lease_until is None
    assert run.children.count() == 1


def test_pressing_run_twice_makes_two_runs(workspace: Workspace, ben: User) -> None:
    first, second = submit(ben, workspace, DIAMOND), submit(ben, workspace, DIAMOND)
    advance(first)
    advance(second)
    assert first.pk != second.pk and first.children.count() == second.children.count() == 1


def test_a_pipeline_with_a_circle_starts_nothing(workspace: Workspace, ben: User) -> None:
    circle = pipeline({"a": command(after="b"), "b": command(after="a")})
    with pytest.raises(InvalidPipeline) as refused:
        submit(ben, workspace, circle)
    assert "cycle" in {problem.code for problem in refused.value.problems}
    assert not Run.objects.filter(workspace=workspace, source="pipeline").exists()


def test_a_studio_component_runs_with_its_parameters_in_the_environment(workspace: Workspace, ben: User) -> None:
    node = {"component": "atelier:split_data:1", "inputs": {"dataset": "${{parent.jobs.prep.outputs.out}}", "seed": 7}}
    run = submit(ben, workspace, pipeline({"prep": command(), "split": node}))
    advance(run)
    end(run, "prep")
    advance(run)
    child = steps(run)["split"].run
    assert child is not None and child.job is not None
    assert child.job.spec["command"].startswith(
        "python -m atelier.components run split_data:1 --input dataset=${{inputs.dataset}} --output results_dataset1="
    )
    variables = child.job.spec["environment_variables"]
    assert '"seed": 7' in variables["ATELIER_COMPONENT_PARAMETERS"]
    assert child.params.get(key="seed").value == "7"
    assert child.environment is not None and child.environment.kind == "current"
    assert pipelines.carry_out(run) == ["split"]
    assert run.state == RunState.COMPLETED


def test_the_pipelines_outputs_become_data_of_the_workspace(workspace: Workspace, ben: User) -> None:
    node = command(outputs=())
    node["outputs"] = {"out": "${{parent.outputs.scored}}"}
    node["command"] += " ${{outputs.out}}"
    document = pipeline({"score": node}, outputs={"scored": {"type": "uri_folder", "name": "cars-scored"}})
    run = submit(ben, workspace, document)
    carry_out(run)
    assert run.state == RunState.COMPLETED
    score = steps(run)["score"].run
    assert score is not None
    output = score.outputs.get()
    assert str(output.data_version) == "cars-scored:1"
    maker = {"step": "score", "port": "out", "run": score.pk}
    assert PipelineRun.objects.get(pk=run.pk).outputs["scored"]["from"] == maker
