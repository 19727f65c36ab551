"""Pages of endpoints as people use them."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from registry.endpoints import histogram, queries, services
from registry.endpoints.models import Deployment, DeploymentRevision, Endpoint, TrafficMinute
from registry.endpoints.pages import console, frame, metrics, shares
from tests.factories import make_workspace
from tests.factories.endpoints import go_live, make_deployment, make_endpoint, make_model_version, new_deployment
from tests.people import People, make_people

pytestmark = pytest.mark.django_db
MLFLOW_MODEL = {"MLmodel": b"flavors:\n  python_function: {}\n", "requirements.txt": b"numpy\n"}
SIGNATURE = {
    "inputs": [
        {"name": "length", "type": "double", "required": True},
        {"name": "colour", "type": "string", "required": False},
    ]
}


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def endpoint(people: People) -> Endpoint:
    return make_endpoint(people.workspace, "scoring", actor=people.ben, description="Scores loans")


@pytest.fixture
def two(endpoint: Endpoint, people: People) -> Endpoint:
    """`blue` has all traffic, `green` none."""
    for name in ("blue", "green"):
        make_deployment(endpoint, name, actor=people.ben)
    return services.set_traffic(actor=people.ben, endpoint=endpoint, traffic={"blue": 100})


def browser(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(user: Any, address: str, **query: str) -> str:
    answer = browser(user).get(address, query)
    assert answer.status_code == 200, answer.content.decode()[:400]
    return answer.content.decode()


def test_the_list_shows_state_traffic_and_what_was_asked(two: Endpoint, people: People) -> None:
    blue = queries.deployment_at(two, "blue")
    minute = timezone.now().replace(second=0, microsecond=0)
    durations = {str(histogram.bucket(20.0)): 100}
    TrafficMinute.objects.create(
        deployment=blue, minute=minute, gateway="a", requests=100, server_errors=5, durations=durations
    )
    text = text_of(people.rita, "/w/vision/endpoints/")
    assert "scoring" in text
    assert "Scores loans" in text
    assert "blue 100 %" in text
    assert ">20</span>" in text  # 100 requests in five minutes
    assert "5 %" in text
    assert "New endpoint" not in text  # Rita reads
    assert "No endpoints match" in text_of(people.ben, "/w/vision/endpoints/", q="nothing like it")


def test_an_empty_list_says_what_an_endpoint_is_and_how_one_is_made(people: People) -> None:
    text = text_of(people.ben, "/w/vision/endpoints/")
    assert "No endpoints yet" in text
    assert "atelier endpoint create" in text
    assert "atelier endpoint create" not in text_of(people.rita, "/w/vision/endpoints/")


def test_an_endpoint_of_another_workspace_is_not_there(endpoint: Endpoint, people: People) -> None:
    make_workspace("other", name="Other", owner=people.stan)
    for page in ("", "test/", "metrics/", "logs/", "lineage/", "keys/", "deploy/"):
        assert browser(people.stan).get(f"/w/vision/endpoints/scoring/{page}").status_code == 404
        assert browser(people.ben).get(f"/w/vision/endpoints/nothing/{page}").status_code == 404


def test_traffic_is_saved_and_rolled_back_in_one_press(two: Endpoint, people: People) -> None:
    ben = browser(people.ben)
    values = {"traffic-blue": "90", "traffic-green": "10", "mirror": ""}
    said = ben.post("/w/vision/endpoints/scoring/traffic/", values, follow=True).content.decode()
    two.refresh_from_db()
    assert two.traffic == {"blue": 90, "green": 10}
    assert "Roll back to blue 100 %" in said
    ben.post("/w/vision/endpoints/scoring/rollback/")
    two.refresh_from_db()
    assert two.traffic == {"blue": 100}


def test_shares_that_do_not_sum_to_100_change_nothing_and_say_why(two: Endpoint, people: People) -> None:
    values = {"traffic-blue": "50", "traffic-green": "10"}
    said = browser(people.ben).post("/w/vision/endpoints/scoring/traffic/", values, follow=True).content.decode()
    assert "The shares sum to 60, not to 100." in said
    two.refresh_from_db()
    assert two.traffic == {"blue": 100}


def test_requests_are_mirrored_to_a_deployment_without_traffic(two: Endpoint, people: People) -> None:
    values = {"traffic-blue": "100", "traffic-green": "0", "mirror": "green", "mirror_percent": "25"}
    browser(people.ben).post("/w/vision/endpoints/scoring/traffic/", values)
    two.refresh_from_db()
    assert two.mirror_traffic == {"green": 25}
    assert "copy of 25 %" in text_of(people.rita, "/w/vision/endpoints/scoring/")


def test_a_reader_is_offered_nothing_that_changes_or_asks(two: Endpoint, people: People) -> None:
    for page in ("", "test/", "deployments/blue/", "logs/", "metrics/"):
        text = text_of(people.rita, f"/w/vision/endpoints/scoring/{page}")
        for word in (
            "Save traffic",
            "Roll back",
            "data-confirm",
            "data-send",
            "endpoints/scoring/deploy/",
            "Keys</a>",
            'name="traffic-',
        ):
            assert word not in text, (page, word)


def test_a_deployment_on_its_way_says_how_far_it_is(endpoint: Endpoint, people: People) -> None:
    make_deployment(endpoint, "blue", is_live=False)
    text = text_of(people.rita, "/w/vision/endpoints/scoring/")
    assert 'class="deploy-step is-active" aria-current="step"' in text
    assert text.count("deploy-step is-waiting") == 3


def test_a_deployment_that_failed_says_where_the_script_is_wrong(endpoint: Endpoint, people: People) -> None:
    made = make_deployment(endpoint, "blue", is_live=False)
    problem = "The scoring script fails to import: No module named 'torch' (score.py, line 3)."
    DeploymentRevision.objects.filter(pk=made.wanted_id).update(state="failed", problem=problem)
    Deployment.objects.filter(pk=made.pk).update(state="Failed", problem=problem)
    for page in ("", "deployments/blue/"):
        text = text_of(people.rita, f"/w/vision/endpoints/scoring/{page}")
        assert "score.py, line 3" in text
        assert "deploy-step is-failed" in text


def test_an_update_that_failed_leaves_what_answers(two: Endpoint, people: People) -> None:
    services.deploy(actor=people.ben, endpoint=two, name="blue", new=new_deployment(two.workspace))
    blue = queries.deployment_at(two, "blue")
    DeploymentRevision.objects.filter(pk=blue.wanted_id).update(state="failed", problem="It did not get ready.")
    Deployment.objects.filter(pk=blue.pk).update(state="Failed")
    assert "Update failed" in text_of(people.rita, "/w/vision/endpoints/")


def test_keys_are_shown_only_when_somebody_asks(endpoint: Endpoint, people: People) -> None:
    keys = services.keys(actor=people.ben, endpoint=endpoint)
    ben = browser(people.ben)
    assert keys.primary not in ben.get("/w/vision/endpoints/scoring/keys/").content.decode()
    shown = ben.post("/w/vision/endpoints/scoring/keys/show/")
    assert keys.primary in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    fresh = ben.post("/w/vision/endpoints/scoring/keys/regenerate/", {"which": "primary"}).content.decode()
    assert keys.primary not in fresh
    assert keys.secondary in fresh
    assert browser(people.rita).post("/w/vision/endpoints/scoring/keys/show/").status_code == 403


def test_an_endpoint_by_token_makes_one_that_expires(people: People) -> None:
    make_endpoint(people.workspace, "tokens", auth_mode="aml_token")
    ben = browser(people.ben)
    assert "Show keys" not in ben.get("/w/vision/endpoints/tokens/keys/").content.decode()
    assert "aet_" in ben.post("/w/vision/endpoints/tokens/token/", {"seconds": "900"}).content.decode()
    assert ben.post("/w/vision/endpoints/tokens/token/", {"seconds": "1"}).status_code == 422


def test_words_and_tags_are_edited_and_a_wrong_tag_says_so(endpoint: Endpoint, people: People) -> None:
    ben = browser(people.ben)
    values = {"description": "New words", "auth_mode": "key", "tags": "team: risk\ntier: 1"}
    ben.post("/w/vision/endpoints/scoring/edit/", values)
    endpoint.refresh_from_db()
    assert (endpoint.description, endpoint.tags) == ("New words", {"team": "risk", "tier": "1"})
    refused = ben.post("/w/vision/endpoints/scoring/edit/", {**values, "tags": "team"})
    assert (refused.status_code, "is no tag" in refused.content.decode()) == (422, True)


def test_a_deployment_is_scaled_restarted_and_rolled_back(two: Endpoint, people: People) -> None:
    ben, base = browser(people.ben), "/w/vision/endpoints/scoring/deployments/blue/"
    ben.post(f"{base}scale/", {"kind": "default", "instance_count": "3"})
    assert queries.deployment_at(two, "blue").instance_count == 3
    rule = {"kind": "target_concurrency", "target": "4", "min_instances": "0", "max_instances": "5"}
    ben.post(f"{base}scale/", rule)
    assert queries.deployment_at(two, "blue").scale["max"] == 5
    assert ben.post(f"{base}scale/", {"kind": "target_concurrency"}).status_code == 422
    services.deploy(actor=people.ben, endpoint=two, name="blue", new=new_deployment(two.workspace))
    second = queries.deployment_at(two, "blue")
    assert second.wanted is not None
    go_live(second, second.wanted)
    assert "Go back to revision 1?" in ben.get(base).content.decode()
    ben.post(f"{base}rollback/", {"revision": "1"})
    assert queries.deployment_at(two, "blue").last_number == 3
    assert ben.post(f"{base}rollback/", {"revision": "77"}).status_code == 404
    said = ben.post(f"{base}restart/", follow=True).content.decode()
    assert "is being restarted" in said


def test_a_deployment_with_traffic_is_not_deleted_beside_another(two: Endpoint, people: People) -> None:
    ben = browser(people.ben)
    said = ben.post("/w/vision/endpoints/scoring/deployments/blue/delete/", follow=True).content.decode()
    assert "gets 100 % of the traffic" in said
    ben.post("/w/vision/endpoints/scoring/deployments/green/delete/")
    assert queries.deployment_at(two, "green").state == "Deleting"
    ben.post("/w/vision/endpoints/scoring/delete/")
    two.refresh_from_db()
    assert two.is_deleting


def test_the_console_knows_the_models_fields_and_an_example(endpoint: Endpoint, people: People) -> None:
    version = make_model_version(people.workspace, files=MLFLOW_MODEL)
    example = {"dataframe_split": {"columns": ["length", "colour"], "data": [[5.1, "red"]]}}
    version.signature, version.input_example = SIGNATURE, example
    version.save(update_fields=["signature", "input_example"])
    made = make_deployment(endpoint, "blue", model="iris:1")
    page = console.console_page(endpoint, [queries.deployment_at(endpoint, made.name)], "blue")
    kind = page.config["kinds"]["blue"]
    assert [(one["name"], one["required"], one["value"]) for one in kind["fields"]] == [
        ("length", True, 5.1),
        ("colour", False, "red"),
    ]
    assert kind["example"] == example
    assert all("Bearer KEY" in one.text or one.tool == "SDK" for one in page.snippets)
    text = text_of(people.ben, "/w/vision/endpoints/scoring/test/")
    assert json.dumps(example)[1:20] in text or "dataframe_split" in text


def test_the_console_says_so_when_the_gateway_is_away(two: Endpoint, people: People, settings: Any) -> None:
    settings.GATEWAY_ADDRESS = "http://127.0.0.1:9"
    answer = browser(people.ben).post(
        "/w/vision/endpoints/scoring/test/send/", b'{"data": []}', content_type="application/json",
        headers={"Accept": "application/json"},
    )  # fmt: skip
    assert answer.status_code == 503
    assert "gateway" in answer.content.decode().lower()


def test_curves_are_counts_a_minute_and_nothing_where_nothing_was_asked(two: Endpoint) -> None:
    blue = queries.deployment_at(two, "blue")
    minute = timezone.now().replace(second=0, microsecond=0) - timezone.timedelta(minutes=10)
    durations = {str(histogram.bucket(50.0)): 9, str(histogram.bucket(500.0)): 1}
    TrafficMinute.objects.create(deployment=blue, minute=minute, gateway="a", requests=7, durations=durations)
    TrafficMinute.objects.create(deployment=blue, minute=minute, gateway="b", requests=3)
    found = metrics.series(list(queries.deployments_of(two)), "1h")
    at = found["times"].index(int(minute.timestamp()))
    curves = found["deployments"]["blue"]
    assert (curves["requests"][at], curves["requests"][at + 1]) == (10.0, 0.0)
    assert curves["p50"][at] == pytest.approx(50, rel=0.05)
    assert curves["p99"][at] == pytest.approx(500, rel=0.05)
    assert curves["p50"][at + 1] is None
    assert found["all"]["requests"][at] == 10.0
    hours = metrics.series(list(queries.deployments_of(two)), "6h")
    assert max(hours["deployments"]["blue"]["requests"]) == 2.0  # ten in five minutes


def test_the_wizard_offers_models_places_and_the_next_free_name(two: Endpoint, people: People) -> None:
    make_model_version(people.workspace)
    text = text_of(people.ben, "/w/vision/endpoints/scoring/deploy/", model="iris:1")
    assert '"suggested": "red"' in text
    assert '"ref": "iris:1"' in text
    found = browser(people.ben).get("/w/vision/endpoints/new/choices/", {"q": "iris"}).json()
    assert [one["ref"] for one in found["models"]] == ["iris:1"]
    assert browser(people.ben).get("/w/vision/endpoints/new/choices/", {"q": "zebra"}).json()["models"] == []
    assert browser(people.rita).get("/w/vision/endpoints/new/").status_code == 403


def test_a_model_version_is_deployed_from_its_page(people: People) -> None:
    version = make_model_version(people.workspace)
    address = "/w/vision/endpoints/new/?model=iris:1"
    assert address in text_of(people.ben, version.get_absolute_url())
    assert address not in text_of(people.rita, version.get_absolute_url())


def test_lineage_leads_from_the_model_to_the_endpoint(endpoint: Endpoint, people: People) -> None:
    make_model_version(people.workspace, files=MLFLOW_MODEL)
    make_deployment(endpoint, "blue", model="iris:1")
    text = text_of(people.rita, "/w/vision/endpoints/scoring/lineage/")
    assert "iris:1" in text
    assert "/w/vision/models/iris/versions/1/" in text


def test_colours_keep_their_names_and_never_collide() -> None:
    assert frame.slots(["green", "blue", "first"]) == {"green": 6, "blue": 1, "first": 2}
    assert len(set(frame.slots([f"d{number}" for number in range(12)]).values())) == 12


def test_shares_are_told_in_words() -> None:
    assert shares.words({"blue": 90, "green": 10}) == "blue 90 %, green 10 %"
    assert shares.words({}) == "no traffic"
