"""The studio's own calls go through the gateway."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.endpoints import invoking, routing
from registry.endpoints.models import Endpoint, Instance
from studio.access.models import Workspace
from studio.errors import Invalid, Unavailable
from tests.factories.endpoints import make_deployment, make_endpoint
from tests.registry.endpoints.gateway.processes import Process

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    found = Process(tmp_path_factory.mktemp("gateway"))
    yield found
    found.end()


def scoring(workspace: Workspace, gateway: Process, settings, **facts: str) -> Endpoint:
    """An endpoint whose instance is the gateway itself, which is as good a server as any."""
    endpoint = make_endpoint(workspace, **facts)
    make_deployment(endpoint, "blue")
    Endpoint.objects.update(traffic={"blue": 100})
    Instance.objects.update(address=f"127.0.0.1:{gateway.port}")
    gateway.kill()
    gateway.table_file.parent.mkdir(exist_ok=True)
    gateway.table_file.write_text(json.dumps(routing.table()))
    gateway.start()
    settings.GATEWAY_ADDRESS = gateway.url
    return endpoint


@pytest.mark.parametrize("auth_mode", ["key", "aml_token"])
def test_the_studios_key_opens_either_kind_of_endpoint(
    workspace: Workspace, gateway: Process, settings, auth_mode: str
) -> None:
    endpoint = scoring(workspace, gateway, settings, auth_mode=auth_mode)
    found = invoking.invoke(endpoint, b"{}", {"content-type": "application/json", "x-request-id": "mine"})
    # The instance knows no /score, but it was asked.
    assert (found.status, found.headers["azureml-model-deployment"]) == (404, "blue")
    assert found.headers["x-request-id"] == "mine"
    assert json.loads(found.body)["code"] == "not_found"
    assert found.ms > 0


def test_a_deployment_can_be_named(workspace: Workspace, gateway: Process, settings) -> None:
    endpoint = scoring(workspace, gateway, settings)
    found = invoking.invoke(endpoint, b"", {}, deployment="green")
    assert json.loads(found.body)["code"] == "unknown_deployment"


def test_a_header_that_is_none_is_refused(workspace: Workspace) -> None:
    with pytest.raises(Invalid):
        invoking.invoke(make_endpoint(workspace), b"", {"content-type": "a\r\nb: c"})


def test_a_gateway_that_is_away_is_said_so(workspace: Workspace, settings, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        invoking.invoke(make_endpoint(workspace), b"", {})
