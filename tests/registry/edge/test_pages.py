"""The pages of devices: what they show, to whom, and what their forms do."""

import json
from typing import Any

import pytest
from django.test import Client

from registry.edge import services
from registry.edge.models import EdgeDevice, EdgeModule
from studio.access.models import Workspace
from tests.factories.devices import enrol, make_device, make_module, make_ready_image, report
from tests.people import People

pytestmark = pytest.mark.django_db
LIST = "/w/vision/devices/"


@pytest.fixture
def ben_page(people: People) -> Client:
    client = Client()
    client.force_login(people.ben)
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_device_is_made_and_its_code_shown_once(ben_page: Client, workspace: Workspace) -> None:
    assert "No devices yet" in text(ben_page.get(LIST))
    made = ben_page.post(f"{LIST}new/", {"name": "press-3", "description": "Hall 2"})
    assert made.status_code == 200 and made["Cache-Control"] == "no-store"
    assert "atelier edge enroll --url" in text(made)
    assert ben_page.post(f"{LIST}new/", {"name": "press-3"}).status_code == 422
    shown = text(ben_page.get(f"{LIST}press-3/"))
    assert "Nobody has used this device" in shown and "edge enroll" not in shown


def test_what_a_device_shall_run_stands_beside_what_it_says(ben_page: Client, people: People) -> None:
    device = make_device(people.workspace)
    enrol(device)
    first, second = make_ready_image(people.workspace), make_ready_image(people.workspace)
    module = make_module(device, version=first, port=8080)
    services.update_module(actor=people.ben, module=module, version=second)
    said = {"state": "rolled_back", "image": "defects:1", "version": first.pk, "problem": "It did not get ready."}
    figures = {"cpu": 12.0, "memory": 4e9, "memory_total": 8e9, "modules": {"defects": {"cpu": 3, "memory": 2e8}}}
    report(device, modules={"defects": said}, telemetry=figures)
    shown = text(ben_page.get(f"{LIST}press-3/"))
    for part in (
        "defects:2",
        "runs defects:1",
        "It did not get ready.",
        "Rolled back",
        "Roll back to defects:1",
        "4.0 GB of 8.0 GB",
    ):
        assert part in shown, part
    rita = Client()
    rita.force_login(people.rita)
    seen = text(rita.get(f"{LIST}press-3/"))
    assert "runs defects:1" in seen and "Roll back to" not in seen and "Add module" not in seen
    assert text(rita.get(LIST)).count("New device") == 0


def test_the_form_adds_and_updates_and_its_menu_does_the_rest(ben_page: Client, workspace: Workspace) -> None:
    make_device(workspace)
    make_ready_image(workspace), make_ready_image(workspace)
    assert 'value="defects"' in text(ben_page.get(f"{LIST}deploy/?image=defects:1"))
    body = {"device": "press-3", "image": "defects:1", "module": "defects", "port": "8080", "address": "0.0.0.0",
            "memory": "256M", "restart": "always", "variables": "LINE: 3"}  # fmt: skip
    assert ben_page.post(f"{LIST}deploy/", body).status_code == 302
    assert 'value="256M"' in text(ben_page.get(f"{LIST}deploy/?device=press-3&module=defects"))
    assert ben_page.post(f"{LIST}deploy/", {**body, "image": "defects:2"}).status_code == 302
    module = EdgeModule.objects.get()
    assert (str(module.image_version), str(module.previous), module.options["port"]) == ("defects:2", "defects:1", 8080)
    assert ben_page.post(f"{LIST}deploy/", {**body, "image": "defects:9"}).status_code == 422
    for action, check in (("rollback", "image"), ("stop", "stopped"), ("remove", "gone")):
        assert ben_page.post(f"{LIST}press-3/modules/defects/", {"action": action}).status_code == 302
        found = EdgeModule.objects.filter().first()
        state = {
            "image": str(getattr(found, "image_version", "")) == "defects:1",
            "stopped": getattr(found, "is_stopped", 0),
            "gone": found is None,
        }
        assert state[check], action


def test_the_rest_of_the_menu(ben_page: Client, workspace: Workspace) -> None:
    device = make_device(workspace)
    make_module(device)
    enrol(device)
    found = ben_page.get(f"{LIST}press-3/manifest/?registry=factory.azurecr.io")
    assert "attachment" in found["Content-Disposition"] and "$edgeAgent" in json.loads(found.content)["modulesContent"]
    assert ben_page.post(f"{LIST}press-3/edit/", {"description": "By the door", "tags": "hall: 2"}).status_code == 302
    assert "edge enroll" in text(ben_page.post(f"{LIST}press-3/code/"))
    assert ben_page.post(f"{LIST}press-3/revoke/").status_code == 302
    assert "shut out" in text(ben_page.get(f"{LIST}press-3/"))
    assert ben_page.post(f"{LIST}press-3/delete/").status_code == 302 and not EdgeDevice.objects.exists()
