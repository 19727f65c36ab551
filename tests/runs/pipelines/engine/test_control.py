"""Branches, loops and pipelines within pipelines."""

import json

import pytest
from mltable import plan

from compute.targets.models import ComputeTarget
from registry.data.datastores import opening
from runs.pipelines.engine import services
from runs.tracking.models import RunState
from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories.compute import make_target
from tests.factories.pipeline_steps import advance, carry_out, command, end, pipeline, running, states, steps, submit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def target() -> ComputeTarget:
    return make_target(name="local", slots=4)


def judge(**inputs: object) -> dict[str, object]:
    """A step that says true or false, and leaves a model."""
    component = {
        "type": "command",
        "command": "python judge.py ${{outputs.is_good}} ${{outputs.model}} $[[${{inputs.rate}}]] $[[${{inputs.model}}]]",
        "inputs": {"rate": {"type": "number", "optional": True}, "model": {"type": "uri_folder", "optional": True}},
        "outputs": {"is_good": {"type": "boolean", "is_control": True}, "model": {"type": "uri_folder"}},
    }
    return {"type": "command", "component": component, "inputs": inputs}


BRANCH = {
    "judge": judge(),
    "decide": {
        "type": "if_else",
        "condition": "${{parent.jobs.judge.outputs.is_good}}",
        "true_block": "${{parent.jobs.keep}}",
        "false_block": "${{parent.jobs.drop}}",
    },
    "keep": command("python keep.py"),
    "drop": command("python drop.py"),
    "after": command("python after.py", after="keep"),
}


@pytest.mark.parametrize(
    ("said", "taken", "left"), [("true", ["keep", "after"], ["drop"]), ("False", ["drop"], ["keep", "after"])]
)
def test_a_branch_runs_one_side(workspace: Workspace, ben: User, said: str, taken: list[str], left: list[str]) -> None:
    run = submit(ben, workspace, pipeline(BRANCH))
    advance(run)
    assert running(run) == ["judge"]
    end(run, "judge", is_good=said)
    assert carry_out(run) == taken
    found = states(run)
    assert [found[path] for path in left] == ["skipped"] * len(left)
    assert run.state == RunState.COMPLETED
    assert steps(run)["judge"].outputs["is_good"]["value"] is (said == "true")


def test_a_loop_goes_round_while_its_condition_holds(workspace: Workspace, ben: User) -> None:
    jobs = {
        "train": judge(rate=0.1),
        "loop": {
            "type": "do_while",
            "body": "${{parent.jobs.train}}",
            "condition": "${{parent.jobs.train.outputs.is_good}}",
            "mapping": {"model": "${{parent.jobs.train.inputs.model}}"},
            "limits": {"max_iteration_count": 5},
        },
        "use": command("python use.py", inputs={"model": "${{parent.jobs.train.outputs.model}}"}),
    }
    run = submit(ben, workspace, pipeline(jobs))
    advance(run)
    end(run, "loop[0].train", is_good="true", model="first")
    advance(run)
    assert running(run) == ["loop[1].train"]
    second = steps(run)["loop[1].train"]
    assert second.inputs["model"]["from"]["step"] == "loop[0].train"
    assert second.inputs["rate"]["value"] == 0.1
    end(run, "loop[1].train", is_good="false", model="second")
    advance(run)
    assert running(run) == ["use"]
    assert steps(run)["use"].inputs["model"]["hash"] == steps(run)["loop[1].train"].outputs["model"]["hash"]
    carry_out(run)
    assert run.state == RunState.COMPLETED


def test_a_loop_ends_after_as_many_rounds_as_it_may_have(workspace: Workspace, ben: User) -> None:
    loop = {
        "type": "do_while",
        "body": "${{parent.jobs.train}}",
        "condition": True,
        "limits": {"max_iteration_count": 2},
    }
    run = submit(ben, workspace, pipeline({"train": {**command(), "is_deterministic": False}, "loop": loop}))
    assert carry_out(run) == ["loop[0].train", "loop[1].train"]
    assert run.state == RunState.COMPLETED


def each(items: object, **fields: object) -> dict[str, object]:
    return {"type": "parallel_for", "body": "${{parent.jobs.train}}", "items": items, "max_concurrency": 2, **fields}


def test_each_item_is_a_round_and_the_results_come_together(workspace: Workspace, ben: User) -> None:
    jobs = {
        "train": judge(rate=0.5),
        "each": each([{"rate": 0.1}, {"rate": 0.2}, {"rate": 0.3}]),
        "compare": command("python compare.py", inputs={"models": "${{parent.jobs.each.outputs.model}}"}),
    }
    run = submit(ben, workspace, pipeline(jobs))
    advance(run)
    assert running(run) == ["each[0].train", "each[1].train"]
    assert steps(run)["each[1].train"].inputs["rate"]["value"] == 0.2
    assert steps(run)["each[1].train"].label == "rate=0.2: train"
    end(run, "each[1].train", is_good="true")
    advance(run)
    assert running(run) == ["each[0].train", "each[2].train"]
    end(run, "each[0].train", is_good="false")
    end(run, "each[2].train", is_good="true")
    advance(run)
    outputs = steps(run)["each"].outputs
    assert json.loads(outputs["is_good"]["value"]) == [False, True, True]
    assert outputs["model"]["type"] == "mltable" and running(run) == ["compare"]
    kept = run.outputs.get(name="each.model")
    assert kept.files.get().path == "MLTable"
    listed = plan.parse(b"".join(opening.file_store(kept.datastore).read(f"{kept.path}/MLTable")).decode())
    assert listed.metadata == {"rounds": ["rate=0.1", "rate=0.2", "rate=0.3"]}
    assert len({place.value for place in listed.places}) == 3
    carry_out(run)
    assert run.state == RunState.COMPLETED


