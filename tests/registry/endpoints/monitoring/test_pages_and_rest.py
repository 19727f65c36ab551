"""The tab, its forms and the REST doors: who may do what, and what is said about bad values."""

import json
from typing import Any

import pytest
from django.test import Client

from registry.endpoints import routing
from registry.endpoints.models import Deployment
from registry.endpoints.monitoring import shipping
from registry.endpoints.monitoring.models import DriftReport
from studio.accounts.models import User
from studio.lineage import services as lineage
from studio.lineage.things import Thing
from tests.factories import make_token
from tests.factories.data import make_data
from tests.factories.endpoints import make_deployment, make_drift_report, make_endpoint, make_model_version
from tests.registry.endpoints.monitoring.conftest import Spool, asked, cars

pytestmark = pytest.mark.django_db


class Caller:
    """Somebody with a token who asks about a deployment."""

    def __init__(self, deployment: Deployment, person: User) -> None:
        slug = deployment.endpoint.workspace.slug
        self.base = f"/api/v1/workspaces/{slug}/endpoints/{deployment.endpoint.name}/deployments/{deployment.name}/"
        self.client = Client(headers={"authorization": f"Bearer {make_token(person)}"})

    def __call__(self, method: str, path: str, body: Any = None) -> Any:
        kind = {"content_type": "application/json"} if body is not None else {}
        return self.client.generic(method, self.base + path, json.dumps(body) if body is not None else "", **kind)


def tab(deployment: Deployment, **query: Any) -> tuple[str, dict[str, Any]]:
    return f"{deployment.endpoint.get_absolute_url()}monitoring/", query


def test_the_collector_is_set_over_rest_and_the_gateway_hears_of_it(blue: Deployment, ben: User) -> None:
    call = Caller(blue, ben)
    found = call("GET", "collector").json()
    assert (found["is_on"], found["collections"], found["trained_on"]) == (True, [], [])
    answer = call("PUT", "collector", {"sampling_rate": 0.25, "drift": {"daily": True, "reference": "cars:1"}})
    assert answer.status_code == 200
    kept = answer.json()["data_collector"]
    assert kept["sampling_rate"] == 0.25
    assert kept["drift"] == {"daily": True, "reference": "azureml:cars:1", "days": 1}
    assert set(kept["collections"]) == {"model_inputs", "model_outputs"}
    (endpoint,) = routing.table()["endpoints"].values()
    assert endpoint["deployments"]["blue"]["collector"] == {"sampling_rate": 0.25}
    assert call("PUT", "collector", {}).json()["is_on"] is False
    (endpoint,) = routing.table()["endpoints"].values()
    assert endpoint["deployments"]["blue"]["collector"] is None


@pytest.mark.parametrize(
    "body",
    [
        {"sampling_rate": 2}, {"rolling_rate": "year"}, {"collections": []}, {"collections": {"a b": {}}}, {"other": 1},
        {"drift": {"daily": "x"}}, {"drift": {"reference": "https://x.example/a"}}, {"drift": {"days": 0}},
        {"drift": {"more": 1}}, {"sampling_rate": "NaN"},
    ],
)  # fmt: skip
def test_a_bad_collector_is_refused_with_a_sentence(blue: Deployment, ben: User, body: dict[str, Any]) -> None:
    answer = Caller(blue, ben)("PUT", "collector", body)
    assert answer.status_code in (400, 422)
    assert answer.json()["detail"]


def test_what_was_chosen_stays_when_a_deployment_file_says_nothing(blue: Deployment) -> None:
    again = make_deployment(blue.endpoint, "blue", is_live=False)
    again.refresh_from_db()
    assert again.collector["sampling_rate"] == 1
    chosen = make_deployment(blue.endpoint, "blue", is_live=False, data_collector={"collections": {"request": {}}})
    chosen.refresh_from_db()
    assert list(chosen.collector["collections"]) == ["request"]


