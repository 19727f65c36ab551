"""What was done before is taken over, and every step says why it was or was not."""

import pytest

from compute.targets.models import ComputeTarget
from runs.pipelines.engine import queries, services
from runs.pipelines.models import PipelineRun
from runs.tracking.models import Run, RunState
from runs.tracking.services import lifecycle
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.errors import Conflict, Invalid
from tests.factories.compute import make_target
from tests.factories.data import put_file
from tests.factories.pipeline_steps import advance, carry_out, command, pipeline, running, states, steps, submit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def target() -> ComputeTarget:
    return make_target(name="local", slots=4)


def chain(rate: float = 0.1, **fields: object) -> dict[str, object]:
    return pipeline(
        {
            "prep": command("python prep.py"),
            "train": command("python train.py", after="prep", inputs={"learning_rate": "${{parent.inputs.rate}}"}),
            "score": command("python score.py", after="train"),
        },
        inputs={"rate": {"type": "number", "default": rate}},
        **fields,
    )


def test_an_unchanged_rerun_takes_every_step_over(workspace: Workspace, ben: User) -> None:
    first = submit(ben, workspace, chain())
    carry_out(first)
    again = submit(ben, workspace, chain())
    assert carry_out(again) == []
    assert again.state == RunState.COMPLETED and again.children.count() == 0
    before, now = steps(first), steps(again)
    assert {path: step.reused_from for path, step in now.items()} == before
    note = f"Reused from step train of run {first.pk}: the same component, inputs and parameters."
    assert now["train"].reuse_note == note
    assert now["score"].outputs == before["score"].outputs
    third = submit(ben, workspace, chain())
    carry_out(third)
    assert steps(third)["train"].reused_from == before["train"]  # the one that made the outputs


def test_another_parameter_runs_the_step_again_and_what_needs_it(workspace: Workspace, ben: User) -> None:
    carry_out(submit(ben, workspace, chain()))
    run = submit(ben, workspace, chain(), inputs={"rate": 0.2})
    advance(run)
    assert running(run) == ["train"] and states(run)["prep"] == "completed"
    assert steps(run)["train"].reuse_note == "Not reused: the parameter learning_rate was 0.1, now 0.2."
    carry_out(run)
    # The trained model has the same bytes here, so scoring it would give the same again.
    assert steps(run)["score"].is_reused


def test_a_step_that_gets_other_data_runs_again(workspace: Workspace, ben: User) -> None:
    from tests.factories import pipeline_steps

    carry_out(submit(ben, workspace, chain()))
    run = submit(ben, workspace, chain(), inputs={"rate": 0.2})
    advance(run)
    pipeline_steps.end(run, "train", out="another model")
    advance(run)
    assert running(run) == ["score"]
    assert steps(run)["score"].reuse_note == "Not reused: the input from_train holds other data."


def test_forced_and_undeterministic_steps_are_done_again_and_say_so(workspace: Workspace, ben: User) -> None:
    document = chain()
    document["jobs"]["prep"]["is_deterministic"] = False  # type: ignore[index]
    carry_out(submit(ben, workspace, document))
    run = submit(ben, workspace, document)
    advance(run)
    assert "not deterministic" in steps(run)["prep"].reuse_note
    forced = submit(ben, workspace, chain(), is_forced=True)
    assert carry_out(forced) == ["prep", "train", "score"]
    assert steps(forced)["score"].reuse_note == "Not reused: this run was asked to do every step again."


def test_outputs_that_are_gone_are_made_again(workspace: Workspace, ben: User) -> None:
    from registry.data.datastores import opening
    from runs.tracking.data import storing

    first = submit(ben, workspace, chain())
    carry_out(first)
    place = queries.output_of(steps(first)["prep"], "out")
    assert place.output is not None and place.output.datastore is not None
    opening.file_store(place.output.datastore).delete(storing.place_of(place.output, "data.txt"))
    run = submit(ben, workspace, chain())
    advance(run)
    assert running(run) == ["prep"]
    assert steps(run)["prep"].reuse_note.endswith("left is no longer there.")


