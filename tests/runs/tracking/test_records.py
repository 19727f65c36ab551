"""What people and scripts write about a run."""

from collections.abc import Callable
from typing import Any

import pytest

from runs.tracking.models import Run
from runs.tracking.services import records
from studio.access.models import Workspace
from studio.accounts.models import User
from studio.activity.models import Event
from tests.factories import make_job, make_run, make_target
from tests.people import ApiClient, People

BASE = "/api/v1/workspaces/vision/"


@pytest.fixture
def client(api: Callable[..., ApiClient], ben: User, people: People) -> ApiClient:
    return api(ben, base=BASE)


def test_the_same_parameter_again_is_fine_and_another_value_is_a_visible_correction(
    workspace: Workspace, ben: User
) -> None:
    run = make_run(workspace)
    records.log_params(actor=ben, run=run, params={"lr": 0.1, "deep": True, "none": None})
    records.log_params(actor=ben, run=run, params={"lr": "0.1"})
    assert not Event.objects.filter(verb="run.param_corrected").exists()
    records.log_params(actor=ben, run=run, params={"lr": 0.2})
    assert dict(run.params.values_list("key", "value")) == {"lr": "0.2", "deep": "True", "none": "None"}
    assert Event.objects.get(verb="run.param_corrected").detail == "lr: 0.1 → 0.2"


def test_tags_merge_and_null_removes(client: ApiClient, workspace: Workspace) -> None:
    run = make_run(workspace)
    client.patch(f"runs/{run.pk}", {"tags": {"a": "1", "b": "2"}})
    body = client.patch(f"runs/{run.pk}", {"tags": {"a": None, "b": "3", "c": "4"}}).json()
    assert body["tags"] == {"b": "3", "c": "4"}


def test_name_and_description_are_edited_and_told(client: ApiClient, workspace: Workspace) -> None:
    run = make_run(workspace, name="old-name-1")
    body = client.patch(f"runs/{run.pk}", {"name": "  best so far ", "description": "Why."}).json()
    assert (body["name"], body["description"]) == ("best so far", "Why.")
    assert Event.objects.get(verb="run.edited").detail == "renamed from old-name-1"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"state": "completed"}, id="A10-state"),
        pytest.param({"workspace": 2, "id": "x"}, id="A10-owner"),
        pytest.param({"name": ""}, id="A95-empty"),
        pytest.param({"name": "   "}, id="A95-blank"),
        pytest.param({"name": "n" * 256}, id="A95-long"),
        pytest.param({"name": "a\nb"}, id="A85-newline"),
        pytest.param({"name": "a\u0000b"}, id="A86-nul"),
        pytest.param({"name": 7}, id="A93-number"),
        pytest.param({"description": "d" * 20_001}, id="A97-long"),
        pytest.param({"tags": []}, id="A93-list"),
        pytest.param({"tags": {"a": {"b": 1}}}, id="A93-deep"),
        pytest.param({"tags": {"": "x"}}, id="A95-key"),
        pytest.param({"tags": {"a": "x" * 8001}}, id="A95-tag"),
        pytest.param({"tags": {f"t{n}": "x" for n in range(1001)}}, id="A94-many"),
        pytest.param({"is_archived": "yes"}, id="A90-boolean"),
        pytest.param({"name": "fine", "tags": {"a": "\u0000"}}, id="A94-one-bad"),
    ],
)
def test_a_bad_edit_is_refused_and_changes_nothing(
    client: ApiClient, workspace: Workspace, body: dict[str, Any]
) -> None:
    run = make_run(workspace, name="kept")
    assert client.patch(f"runs/{run.pk}", body).status_code == 400
    fresh = Run.objects.get(pk=run.pk)
    assert (fresh.name, fresh.state, fresh.tags.count()) == ("kept", "created", 0)


@pytest.mark.parametrize(
    "raw", [b"[]", b"7", b'"x"', b"null", b"", b'{"name":', b"\xff\xfe", b'{"name":"a","name":"b"}']
)
def test_A93_a_body_of_another_shape_is_refused(client: ApiClient, workspace: Workspace, raw: bytes) -> None:
    run = make_run(workspace, name="kept")
    response = client.patch(f"runs/{run.pk}", raw)
    # An edit of nothing is an edit of nothing; anything else is told.
    assert response.status_code == (200 if raw == b"" else 400), response.content
    assert Run.objects.get(pk=run.pk).name == "kept"


def test_a_live_run_is_not_archived_and_a_finished_one_is(client: ApiClient, workspace: Workspace) -> None:
    live, done = make_run(workspace, state="running"), make_run(workspace, state="completed")
    refused = client.patch(f"runs/{live.pk}", {"is_archived": True})
    assert refused.status_code == 400
    assert "Stop it first" in refused.json()["hint"]
    assert client.patch(f"runs/{done.pk}", {"is_archived": True}).json()["is_archived"]
    assert not client.patch(f"runs/{done.pk}", {"is_archived": False}).json()["is_archived"]


def test_bulk_does_what_it_can_and_names_what_it_can_not(client: ApiClient, people: People) -> None:
    target = make_target(None)
    waiting_job = make_job(people.workspace, target=target, state="queued", created_by=people.ben)
    waiting = make_run(people.workspace, state="queued", job=waiting_job)
    done = make_run(people.workspace, state="completed", with_job=True)
    foreign = make_run(people.elsewhere, state="running")
    body = client.post("runs/bulk", {"ids": [waiting.pk, done.pk, foreign.pk, "nope"], "action": "stop"}).json()
    assert body["changed"] == [waiting.pk]
    assert {item["id"] for item in body["refused"]} == {done.pk, foreign.pk, "nope"}
    assert Run.objects.get(pk=waiting.pk).state == "canceled"
    assert Run.objects.get(pk=foreign.pk).state == "running"
    tagged = client.post("runs/bulk", {"ids": [done.pk], "action": "tag", "tags": {"best": "yes"}}).json()
    assert tagged["changed"] == [done.pk]
    assert Run.objects.get(pk=done.pk).tags.get().value == "yes"


def test_A92_too_many_ids_are_refused(client: ApiClient) -> None:
    assert client.post("runs/bulk", {"ids": ["a"] * 1001, "action": "stop"}).status_code == 400
    assert client.post("runs/bulk", {"ids": [], "action": "stop"}).status_code == 400
    assert client.post("runs/bulk", {"ids": ["a"], "action": "delete"}).status_code == 400


def test_a_reader_changes_nothing(api: Callable[..., ApiClient], rita: User, workspace: Workspace) -> None:
    run = make_run(workspace, state="completed")
    reader = api(rita, base=BASE)
    assert reader.get(f"runs/{run.pk}").status_code == 200
    assert reader.patch(f"runs/{run.pk}", {"name": "mine"}).status_code == 403
    for path in ("stop", "clone", "submit", "finish"):
        assert reader.post(f"runs/{run.pk}/{path}").status_code == 403, path
    for action in ("stop", "archive", "tag"):
        assert reader.post("runs/bulk", {"ids": [run.pk], "action": action}).status_code == 403