def test_each_part_of_a_folder_is_a_round(workspace: Workspace, ben: User) -> None:
    from tests.factories.data import put_file

    for name in ("north", "south"):
        place = put_file(workspace, f"regions/{name}/sales.csv", name.encode())
    folder = {"type": "uri_folder", "path": place.rpartition("/")[0].rpartition("/")[0]}
    jobs = {
        "train": command("python train.py", inputs={"part": "${{parent.inputs.regions}}"}),
        "each": each("${{parent.inputs.regions}}"),
    }
    run = submit(ben, workspace, pipeline(jobs, inputs={"regions": folder}))
    advance(run)
    found = steps(run)
    assert found["each[0].train"].inputs["part"]["uri"].endswith("regions/north")
    assert found["each[1].train"].inputs["part"]["uri"].endswith("regions/south")
    carry_out(run)
    assert run.state == RunState.COMPLETED


def test_a_round_that_fails_fails_the_loop(workspace: Workspace, ben: User) -> None:
    run = submit(ben, workspace, pipeline({"train": judge(), "each": each([{"rate": 1}, {"rate": 2}, {"rate": 3}])}))
    carry_out(run, failing={"each[1].train": "no"})
    assert run.state == RunState.FAILED
    assert steps(run)["each"].problem == "1 of 3 steps below it did not complete, the first of them each[1].train."


def test_a_nested_pipeline_is_a_step_with_steps_below_it(workspace: Workspace, ben: User) -> None:
    inner_score = command("python score.py", after="fit")
    inner_score["outputs"] = {"out": "${{parent.outputs.scored}}"}
    inner = {
        "type": "pipeline",
        "inputs": {"rate": {"type": "number", "default": 0.1}, "data": {"type": "uri_folder"}},
        "outputs": {"scored": {"type": "uri_folder"}},
        "jobs": {
            "fit": command(
                "python fit.py", inputs={"rate": "${{parent.inputs.rate}}", "data": "${{parent.inputs.data}}"}
            ),
            "score": inner_score,
        },
    }
    jobs = {
        "prep": command("python prep.py"),
        "inner": {"type": "pipeline", "component": inner, "inputs": {"data": "${{parent.jobs.prep.outputs.out}}"}},
        "last": command("python last.py", inputs={"scored": "${{parent.jobs.inner.outputs.scored}}"}),
    }
    run = submit(ben, workspace, pipeline(jobs))
    assert carry_out(run) == ["prep", "inner.fit", "inner.score", "last"]
    assert run.state == RunState.COMPLETED
    found = steps(run)
    assert found["inner.fit"].inputs["rate"]["value"] == 0.1
    assert found["inner.fit"].parent_id == found["inner"].pk
    maker = {"step": "inner.score", "port": "out", "run": found["inner.score"].run_id}
    assert found["inner"].outputs["scored"]["from"] == maker
    assert found["last"].inputs["scored"]["hash"] == found["inner.score"].outputs["out"]["hash"]
    again = submit(ben, workspace, pipeline(jobs))
    assert carry_out(again) == [] and again.state == RunState.COMPLETED


def test_a_failure_beside_it_ends_a_nested_pipeline_unfinished(workspace: Workspace, ben: User) -> None:
    inner = {"type": "pipeline", "jobs": {"a": command("python a.py"), "b": command("python b.py", after="a")}}
    run = submit(
        ben, workspace, pipeline({"inner": {"type": "pipeline", "component": inner}, "bad": command("exit 1")})
    )
    advance(run)
    end(run, "bad", exit_code=1, message="no")
    carry_out(run)
    assert run.state == RunState.FAILED
    assert states(run) == {"inner": "canceled", "inner.a": "completed", "inner.b": "skipped", "bad": "failed"}


def test_only_what_comes_after_loops_and_nested_pipelines_is_done_again(workspace: Workspace, ben: User) -> None:
    score = {**command("python score.py"), "outputs": {"out": "${{parent.outputs.scored}}"}}
    inner = {"type": "pipeline", "outputs": {"scored": {"type": "uri_folder"}}, "jobs": {"score": score}}
    jobs = {
        "train": judge(),
        "each": each([{"rate": 1}, {"rate": 2}]),
        "body": judge(rate=3),
        "loop": {
            "type": "do_while",
            "body": "${{parent.jobs.body}}",
            "condition": "${{parent.jobs.body.outputs.is_good}}",
            "limits": {"max_iteration_count": 2},
        },
        "inner": {"type": "pipeline", "component": inner},
        "last": command(
            "python last.py",
            inputs={
                "models": "${{parent.jobs.each.outputs.model}}",
                "model": "${{parent.jobs.loop.outputs.model}}",
                "scored": "${{parent.jobs.inner.outputs.scored}}",
            },
        ),
    }
    run = submit(ben, workspace, pipeline(jobs))
    carry_out(run, failing={"last": "no"})
    assert run.state == RunState.FAILED and states(run)["last"] == "failed"
    again = services.rerun(actor=ben, run=run)
    assert carry_out(again) == ["last"]
    assert states(again) == dict.fromkeys(["each", "loop", "inner", "last"], "completed")
    one = submit(ben, workspace, pipeline(jobs), only={"node": "last", "which": "one"}, is_forced=True)
    assert carry_out(one) == ["last"] and one.state == RunState.COMPLETED