def test_data_at_a_place_nobody_watches_is_never_taken_for_the_same(workspace: Workspace, ben: User) -> None:
    place = put_file(workspace, "cars/cars.csv", b"a,b\n1,2\n")
    document = pipeline({"prep": command(inputs={"cars": {"type": "uri_file", "path": place}})})
    carry_out(submit(ben, workspace, document))
    run = submit(ben, workspace, document)
    advance(run)
    assert running(run) == ["prep"] and "the input cars lies outside" in steps(run)["prep"].reuse_note


def test_a_failed_pipeline_goes_on_from_its_failed_step(workspace: Workspace, ben: User) -> None:
    first = submit(ben, workspace, chain(), is_forced=True)
    carry_out(first, failing={"train": "no memory"})
    with pytest.raises(Conflict):
        services.rerun(actor=ben, run=submit(ben, workspace, chain()))
    again = services.rerun(actor=ben, run=first)
    assert PipelineRun.objects.get(pk=again.pk).rerun_of_id == first.pk
    assert states(again) == {"prep": "completed", "train": "waiting", "score": "waiting"}
    assert steps(again)["prep"].reuse_note == f"Taken from run {first.pk}, where it had completed."
    assert carry_out(again) == ["train", "score"]
    assert again.state == RunState.COMPLETED


def test_a_part_of_a_pipeline_takes_the_rest_from_where_it_ran_last(workspace: Workspace, ben: User) -> None:
    with pytest.raises(Conflict, match="prep has not run yet"):
        submit(ben, workspace, chain(), only={"node": "train", "which": "one"})
    assert not Run.objects.filter(source="pipeline").exists()
    upto = submit(ben, workspace, chain(), only={"node": "train", "which": "upto"})
    assert carry_out(upto) == ["prep", "train"]
    assert states(upto)["score"] == "skipped" and upto.state == RunState.COMPLETED
    one = submit(ben, workspace, chain(), only={"node": "train", "which": "one"}, inputs={"rate": 0.3})
    assert carry_out(one) == ["train"]
    assert states(one) == {"prep": "completed", "train": "completed", "score": "skipped"}
    onward = submit(ben, workspace, chain(), only={"node": "train", "which": "from"}, is_forced=True)
    assert carry_out(onward) == ["train", "score"]
    with pytest.raises(Invalid, match="no node 'tarin'"):
        submit(ben, workspace, chain(), only={"node": "tarin"})


def test_cloning_a_pipelines_run_runs_the_pipeline_again_with_other_inputs(workspace: Workspace, ben: User) -> None:
    first = submit(ben, workspace, chain())
    carry_out(first)
    clone = lifecycle.clone_run(actor=ben, run=first, overrides={"inputs.rate": 0.5})
    assert clone.params.get(key="rate").value == "0.5"
    assert carry_out(clone)[0] == "train"
    with pytest.raises(Invalid):
        lifecycle.clone_run(actor=ben, run=first, overrides={"command": "rm"})


def test_what_went_through_a_wire_last_is_found_by_its_node(workspace: Workspace, ben: User) -> None:
    document = chain()
    assert queries.latest_output(workspace, document, "prep", "out") is None
    run = submit(ben, workspace, document)
    carry_out(run)
    place = queries.latest_output(workspace, document, "prep", "out")
    assert place is not None and place.step == steps(run)["prep"]
    document["jobs"]["prep"]["command"] += " --other"  # type: ignore[index]
    assert queries.latest_output(workspace, document, "prep", "out") is None


@pytest.mark.parametrize(
    ("given", "sentence"), [({"rat": 1}, "no input 'rat'"), ({"rate": "fast"}, "must be a number")]
)
def test_inputs_that_do_not_fit_start_nothing(
    workspace: Workspace, ben: User, given: dict[str, object], sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        submit(ben, workspace, chain(), inputs=given)
    assert not Run.objects.filter(source="pipeline").exists()
