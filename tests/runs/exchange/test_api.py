"""Runs from elsewhere over REST: once, with their own times."""

from collections.abc import Callable
from typing import Any

import pytest

from runs.tracking.models import Run
from studio.accounts.models import User
from studio.activity.models import Event
from tests.people import ApiClient, People

BASE = "/api/v1/workspaces/vision/"
RUN = {
    "external_id": "mlflow:abc",
    "experiment": "old/digits",
    "state": "completed",
    "name": "smiling-shrew-3",
    "started_at": "2021-03-01T10:00:00Z",
    "ended_at": "2021-03-01T10:05:00Z",
    "params": {"lr": "0.1"},
    "tags": {"team": "blue"},
    "git": {"commit": "abc123"},
}


@pytest.fixture
def client(api: Callable[..., ApiClient], ben: User, people: People) -> ApiClient:
    return api(ben, base=BASE)


def bring(client: ApiClient, **changes: Any) -> dict[str, Any]:
    response = client.post("imports/runs", {**RUN, **changes})
    assert response.status_code == 200, response.content
    return dict(response.json())


def test_an_imported_run_keeps_its_own_times_and_facts(client: ApiClient) -> None:
    found = bring(client)
    assert found["is_new"]
    run = Run.objects.get(pk=found["id"])
    assert (run.source, run.state, run.external_id) == ("import", "completed", "mlflow:abc")
    assert client.get(f"runs/{run.pk}").json()["external_id"] == "mlflow:abc"
    assert run.created_at == run.started_at
    assert run.started_at and run.started_at.year == 2021
    assert run.ended_at and (run.ended_at - run.started_at).seconds == 300
    assert run.git == {"commit": "abc123"}
    assert client.get(f"runs/{run.pk}").json()["params"] == {"lr": "0.1"}


def test_the_same_import_twice_gives_one_run_and_keeps_what_people_wrote(client: ApiClient) -> None:
    first = bring(client)
    client.patch(f"runs/{first['id']}", {"name": "our-best"})
    second = bring(client, state="failed", tags={"team": "red"})
    assert second == {**first, "is_new": False}
    run = Run.objects.get()
    assert (run.name, run.state) == ("our-best", "failed")
    assert client.get(f"runs/{run.pk}").json()["tags"] == {"team": "red"}


def test_an_imported_run_takes_metrics_and_files_though_it_has_ended(client: ApiClient) -> None:
    run_id = bring(client)["id"]
    point = {"key": "loss", "step": 1, "time_ms": 1614592800000, "value": 0.5}
    answer = client.post(f"runs/{run_id}/ingest", {"writer": "import-1", "seq": 0, "metrics": [point]})
    assert answer.json() == {"accepted": 1, "duplicate": False}
    assert client.get(f"runs/{run_id}/metrics/points?key=loss").json()["points"]["time_ms"] == [1614592800000]


def test_children_are_placed_below_their_parent_and_never_below_themselves(client: ApiClient) -> None:
    top = bring(client)["id"]
    child = bring(client, external_id="mlflow:child", parent=top)["id"]
    assert Run.objects.get(pk=child).parent_id == top
    refused = client.post("imports/runs", {**RUN, "parent": child})
    assert (refused.status_code, refused.json()["code"]) == (400, "parent_is_child")
    assert Run.objects.get(pk=top).parent_id is None


@pytest.mark.parametrize(
    "changes",
    [
        {"external_id": ""},
        {"external_id": "x" * 256},
        {"state": "running"},
        {"experiment": ""},
        {"ended_at": "2020-01-01T00:00:00Z"},
        {"started_at": "yesterday"},
        {"params": {"lr": "x" * 6001}},
        {"surprise": 1},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_and_leaves_nothing(client: ApiClient, changes: dict[str, Any]) -> None:
    response = client.post("imports/runs", {**RUN, **changes})
    assert response.status_code == 400, response.content
    assert not Run.objects.exists()


def test_what_is_known_is_said_for_this_workspace_only(client: ApiClient) -> None:
    run_id = bring(client)["id"]
    answer = client.post("imports/known", {"external_ids": ["mlflow:abc", "mlflow:other", ""]})
    assert answer.status_code == 400  # an empty id can't be one
    answer = client.post("imports/known", {"external_ids": ["mlflow:abc", "mlflow:other"]})
    assert answer.json() == {"runs": {"mlflow:abc": run_id}, "logged_models": {}, "versions": {}}


def test_a_whole_import_is_one_line_in_the_feed(client: ApiClient) -> None:
    assert client.post("imports/done", {"origin": "mlruns", "count": 3}).status_code == 204
    assert [(event.verb, event.label) for event in Event.objects.filter(verb="run.imported")] == [
        ("run.imported", "3 runs")
    ]