def test_reports_are_asked_for_listed_and_deleted_over_rest(
    blue: Deployment, ben: User, rita: User, spool: Spool
) -> None:
    call, reader = Caller(blue, ben), Caller(blue, rita)
    refused = call("POST", "drift-reports", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "reference_unknown")
    make_data(blue.endpoint.workspace, "cars")
    spool.write(blue, asked(cars(40)))
    shipping.ship()
    assert reader("POST", "drift-reports", {"against": "cars:1"}).status_code == 403
    browser = Client()
    browser.force_login(ben)
    assert "Make report" in browser.get(*tab(blue)).content.decode()
    made = call("POST", "drift-reports", {"against": "cars", "days": 7})
    assert made.status_code == 201
    report = made.json()
    assert (report["state"], report["reference"]) == ("pending", "azureml:cars:1")
    assert [one["id"] for one in reader("GET", "drift-reports").json()["results"]] == [report["id"]]
    assert reader("GET", f"drift-reports/{report['id']}").json()["url"].endswith(f"&report={report['id']}")
    assert reader("GET", "collector").json()["collections"][0]["rows"] == 40
    assert call("GET", "drift-reports/x").status_code == 404
    other = make_drift_report(make_deployment(make_endpoint(blue.endpoint.workspace, "other")))
    assert call("GET", f"drift-reports/{other.pk}").status_code == 404
    assert reader("DELETE", f"drift-reports/{report['id']}").status_code == 403
    assert call("DELETE", f"drift-reports/{report['id']}").status_code == 204


def test_training_data_is_found_by_the_lineage(workspace: Any, ben: User) -> None:
    data, version = make_data(workspace, "cars"), make_model_version(workspace)
    run = Thing("run", "k3v9x2m7qabc")
    lineage.link(workspace=workspace, source=Thing("data_version", str(data.pk)), target=run, verb="read")
    lineage.link(workspace=workspace, source=run, target=Thing("model_version", str(version.pk)), verb="made")
    blue = make_deployment(make_endpoint(workspace), model=f"{version.model.name}:{version.number}")
    assert Caller(blue, ben)("GET", "collector").json()["trained_on"] == ["azureml:cars:1"]


def test_the_tab_shows_a_report_and_a_reader_changes_nothing(blue: Deployment, client: Client, rita: User) -> None:
    report = make_drift_report(blue)
    client.force_login(rita)
    url, query = tab(blue, report=report.pk)
    text = client.get(url, query).content.decode()
    assert "1 of 1 column drifted: age." in text
    assert "mini-bars" in text
    assert "100 % of the requests are kept" in text
    assert "collect-percent" not in text
    assert client.get(url, {"report": "99999"}).status_code == 404
    assert client.get(url, {"report": "x" * 500, "deployment": "nothing"}).status_code == 404


def test_the_switch_of_the_page(blue: Deployment, client: Client, ben: User) -> None:
    client.force_login(ben)
    url, _ = tab(blue)
    switch = f"{blue.get_absolute_url()}collector/"
    answer = client.post(
        switch, {"is_on": "on", "percent": "12.5", "is_daily": "on", "reference": "cars:3"}, follow=True
    )
    assert "12.5 % of the requests to blue are kept." in answer.content.decode()
    blue.refresh_from_db()
    assert blue.collector["drift"] == {"daily": True, "reference": "azureml:cars:3", "days": 1}
    for bad in ({"is_on": "on", "percent": "x"}, {"is_on": "on", "percent": "1", "reference": "a b"}):
        client.post(switch, bad)
    blue.refresh_from_db()
    assert blue.collector["sampling_rate"] == 0.125
    client.post(switch, {"percent": "12.5"})
    blue.refresh_from_db()
    assert blue.collector["sampling_rate"] == 0
    assert "off</span>" in client.get(url).content.decode()


def test_what_can_not_be_reported_is_said_on_the_page(blue: Deployment, client: Client, ben: User) -> None:
    client.force_login(ben)
    answer = client.post(f"{blue.get_absolute_url()}drift/", {"days": "1"}, follow=True)
    assert "What the model of blue learnt from is not known" in answer.content.decode()
    assert client.post(f"{blue.get_absolute_url()}drift/", {"days": "5"}).status_code == 302
    report = make_drift_report(blue, state="failed", problem="No table.", columns=[], drifted=None)
    assert "No table." in client.get(*tab(blue)).content.decode()
    assert client.post(f"{blue.get_absolute_url()}drift/{report.pk}/delete/").status_code == 302
    assert not DriftReport.objects.exists()
    empty = make_endpoint(blue.endpoint.workspace, "empty")
    assert "Nothing to watch yet" in client.get(f"{empty.get_absolute_url()}monitoring/").content.decode()
