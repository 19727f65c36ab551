"""A pipeline's run behind the doors that know no pipelines: MLflow, the trash, the tray, its own REST."""

import pytest
from django.test import Client

from compute.targets.models import ComputeTarget
from runs.pipelines.engine import services
from runs.tracking.models import RunState
from runs.tracking.services import reported
from runs.trash import services as trash
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity.models import Activity, Event
from tests.factories.accounts import make_token
from tests.factories.compute import make_target
from tests.factories.pipeline_steps import advance, carry_out, command, pipeline, states, submit

pytestmark = pytest.mark.django_db
TWO = pipeline({"a": command("python a.py"), "b": command("python b.py", after="a")}, display_name="two")


@pytest.fixture(autouse=True)
def target() -> ComputeTarget:
    return make_target(name="local", slots=4)


def test_a_client_that_says_how_it_stands_changes_nothing(workspace: Workspace, ben: User) -> None:
    run = submit(ben, workspace, TWO)
    reported.report_state(actor=ben, run=run, to=RunState.COMPLETED)
    run.refresh_from_db()
    assert run.state == RunState.RUNNING


def test_one_that_is_under_way_is_not_put_into_the_trash(workspace: Workspace, ben: User) -> None:
    run = submit(ben, workspace, TWO)
    done = trash.trash_runs(actor=ben, workspace=workspace, ids=[run.pk])
    assert not done.changed and done.refused[0].id == run.pk
    services.cancel(actor=ben, run=run)
    advance(run)
    assert trash.trash_runs(actor=ben, workspace=workspace, ids=[run.pk]).changed == [run.pk]


def test_the_tray_and_the_feed_hear_of_the_pipeline_and_not_of_its_steps(workspace: Workspace, ben: User) -> None:
    run = submit(ben, workspace, TWO)
    carry_out(run)
    activity = Activity.objects.get(workspace=workspace)
    assert (activity.subject, activity.state) == (run.subject, Activity.State.SUCCEEDED)
    assert set(Event.objects.filter(subject__startswith="run:").values_list("subject", flat=True)) == {run.subject}


def test_rest_shows_the_steps_and_runs_them_again(workspace: Workspace, ben: User) -> None:
    run = submit(ben, workspace, TWO)
    carry_out(run, failing={"b": "The command ended with exit code 1."})
    headers = {"Authorization": f"Bearer {make_token(ben)}"}
    address = f"/api/v1/workspaces/{workspace.slug}/pipeline-runs/{run.pk}"
    found = Client().get(address, headers=headers).json()
    assert (found["state"], found["counts"]) == ("failed", {"completed": 1, "failed": 1})
    assert found["steps"][1]["needs"] == ["a"]
    assert found["steps"][1]["problem"] == "The command ended with exit code 1."
    answer = Client().post(f"{address}/rerun", {}, content_type="application/json", headers=headers)
    assert answer.status_code == 201
    again = workspace.runs.get(pk=answer.json()["run_id"])
    assert states(again) == {"a": "completed", "b": "waiting"}
    assert (
        Client().post(f"{address}/rerun", {"all": 1}, content_type="application/json", headers=headers).status_code
        == 400
    )
