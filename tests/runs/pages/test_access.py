"""The run page and the comparison as the four people meet them."""

import pytest

from runs.tracking.models import RunState

pytestmark = pytest.mark.django_db

PAGES = ["overview", "charts", "logs", "artifacts", "code", "system", "head", "logs/raw"]
WRITES = ["stop", "start", "edit", "archive"]
SEVERAL = [
    "compare/",
    "charts/",
    "charts/catalogue/",
    "charts/lines/?key=loss",
    "charts/values/",
    "compare/metrics.csv?key=loss",
]


def address(run, page: str) -> str:
    return f"/w/vision/runs/{run.pk}/{page}/"


@pytest.mark.parametrize("page", [*PAGES, *WRITES])
def test_a_visitor_is_sent_to_the_sign_in_page(client, run, page):
    method = client.post if page in WRITES else client.get
    response = method(address(run, page))
    assert response.status_code == 302
    assert "/sign-in/" in response["Location"]


@pytest.mark.parametrize("page", [*PAGES, *WRITES])
def test_a_stranger_finds_nothing(browser, stan, run, page):
    client = browser(stan)
    method = client.post if page in WRITES else client.get
    assert method(address(run, page)).status_code == 404


def test_a_stranger_cannot_reach_a_run_through_a_workspace_of_their_own(browser, stan, run):
    client = browser(stan)
    assert client.get(f"/w/elsewhere/runs/{run.pk}/overview/").status_code == 404
    answer = client.get(f"/w/elsewhere/charts/catalogue/?ids={run.pk}")
    found = answer.json()
    assert (found["runs"], found["metrics"]) == ([], [])


@pytest.mark.parametrize("page", PAGES)
def test_members_see_the_page(browser, rita, ben, ada, run, page):
    for user in (rita, ben, ada):
        assert browser(user).get(address(run, page)).status_code == 200


@pytest.mark.parametrize("page", WRITES)
def test_a_reader_is_told_which_permission_is_missing(browser, rita, run, page):
    response = browser(rita).post(address(run, page), {"part": "name", "name": "x"})
    assert response.status_code == 403
    assert b"run:" in response.content
    run.refresh_from_db()
    assert run.name == "brisk-otter-42"
    assert run.state == RunState.RUNNING


@pytest.mark.parametrize("path", SEVERAL)
def test_pages_about_several_runs_are_for_members(client, browser, stan, rita, run, path):
    asked = path + ("&" if "?" in path else "?") + f"ids={run.pk}"
    assert client.get(f"/w/vision/{asked}").status_code == 302
    assert browser(stan).get(f"/w/vision/{asked}").status_code == 404
    assert browser(rita).get(f"/w/vision/{asked}").status_code == 200


def test_a_reader_sees_no_button_that_writes(browser, rita, run):
    page = browser(rita).get(address(run, "overview")).content.decode()
    for action in WRITES:
        assert address(run, action) not in page
    assert "?clone=" not in page
    assert "data-compare-toggle" in page


def test_a_contributor_sees_what_a_running_run_allows(browser, ben, run):
    page = browser(ben).get(address(run, "overview")).content.decode()
    assert address(run, "stop") in page
    assert address(run, "edit") in page
    assert address(run, "archive") not in page, "a live run can't be archived"
    assert address(run, "start") not in page


def test_the_address_of_a_run_leads_to_its_overview(browser, rita, run):
    response = browser(rita).get(f"/w/vision/runs/{run.pk}/")
    assert response.status_code == 302
    assert response["Location"] == address(run, "overview")
