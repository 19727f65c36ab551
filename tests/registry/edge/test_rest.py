"""Devices over REST: for people, and for the agents on them."""

import json
from typing import Any

import pytest

from registry.edge import guessing
from studio.access.models import Workspace
from tests.factories.devices import enrol, make_device, make_module, make_ready_image
from tests.people import ApiClient, People

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben_api(api: Any, people: People) -> ApiClient:
    guessing.forget()
    return api(people.ben, base="/api/v1/workspaces/vision/")  # type: ignore[no-any-return]


def agent(token: str) -> ApiClient:
    return ApiClient(None, token, base="/api/v1/edge/")


def test_a_device_from_its_making_to_its_end(ben_api: ApiClient, workspace: Workspace) -> None:
    first, second = make_ready_image(workspace), make_ready_image(workspace)
    made = ben_api.post("devices", {"name": "press-3", "tags": {"hall": "2"}})
    assert made.status_code == 201 and made["Cache-Control"] == "no-store"
    assert (made.json()["state"], made.json()["tags"]) == ("new", {"hall": "2"})
    code = made.json()["code"]["code"]
    assert f"--code {code}" in made.json()["code"]["enroll"]
    given = agent("").post("enroll", {"code": code, "facts": {"architecture": "amd64"}})
    assert given.status_code == 201 and given.json()["workspace"] == "vision"
    device = agent(given.json()["token"])

    module = {
        "name": "defects",
        "image": "defects:1",
        "port": 8080,
        "memory": "512M",
        "environment_variables": {"A": "1"},
    }
    assert ben_api.post("devices/press-3/modules", module).status_code == 201
    assert ben_api.post("devices/press-3/modules", module).json()["code"] == "module_exists"
    wanted = device.get("desired")
    assert wanted["ETag"] == '"2"' and device.get("desired", headers={"If-None-Match": '"2"'}).status_code == 304
    only = wanted.json()["modules"][0]
    assert (only["image"]["version"], only["memory"], only["port"]) == (first.pk, 512 * 1024**2, 8080)
    assert only["image"]["ready_path"] == "/healthz/ready"

    said = {"revision": 2, "modules": {"defects": {"state": "running", "version": first.pk}}, "telemetry": {"cpu": 3}}
    assert device.post("report", said).json()["revision"] == 2
    assert ben_api.get("devices/press-3").json()["telemetry"]["cpu"] == 3
    path = "devices/press-3/modules/defects"
    assert ben_api.get(path).json()["reported"]["state"] == "running"
    assert ben_api.post(f"{path}/rollback").json()["code"] == "nothing_to_roll_back"
    assert ben_api.patch(path, {"image": "defects:2", "port": 0}).json()["previous"] == "defects:1"
    assert ben_api.post(f"{path}/rollback").json()["image"] == "defects:1"
    assert ben_api.patch(path, {"state": "stopped"}).json()["is_stopped"] is True
    assert ben_api.patch(path, {"state": "running", "restart_now": True}).json()["generation"] == 2
    assert ben_api.delete(f"images/defects/versions/{second.number}").json()["code"] == "image_in_use"
    assert [each["kind"] for each in ben_api.get("devices/press-3/events?limit=2").json()["results"]] == [
        "ModuleRestarted",
        "ModuleStarted",
    ]
    assert ben_api.patch("devices/press-3", {"description": "By the window."}).json()["description"] == "By the window."
    assert ben_api.delete("devices/press-3/code").status_code == 204
    assert device.get("desired").status_code == 401
    assert ben_api.post("devices/press-3/code", {"hours": 2}).status_code == 201
    assert ben_api.delete(path).status_code == 204
    assert ben_api.delete("devices/press-3").status_code == 204
    assert ben_api.get("devices?q=press").json()["results"] == []


def test_a_devices_token_opens_nothing_else_and_no_persons_token_opens_its_doors(
    ben_api: ApiClient, api: Any, people: People, workspace: Workspace
) -> None:
    token = enrol(make_device(workspace))
    for path in ("/api/v1/me", "/api/v1/workspaces/vision/devices", "/mlflow/vision/api/2.0/mlflow/experiments/search"):
        assert ApiClient(None, token).get(path).status_code == 401
    refused = api(people.ada).get("/api/v1/edge/desired")
    assert (refused.status_code, refused.json()["code"]) == (403, "device_only")
    assert agent("atd_nonsense").get("desired").status_code == 401
    assert agent("").get("desired").status_code == 401


def test_a_device_gets_the_images_of_its_own_modules_alone(workspace: Workspace, people: People) -> None:
    mine, other = make_device(workspace, "mine"), make_device(people.elsewhere, "other")
    module = make_module(other)
    answer = agent(enrol(mine)).get(f"images/{module.image_version_id}")
    assert answer.status_code == 404


def test_the_manifest_of_iot_edge_names_what_the_device_runs(ben_api: ApiClient, workspace: Workspace) -> None:
    device = make_device(workspace)
    variables = {f"NAME_{number}": "x" for number in range(3)}
    make_module(device, port=8080, cpus=1.5, memory="256M", restart="on-failure", environment_variables=variables)
    found = ben_api.get("devices/press-3/manifest").json()["modulesContent"]
    wanted = found["$edgeAgent"]["properties.desired"]
    assert wanted["schemaVersion"] == found["$edgeHub"]["properties.desired"]["schemaVersion"] == "1.1"
    module = wanted["modules"]["defects"]
    assert (module["status"], module["restartPolicy"], module["type"]) == ("running", "on-failure", "docker")
    assert module["env"]["NAME_1"] == {"value": "x"}
    pieces = [module["settings"][name] for name in sorted(module["settings"]) if name.startswith("createOptions")]
    assert all(len(piece) <= 512 for piece in pieces)
    options = json.loads("".join(pieces))
    assert options["HostConfig"]["PortBindings"] == {"5001/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}]}
    assert options["HostConfig"]["NanoCpus"] == 1_500_000_000 and options["User"] == "10001:10001"
    elsewhere = ben_api.get("devices/press-3/manifest?registry=factory.azurecr.io").json()
    desired = elsewhere["modulesContent"]["$edgeAgent"]["properties.desired"]
    assert desired["modules"]["defects"]["settings"]["image"].startswith("factory.azurecr.io/defects:")
    assert desired["runtime"]["settings"]["registryCredentials"]["studio"]["address"] == "factory.azurecr.io"
    assert ben_api.get("devices/press-3/manifest?registry=a b").json()["code"] == "bad_device_value"
