"""Endpoints and deployments over REST, with the files of Azure's command line."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.endpoints.models import Deployment, Endpoint
from studio.access.models import Workspace
from studio.accounts.models import User
from tests.factories.endpoints import go_live, make_code, make_deployment, make_endpoint
from tests.people import ApiClient

pytestmark = pytest.mark.django_db
BASE = "/api/v1/workspaces/vision/"

ENDPOINT_FILE = """
$schema: https://azuremlschemas.azureedge.net/latest/managedOnlineEndpoint.schema.json
name: my-endpoint
auth_mode: key
"""
DEPLOYMENT_FILE = """
$schema: https://azuremlschemas.azureedge.net/latest/managedOnlineDeployment.schema.json
name: blue
endpoint_name: my-endpoint
model:
  path: ../../model-1/model/
code_configuration:
  code: ../../model-1/onlinescoring/
  scoring_script: score.py
environment:
  conda_file: ../../model-1/environment/conda.yaml
  image: mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu20.04:latest
instance_type: Standard_DS3_v2
instance_count: 1
app_insights_enabled: true
"""


@pytest.fixture
def caller(api: Callable[..., ApiClient], ben: User) -> ApiClient:
    return api(ben, base=BASE)


def test_azures_endpoint_file_makes_an_endpoint(caller: ApiClient) -> None:
    found = caller.post("endpoints/check", {"file_name": "endpoint.yml", "text": ENDPOINT_FILE}).json()
    assert (found["kind"], found["needs"]) == ("endpoint", [])
    made = caller.post("endpoints", found["document"])
    assert made.status_code == 201
    said = made.json()
    assert (said["name"], said["state"], said["traffic"]) == ("my-endpoint", "Succeeded", {})
    assert said["scoring_uri"].endswith("/e/vision/my-endpoint/score")
    assert caller.get("endpoints").json()["results"] == [said]
    assert caller.post("endpoints", found["document"]).status_code == 409


def test_azures_deployment_file_says_what_it_needs(caller: ApiClient) -> None:
    found = caller.post("endpoints/check", {"file_name": "blue.yml", "text": DEPLOYMENT_FILE}).json()
    assert found["kind"] == "deployment"
    assert [(need["role"], need["path"]) for need in found["needs"]] == [
        ("code", "../../model-1/onlinescoring/"),
        ("model", "../../model-1/model/"),
        ("text", "../../model-1/environment/conda.yaml"),
    ]
    assert found["notes"] == ["app_insights_enabled says nothing here and was left out."]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("name: [", "line 2"),
        ("- a", "no fields"),
        ("name: a_b", "can't be used"),
        ("name: blue\nendpoint_name: x\nspeed: 3", "'speed' is no field"),
        ("name: blue\nmodel: a:1\ninstance_count: many", "instance_count"),
        ("name: blue\nmodel: a:1\nrequest_settings: {request_timeout_ms: -1}", "request_timeout_ms"),
        ("a: &a 1\nb: *a", "not taken here"),
    ],
)
def test_a_file_that_can_not_be_taken_is_answered_with_its_name_and_place(
    caller: ApiClient, text: str, why: str
) -> None:
    answer = caller.post("endpoints/check", {"file_name": "some.yml", "text": text})
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith("some.yml")
    assert why in answer.json()["detail"]


def test_a_deployment_is_made_changed_and_read(caller: ApiClient, workspace: Workspace) -> None:
    make_endpoint(workspace, "scoring")
    code = {"code": make_code(workspace).sha256, "scoring_script": "score.py"}
    body = {"name": "blue", "endpoint_name": "scoring", "code_configuration": code, "deployer": "local"}
    made = caller.post("endpoints/scoring/deployments", body)
    assert made.status_code == 201
    said = made.json()
    assert (said["state"], said["wanted"]["number"], said["current"]) == ("Creating", 1, None)
    assert caller.post("endpoints/scoring/deployments", body).json()["code"] == "deployment_exists"
    assert (
        caller.post("endpoints/scoring/deployments", {**body, "endpoint_name": "x"}).json()["code"] == "other_endpoint"
    )
    deployment = Deployment.objects.get()
    go_live(deployment, deployment.wanted)  # type: ignore[arg-type]
    blue = "endpoints/scoring/deployments/blue"
    again = caller.put(blue, {"code_configuration": code, "environment_variables": {"A": 1}}).json()
    assert (again["state"], again["ready_instances"], again["wanted"]["number"]) == ("Updating", 1, 2)
    assert again["wanted"]["environment_variables"] == {"A": "1"}
    scaled = caller.patch(blue, {"instance_count": 2, "description": "The first."}).json()
    assert (scaled["instance_count"], scaled["description"]) == (2, "The first.")
    assert [row["number"] for row in caller.get(f"{blue}/revisions").json()["results"]] == [2, 1]
    kinds = [row["kind"] for row in caller.get(f"{blue}/events").json()["results"]]
    assert kinds == ["Scaled", "Updated", "Created"]
    assert caller.get(f"{blue}/instances").json()["results"][0]["state"] == "ready"
    assert caller.get(f"{blue}/logs?lines=5").json()["logs"][0]["text"] == ""
    assert caller.get(f"{blue}/logs?instance=999").status_code == 404
    assert caller.get(f"{blue}/metrics").json()["series"][0]["deployment"] == "blue"
    assert caller.delete(blue).status_code == 202
    assert caller.get(blue).json()["state"] == "Deleting"


def test_traffic_is_set_and_rolled_back(caller: ApiClient, workspace: Workspace) -> None:
    endpoint = make_endpoint(workspace)
    make_deployment(endpoint, "blue")
    make_deployment(endpoint, "green")
    assert caller.put("endpoints/scoring/traffic", {"traffic": {"blue": 100}}).json()["traffic"] == {"blue": 100}
    caller.put("endpoints/scoring/traffic", {"traffic": {"green": 100}})
    assert caller.post("endpoints/scoring/rollback").json()["traffic"] == {"blue": 100}
    refused = caller.put("endpoints/scoring/traffic", {"traffic": {"blue": 10, "green": 10}})
    assert (refused.status_code, refused.json()["detail"]) == (400, "The shares sum to 20, not to 100.")


def test_a_reader_sees_no_keys_and_a_strangers_endpoint_is_not_there(
    api: Callable[..., ApiClient], caller: ApiClient, rita: User, people: Any, workspace: Workspace
) -> None:
    make_endpoint(workspace)
    keys = caller.get("endpoints/scoring/keys")
    assert keys["Cache-Control"] == "no-store"
    assert set(keys.json()) == {"primaryKey", "secondaryKey"}
    changed = caller.post("endpoints/scoring/keys", {"which": "secondary"}).json()
    assert changed["primaryKey"] == keys.json()["primaryKey"]
    assert api(rita, base=BASE).get("endpoints/scoring/keys").status_code == 403
    make_endpoint(people.elsewhere, "hidden")
    assert caller.get("endpoints/hidden").status_code == 404
    assert caller.post("endpoints/scoring/token", {"seconds": 60}).json()["tokenType"] == "Bearer"


def test_an_endpoint_is_edited_and_deleted(caller: ApiClient, workspace: Workspace) -> None:
    make_endpoint(workspace)
    edited = caller.patch("endpoints/scoring", {"tags": {"team": "risk"}, "auth_mode": "aml_token"}).json()
    assert (edited["tags"], edited["auth_mode"]) == ({"team": "risk"}, "aml_token")
    assert caller.delete("endpoints/scoring").status_code == 202
    assert caller.get("endpoints/scoring").status_code == 404
    assert not Endpoint.objects.exists()


def test_the_gateway_being_away_is_said(caller: ApiClient, workspace: Workspace, settings: Any) -> None:
    make_endpoint(workspace)
    settings.GATEWAY_ADDRESS = "http://127.0.0.1:1"
    answer = caller.post("endpoints/scoring/invoke", {"data": []})
    assert (answer.status_code, answer.json()["code"]) == (503, "gateway_away")
