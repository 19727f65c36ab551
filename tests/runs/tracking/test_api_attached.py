"""Runs that report by themselves, over REST."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from compute.jobs import tokens
from runs.tracking.models import Run
from studio.accounts.models import User
from studio.activity.models import Activity, Event
from studio.identifiers import new_run_id
from studio.notifications.models import Notification
from tests.factories import make_run
from tests.people import ApiClient, People

BASE = "/api/v1/workspaces/vision/"


@pytest.fixture
def client(api: Callable[..., ApiClient], ben: User, people: People) -> ApiClient:
    return api(ben, base=BASE)


def start(client: ApiClient, **body: Any) -> dict[str, Any]:
    response = client.post("runs/start", body)
    assert response.status_code == 201, response.content
    return dict(response.json())


def test_a_started_run_is_running_and_has_a_job_without_a_target(client: ApiClient) -> None:
    body = start(client, experiment="vision/digits", params={"lr": 0.1, "deep": True}, tags={"team": "blue"})
    assert body["state"] == "running"
    assert body["experiment"] == "vision/digits"
    assert body["params"] == {"lr": "0.1", "deep": "True"}
    assert body["tags"] == {"team": "blue"}
    assert body["job"]["is_attached"]
    assert body["started_at"]
    assert body["name"].count("-") == 2


def test_the_clients_own_run_id_is_kept_and_asking_again_gives_the_same_run(client: ApiClient) -> None:
    run_id = new_run_id()
    first = start(client, run_id=run_id, name="mine")
    again = start(client, run_id=run_id, name="mine")
    assert first["id"] == again["id"] == run_id
    assert first["job"]["id"] == again["job"]["id"]
    assert Run.objects.count() == 1


def test_a_run_id_of_somebody_else_is_refused(
    client: ApiClient, api: Callable[..., ApiClient], ada: User, stan: User
) -> None:
    run_id = start(client)["id"]
    assert api(ada, base=BASE).post("runs/start", {"run_id": run_id}).status_code == 409
    elsewhere = api(stan, base="/api/v1/workspaces/elsewhere/")
    assert elsewhere.post("runs/start", {"run_id": run_id}).status_code == 409
    assert Run.objects.count() == 1


def test_A36_a_run_id_has_one_format(client: ApiClient) -> None:
    for bad in ("../x", "A" * 12, "short", "x" * 40, "/etc/passwd!"):
        assert client.post("runs/start", {"run_id": bad}).status_code == 400
    assert not Run.objects.exists()


def test_finishing_twice_the_same_way_changes_nothing_and_another_way_is_refused(client: ApiClient, ben: User) -> None:
    run_id = start(client)["id"]
    first = client.post(f"runs/{run_id}/finish", {"state": "completed"}).json()
    assert (first["state"], first["exit_code"]) == ("completed", 0)
    assert client.post(f"runs/{run_id}/finish", {"state": "completed"}).json()["ended_at"] == first["ended_at"]
    refused = client.post(f"runs/{run_id}/finish", {"state": "failed"})
    assert refused.status_code == 409
    assert "already finished" in refused.json()["detail"]


def test_the_submitter_is_told_once_with_a_link_and_the_activity_ends(client: ApiClient, ben: User) -> None:
    run_id = start(client, name="brisk-otter-42")["id"]
    client.post(f"runs/{run_id}/finish", {"state": "failed", "exit_code": 3, "message": "KeyError: 'x'"})
    note = Notification.objects.get(user=ben)
    assert note.text == "brisk-otter-42 failed"
    assert note.url == f"/w/vision/runs/{run_id}/"
    assert Activity.objects.get(subject=f"run:{run_id}").state == "failed"
    assert set(Event.objects.filter(subject=f"run:{run_id}").values_list("verb", flat=True)) == {
        "run.started",
        "run.failed",
    }


def test_children_nest_at_any_depth_and_do_not_flood_the_feed(client: ApiClient) -> None:
    top = start(client, experiment="health/diabetes")
    child = start(client, parent=top["id"])
    grandchild = start(client, parent=child["id"])
    assert grandchild["ancestors"] == [top["id"], child["id"]]
    assert grandchild["experiment"] == "health/diabetes"
    assert client.get(f"runs/{top['id']}").json()["child_count"] == 1
    assert Activity.objects.count() == 1


def test_a_jobs_token_makes_children_of_its_own_run_only(
    client: ApiClient, api: Callable[..., ApiClient], people: People
) -> None:
    own, other = start(client), start(client)
    run = Run.objects.get(pk=own["id"])
    assert run.job is not None
    job_client = api(None, token=tokens.issue(run.job), base=BASE)
    child = job_client.post("runs/start", {"parent": own["id"], "name": "child"})
    assert child.status_code == 201, child.content
    nested = job_client.post("runs/start", {"parent": child.json()["id"]})
    assert nested.status_code == 201, nested.content
    assert job_client.post("runs/start", {"parent": other["id"]}).status_code in (403, 404)
    assert job_client.patch(f"runs/{own['id']}", {"description": "by the script"}).status_code == 200
    assert job_client.patch(f"runs/{other['id']}", {"description": "not mine"}).status_code in (403, 404)
    assert job_client.post("runs/bulk", {"ids": [own["id"]], "action": "archive"}).status_code == 403


def test_a_run_of_the_runner_is_not_ended_by_a_client(client: ApiClient, people: People, ben: User) -> None:
    from tests.factories import make_job, make_target

    job = make_job(people.workspace, target=make_target(None), state="running", created_by=ben)
    run = make_run(people.workspace, job=job, state="running")
    assert client.post(f"runs/{run.pk}/finish", {"state": "completed"}).status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {"name": "a\x00b"},
        {"name": "n" * 300},
        {"experiment": "a\x00b"},
        {"experiment": "../x"},
        {"experiment": "a/" * 12 + "b"},
        {"tags": {"a": "\ud800"}},
        {"tags": {"k" * 300: "x"}},
        {"params": {"a": {"deep": 1}}},
        {"params": {"a": "x" * 6001}},
        {"params": {f"p{n}": 1 for n in range(1001)}},
        {"unknown": 1},
        {"parent": "zzz"},
        {"git": []},
    ],
)
def test_A86_A87_A94_A95_bad_starts_are_refused_and_make_nothing(client: ApiClient, body: dict[str, Any]) -> None:
    import json

    response = client.post("runs/start", json.dumps(body))
    assert response.status_code == 400, response.content
    assert not Run.objects.exists()
    assert client.get("runs").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_A98_fifty_starts_with_one_id_make_one_run(api: Callable[..., ApiClient]) -> None:
    from tests.people import make_people

    people = make_people()
    client = api(people.ben, base=BASE)
    run_id = new_run_id()

    def one(_: int) -> int:
        try:
            caller = ApiClient(None, client.token, base=BASE)
            return caller.post("runs/start", {"run_id": run_id, "experiment": "race/one"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(one, range(50)))
    assert set(statuses) == {201}
    assert Run.objects.filter(pk=run_id).count() == 1
    assert Run.objects.get().experiment.path == "race/one"
