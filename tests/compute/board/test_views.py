"""The compute page: what each person sees and may change."""

from typing import Any

import pytest
from django.utils import timezone

from compute.jobs.models import JobState
from tests.factories.compute import make_job, make_target
from tests.people import People

LIST, LOCAL = "/w/vision/compute/", "/w/vision/compute/local/"


@pytest.fixture
def local(people: People) -> Any:
    return make_target(name="local", slots=2)


def test_the_page_shows_what_runs_and_why_a_job_waits(people: People, browser: Any, local: Any) -> None:
    for title in ("one", "two"):
        make_job(people.workspace, target=local, title=title, state=JobState.RUNNING, created_by=people.ben)
    make_job(people.workspace, target=local, title="three", state=JobState.QUEUED, queued_at=timezone.now())
    text = browser(people.rita).get(LIST).content.decode()
    assert "2 of 2 slots busy" in text
    assert "Waiting for a free slot on local: 2 of 2 busy." in text


def test_a_broken_backend_is_named_without_its_exception(people: People, browser: Any, api: Any) -> None:
    make_target(people.workspace, name="odd", kind="nowhere")
    for answer in (browser(people.rita).get(LIST), api(people.rita).get("/api/v1/workspaces/vision/compute/odd")):
        text = answer.content.decode()
        assert "not installed or does not load" in text
        assert "nothing of this name" not in text


def test_jobs_of_other_workspaces_are_only_counted(people: People, browser: Any, local: Any) -> None:
    make_job(people.elsewhere, target=local, title="hidden-title", state=JobState.RUNNING)
    make_job(people.elsewhere, target=local, title="hidden-queue", state=JobState.QUEUED, queued_at=timezone.now())
    text = browser(people.ada).get(LIST).content.decode()
    assert "hidden-" not in text
    assert "1 job of other workspaces" in text
    assert "1 waiting job of other workspaces" in text


def test_a_target_of_another_workspace_is_not_there(people: People, browser: Any) -> None:
    make_target(people.elsewhere, name="theirs")
    assert "theirs" not in browser(people.ada).get(LIST).content.decode()
    assert browser(people.ada).get("/w/vision/compute/theirs/").status_code == 404


def test_the_owner_of_one_workspace_may_not_change_what_all_share(people: People, browser: Any, local: Any) -> None:
    ada = browser(people.ada)
    assert "Save" not in ada.get(LOCAL).content.decode()
    assert ada.post(f"{LOCAL}pause/").status_code == 403
    assert ada.post(f"{LOCAL}resize/", {"slots": 5}).status_code == 403


def test_the_administrator_pauses_resumes_and_resizes_the_shared_target(
    people: People, browser: Any, local: Any
) -> None:
    type(people.ada).objects.filter(pk=people.ada.pk).update(is_superuser=True)
    ada = browser(people.ada)
    assert ada.post(f"{LOCAL}pause/").status_code == 302
    assert ada.post(f"{LOCAL}resize/", {"slots": 5}).status_code == 302
    local.refresh_from_db()
    assert (local.is_paused, local.slots) == (True, 5)
    ada.post(f"{LOCAL}resume/")
    local.refresh_from_db()
    assert not local.is_paused


def test_a_number_of_slots_that_cannot_be_comes_back_with_its_reason(people: People, browser: Any) -> None:
    make_target(people.workspace, name="own", slots=2)
    answer = browser(people.ada).post("/w/vision/compute/own/resize/", {"slots": 0})
    assert answer.status_code == 422
    assert "greater than or equal to 1" in answer.content.decode()


@pytest.mark.parametrize("part", ["contributor", "reader"])
def test_who_may_not_manage_sees_no_button(people: People, browser: Any, part: str) -> None:
    make_target(people.workspace, name="own")
    visitor = browser(people.by_part[part])
    assert "own/pause/" not in visitor.get("/w/vision/compute/own/").content.decode()
    assert visitor.post("/w/vision/compute/own/pause/").status_code == 403


def test_strangers_find_nothing(people: People, browser: Any, local: Any) -> None:
    assert browser(people.stan).get(LIST).status_code == 404


def test_the_fragment_is_a_part_of_the_page(people: People, browser: Any, local: Any) -> None:
    text = browser(people.ada).get(LIST, headers={"HX-Request": "true"}).content.decode()
    assert text.lstrip().startswith('<div id="targets"')
    assert "<html" not in text


def test_a_long_queue_is_shown_in_part_with_few_queries(
    people: People, browser: Any, local: Any, django_assert_max_num_queries: Any
) -> None:
    for _ in range(60):
        make_job(people.workspace, target=local, state=JobState.QUEUED, queued_at=timezone.now())
    ada = browser(people.ada)
    with django_assert_max_num_queries(20):
        text = ada.get(LIST).content.decode()
    assert "And 10 more of this workspace." in text


def test_rest_lists_targets_and_changes_own_ones(people: People, api: Any, local: Any) -> None:
    make_target(people.workspace, name="own", slots=1)
    base = "/api/v1/workspaces/vision/compute"
    names = [row["name"] for row in api(people.rita).get(base).json()["results"]]
    assert names == ["local", "own"]
    assert api(people.ada).patch(f"{base}/own", {"slots": 3, "is_paused": True}).json()["slots"] == 3
    assert api(people.ada).patch(f"{base}/own", {"slots": 0}).status_code == 400
    assert api(people.ada).patch(f"{base}/own", {"kind": "x"}).status_code == 400
    assert api(people.ben).patch(f"{base}/own", {"slots": 3}).status_code == 403
    assert api(people.ada).patch(f"{base}/local", {"slots": 3}).status_code == 403
    assert api(people.stan).get(f"{base}/own").status_code == 404
    assert api(people.ada).get(f"{base}/none").status_code == 404
