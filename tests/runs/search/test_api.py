"""The search language over REST."""

import pytest

from tests.people import ApiClient, People
from tests.runs.search.conftest import Make

BASE = "/api/v1/workspaces/vision"


@pytest.fixture(autouse=True)
def runs(make: Make) -> None:
    make("a", params={"lr": "0.1", "batch size": "16"}, tags={"team": "vision"}, metrics={"loss": 0.5, "val/acc": 0.9})
    make("b", params={"lr": "0.2"}, metrics={"loss": 1.5}, state="failed")
    make("c", metrics={"loss": 2.5}, tags={"team": "sound"})


@pytest.fixture
def rita(people: People, api) -> ApiClient:
    return api(people.rita)


def names(answer) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["name"] for row in answer.json()["results"]]


def test_the_list_takes_a_filter_and_an_order(rita: ApiClient) -> None:
    assert names(rita.get(f"{BASE}/runs", {"filter": "metrics.loss > 1"})) == ["c", "b"]
    assert names(rita.get(f"{BASE}/runs", {"sort": "metrics.loss DESC"})) == ["c", "b", "a"]
    assert names(rita.get(f"{BASE}/runs", {"sort": "-params.lr, name"})) == ["b", "a", "c"]
    assert names(rita.get(f"{BASE}/runs", {"filter": "loss OR metrics.loss < 9", "sort": "metric:loss"})) == list("abc")


def test_the_simple_parameters_hold_as_well(rita: ApiClient) -> None:
    every = {"filter": "metrics.loss > 0"}
    assert names(rita.get(f"{BASE}/runs", {**every, "state": "failed"})) == ["b"]
    assert names(rita.get(f"{BASE}/runs", {**every, "tag": "team:vision"})) == ["a"]
    assert names(rita.get(f"{BASE}/runs", {**every, "tag": "team"})) == ["c", "a"]
    assert names(rita.get(f"{BASE}/runs", {**every, "q": "sound"})) == ["c"]
    assert names(rita.get(f"{BASE}/runs", {**every, "experiment": "area"})) == ["c", "b", "a"]
    assert names(rita.get(f"{BASE}/runs", {**every, "experiment": "nowhere"})) == []
    assert names(rita.get(f"{BASE}/runs", {**every, "created_by": "me"})) == []


def test_pages_of_a_filter_lead_on(rita: ApiClient) -> None:
    first = rita.get(f"{BASE}/runs", {"filter": "metrics.loss > 0", "limit": 2}).json()
    assert [row["name"] for row in first["results"]] == ["c", "b"]
    assert first["previous"] is None
    second = rita.get(first["next"]).json()
    assert [row["name"] for row in second["results"]] == ["a"]
    assert second["next"] is None


def test_a_wrong_filter_is_refused_with_its_place(rita: ApiClient) -> None:
    answer = rita.get(f"{BASE}/runs", {"filter": "metrics.loss > 'x'"})
    assert answer.status_code == 400
    problem = answer.json()
    assert (problem["code"], problem["position"], problem["length"]) == ("bad_search", 15, 3)
    assert problem["errors"][0]["field"] == "filter"
    assert rita.get(f"{BASE}/runs", {"sort": "nonsense"}).json()["code"] == "bad_search"


def test_a_text_is_read_into_chips(rita: ApiClient) -> None:
    text = "metric.loss<1 and (a or tags.x = 'y')"
    answer = rita.post(f"{BASE}/search/parse", {"text": text}).json()
    assert answer["text"] == "metrics.loss < 1 AND (a OR tags.x = 'y')"
    assert [text[chip["start"] : chip["end"]] for chip in answer["chips"]] == ["metric.loss<1", "(a or tags.x = 'y')"]
    assert answer["error"] is None
    assert rita.post(f"{BASE}/search/parse", {"text": ""}).json() == {"text": "", "chips": [], "error": None}


def test_a_text_that_cannot_be_read_is_answered_with_its_error(rita: ApiClient) -> None:
    error = rita.post(f"{BASE}/search/parse", {"text": "statsu = 'x'"}).json()["error"]
    assert (error["position"], error["length"], error["suggestion"]) == (0, 6, "status")
    assert "status" in error["expected"]


def offered(client: ApiClient, **query: object) -> list[str]:
    answer = client.get(f"{BASE}/search/fields", query)
    assert answer.status_code == 200, answer.content
    return [one["text"] for one in answer.json()["results"]]


def test_fields_offer_the_workspaces_own_keys(rita: ApiClient, people: People, api) -> None:
    assert offered(rita, prefix="l", family="metrics") == ["metrics.loss", "metrics.val/acc"]
    assert offered(rita, prefix="acc") == ["metrics.val/acc"]
    assert offered(rita, family="params") == ["params.`batch size`", "params.lr"]
    assert offered(rita, prefix="te", family="tags", experiment="area/search") == ["tags.team"]
    assert offered(rita, family="tags", experiment="elsewhere") == []
    assert "status" in offered(rita, prefix="sta")
    assert offered(rita, prefix="start")[0] == "start_time"
    assert len(offered(rita, limit=3)) == 3


def test_values_of_a_field_are_offered(rita: ApiClient) -> None:
    assert offered(rita, family="tags", key="team") == ["'sound'", "'vision'"]
    assert offered(rita, family="params", key="lr", prefix="0.2") == ["'0.2'"]
    assert "'failed'" in offered(rita, family="attributes", key="status")
    assert offered(rita, family="attributes", key="user")[0] == "me"
    assert offered(rita, family="metrics", key="loss") == []
    assert offered(rita, family="nothing", key="x") == []


def test_another_workspaces_keys_are_not_offered(people: People, api, make: Make) -> None:
    answer = api(people.stan).get("/api/v1/workspaces/elsewhere/search/fields", {"prefix": "loss"})
    assert answer.json()["results"] == []
