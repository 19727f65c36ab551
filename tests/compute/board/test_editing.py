"""Making and changing Docker targets by page and by REST."""

from typing import Any

import pytest
from django.utils import timezone

from compute.engines.models import Engine
from compute.jobs.models import JobState
from compute.targets.models import ComputeTarget
from tests.factories.compute import make_job, make_target
from tests.people import People

API, PAGE = "/api/v1/workspaces/vision/compute", "/w/vision/compute/"


@pytest.fixture
def away(db: None) -> Engine:
    """The engine of this machine, as a worker saw it a moment ago."""
    return Engine.objects.create(
        address="", state="down", problem="The Docker engine of this machine does not answer: nothing listens there.",
        checked_at=timezone.now(), changed_at=timezone.now(),
    )  # fmt: skip


def test_an_owner_makes_one_by_page(people: People, browser: Any) -> None:
    ada = browser(people.ada)
    assert "No network" not in ada.get(PAGE).content.decode()
    assert "New compute target" in ada.get(PAGE).content.decode()
    form = ada.get(PAGE + "new/").content.decode()
    assert 'name="memory"' in form
    values = {"name": "containers", "slots": "3", "network": "none", "memory": "2g", "pids": "512", "gpus": "0"}
    answer = ada.post(PAGE + "new/", values)
    assert (answer.status_code, answer["Location"]) == (302, PAGE + "containers/")
    target = ComputeTarget.objects.get(name="containers")
    assert (target.slots, target.settings["memory"], target.workspace) == (3, "2g", people.workspace)
    assert "Each job: no network, 2.0\xa0GB of memory, 512 processes." in ada.get(PAGE + "containers/").content.decode()


def test_what_is_wrong_is_said_at_its_field_and_keys_do_not_come_back(people: People, browser: Any) -> None:
    values = {"name": "Big", "slots": "0", "memory": "lots", "key": "canary-key", "address": "ssh://me@gpu.internal"}
    answer = browser(people.ada).post(PAGE + "new/", values)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Give a size like 512m or 8g" in text
    assert "canary-key" not in text
    assert not ComputeTarget.objects.filter(kind="docker").exists()


def test_an_owner_changes_one_by_page_and_what_is_not_sent_stays(people: People, browser: Any) -> None:
    make_target(people.workspace, name="box", kind="docker", settings={"network": "none", "memory": "2g", "cpus": 2.0})
    ada = browser(people.ada)
    assert 'value="2g"' in ada.get(PAGE + "box/edit/").content.decode()
    assert ada.post(PAGE + "box/edit/", {"network": "bridge", "memory": "2g"}).status_code == 302
    target = ComputeTarget.objects.get(name="box")
    assert (target.settings["network"], target.settings["cpus"]) == ("bridge", 2.0)


def test_a_reader_sees_no_way_to_change_it(people: People, browser: Any) -> None:
    make_target(people.workspace, name="box", kind="docker")
    rita = browser(people.rita)
    assert "New compute target" not in rita.get(PAGE).content.decode()
    assert "Test connection" not in rita.get(PAGE + "box/").content.decode()


def test_by_rest_it_is_made_shown_changed_and_deleted(people: People, api: Any) -> None:
    ada = api(people.ada)
    made = ada.post(API, {"name": "box", "kind": "docker", "slots": 2, "settings": {"memory": "2g"}})
    assert made.status_code == 201
    assert made.json()["settings"]["memory"] == "2g"
    assert made.json()["engine"]["state"] == "unknown"
    changed = ada.patch(f"{API}/box", {"settings": {"network": "bridge"}, "slots": 5}).json()
    assert (changed["settings"]["network"], changed["settings"]["memory"], changed["slots"]) == ("bridge", "2g", 5)
    assert ada.post(f"{API}/box/check").status_code == 202
    assert api(people.rita).get(f"{API}/box").json()["settings"] == {}
    assert ada.delete(f"{API}/box").status_code == 204
    assert ada.get(f"{API}/box").status_code == 404


def test_a_refusal_by_rest_names_its_field(people: People, api: Any) -> None:
    answer = api(people.ada).post(API, {"name": "box", "kind": "docker", "settings": {"memory": "x"}})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_target")
    assert "settings.memory" in str(answer.json())


def test_while_the_engine_is_away_pages_load_and_say_so(people: People, browser: Any, api: Any, away: Engine) -> None:
    target = make_target(people.workspace, name="box", kind="docker", slots=1)
    make_job(people.workspace, target=target, state=JobState.QUEUED, queued_at=timezone.now(), title="waits")
    text = browser(people.rita).get(PAGE).content.decode()
    assert "The Docker engine of this machine does not answer" in text
    assert "What waits for box starts when that is over." in text
    shown = api(people.rita).get(f"{API}/box").json()
    assert (shown["state"], shown["engine"]["state"]) == ("away", "down")
    assert "does not answer" in shown["jobs"][0]["why_waiting"]
