"""Saved views: whose they are, what they may hold, and pages that open with them."""

import json
import re

import pytest

from runs.grid.models import SavedView
from tests.factories import make_experiment
from tests.runs.grid.conftest import BASE

pytestmark = pytest.mark.django_db

STATE = {"filter": "metrics.loss < 0.3", "columns": [{"column": "metric:loss.min", "width": 120, "pin": "left"}]}


def config(page: str) -> dict:
    found = re.search(r'<script id="grid-config" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found.group(1))


@pytest.fixture
def client(api, ben):
    return api(ben, base=BASE)


def test_a_view_is_kept_whole_and_opens_the_page(client, browser, ben, digits):
    body = {"name": "Best", "state": {**STATE, "charts": {"smooth": 0.5}}, "experiment": "vision/digits"}
    view = client.post("views", body).json()
    assert view["state"] == {"version": 1, **STATE, "charts": {"version": 1, "smooth": 0.5}}
    shown = config(browser(ben).get(f"/w/vision/experiments/vision/digits/?view={view['id']}").content.decode())
    assert shown["state"]["filter"] == STATE["filter"]
    assert shown["view"]["name"] == "Best"
    assert shown["first"]["columns"] == ["metric:loss.min"]


def test_a_view_opens_on_another_experiment(client, browser, ben, workspace, digits):
    make_experiment(workspace, "other")
    view = client.post("views", {"name": "Best", "state": STATE, "experiment": "vision/digits"}).json()
    page = browser(ben).get(f"/w/vision/experiments/other/?view={view['id']}")
    assert config(page.content.decode())["state"]["filter"] == STATE["filter"]


@pytest.mark.parametrize(
    "state",
    [
        {"nope": 1}, {"version": 2}, {"columns": [{"column": "x"}]}, {"columns": [{"column": "param:a", "width": 1}]},
        {"density": "tiny"}, {"hidden": ["not an id"]}, {"charts": {"nope": 1}}, {"pinned": 7}, {"pane": []},
        {"filter": "x" * 20_000}, {"baseline": {}}, {"heat": ["param:" + "x" * 400]},
    ],
)  # fmt: skip
def test_a_state_with_anything_unknown_is_refused(client, state):
    answer = client.post("views", {"name": "x", "state": state})
    assert answer.status_code == 400
    assert not SavedView.objects.exists()


def test_a_filter_that_cant_be_read_is_refused_where_it_goes_wrong(client):
    wrong = {"filter": "metrics.loss < 1 AND statsu = 'x'"}
    view = client.post("views", {"name": "Best", "state": STATE}).json()
    for answer in (
        client.post("views", {"name": "x", "state": wrong}),
        client.patch(f"views/{view['id']}", {"state": wrong}),
    ):
        told = answer.json()
        assert (answer.status_code, told["code"]) == (400, "bad_search")
        assert (told["position"], told["length"], told["suggestion"]) == (21, 6, "status")
    assert [kept.state["filter"] for kept in SavedView.objects.all()] == [STATE["filter"]]


def test_a_state_may_not_grow_without_end(client):
    state = {"columns": [{"column": f"param:{'x' * 240}{number}"} for number in range(200)], "hidden": [], "heat": []}
    assert client.post("views", {"name": "x", "state": state}).status_code == 201
    state["open"] = ["y" * 400 + str(number) for number in range(500)]
    assert client.post("views", {"name": "x", "state": state}).json()["code"] == "view_too_large"


def test_a_personal_view_is_nobody_elses(client, api, ada):
    view = client.post("views", {"name": "Mine", "state": STATE}).json()
    other = api(ada, base=BASE)
    assert other.get("views").json()["results"] == []
    assert other.get(f"views/{view['id']}").status_code == 404
    assert other.delete(f"views/{view['id']}").status_code == 404


def test_the_teams_view_is_found_by_all_and_changed_by_who_may_share(client, api, ada, rita):
    view = client.post("views", {"name": "Ours", "state": STATE, "scope": "team"}).json()
    reader = api(rita, base=BASE)
    assert [one["name"] for one in reader.get("views").json()["results"]] == ["Ours"]
    assert reader.patch(f"views/{view['id']}", {"name": "Theirs"}).status_code == 403
    assert reader.post("views", {"name": "New", "state": STATE, "scope": "team"}).status_code == 403
    assert reader.post("views", {"name": "New", "state": STATE}).status_code == 201
    assert api(ada, base=BASE).patch(f"views/{view['id']}", {"name": "Renamed"}).json()["name"] == "Renamed"


def test_a_reader_can_not_share_a_view_of_his_own(api, rita):
    reader = api(rita, base=BASE)
    view = reader.post("views", {"name": "New", "state": STATE}).json()
    assert reader.patch(f"views/{view['id']}", {"scope": "team"}).status_code == 403


def test_an_experiment_opens_with_its_default_and_there_is_one_only(client, browser, rita, digits):
    first = {"name": "One", "state": STATE, "scope": "team", "is_default": True, "experiment": "vision/digits"}
    client.post("views", first)
    client.post("views", {**first, "name": "Two", "state": {"tree": True}})
    assert list(SavedView.objects.filter(is_default=True).values_list("name", flat=True)) == ["Two"]
    page = browser(rita).get("/w/vision/experiments/vision/digits/").content.decode()
    assert config(page)["state"] == {"version": 1, "tree": True}
    plain = browser(rita).get("/w/vision/experiments/vision/digits/?q=x").content.decode()
    assert config(plain)["state"] == {"version": 1, "filter": "x"}


def test_a_default_needs_the_team_and_an_experiment(client, digits):
    body = {"name": "x", "state": {}, "is_default": True}
    assert client.post("views", {**body, "experiment": "vision/digits"}).json()["code"] == "bad_default"
    assert client.post("views", {**body, "scope": "team"}).json()["code"] == "bad_default"


def test_a_long_state_is_kept_once_under_a_short_id_that_anybody_here_may_open(client, api, rita, browser):
    body = {"scope": "link", "state": STATE}
    first, again = client.post("views", body).json(), client.post("views", body).json()
    assert first["id"] == again["id"]
    assert client.get("views").json()["results"] == []
    assert api(rita, base=BASE).get(f"views/{first['id']}").json()["state"]["filter"] == STATE["filter"]
    assert client.patch(f"views/{first['id']}", {"name": "x"}).status_code == 403


def test_a_reading_token_keeps_nothing(api, ben):
    from tests.factories import make_token

    reading = api(None, make_token(ben, scope="read"), base=BASE)
    assert reading.post("views", {"name": "x", "state": {}}).status_code == 403


def test_an_address_that_makes_no_sense_is_told_in_the_page(browser, ben):
    page = browser(ben).get("/w/vision/runs/?sort=nonsense")
    assert page.status_code == 200
    assert config(page.content.decode())["problem"]["code"] == "unknown_column"
    gone = browser(ben).get("/w/vision/runs/?view=222222222222")
    assert config(gone.content.decode())["problem"]["code"] == "view_gone"


def test_the_address_names_columns_with_width_and_pin(browser, ben):
    page = browser(ben).get("/w/vision/runs/?columns=param:a~b~120~left&columns=metric:loss&sort=-metric:loss.min")
    state = config(page.content.decode())["state"]
    assert state["columns"] == [{"column": "param:a~b", "width": 120, "pin": "left"}, {"column": "metric:loss.last"}]
    assert state["order"] == ["-metric:loss.min"]


def test_the_page_costs_as_many_queries_however_many_runs(browser, ben, make, django_assert_max_num_queries):
    client = browser(ben)
    client.get("/w/vision/runs/")
    for number in range(10):
        make(f"r{number}", lr="1", loss=1.0)
    with django_assert_max_num_queries(26):
        client.get("/w/vision/runs/")
