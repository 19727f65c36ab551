"""The gateway's table, made of the rows."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.endpoints import keys, routing
from registry.endpoints.gateway import said
from registry.endpoints.models import Deployment, Endpoint, Instance
from studio.access.models import Workspace
from studio.health import pulse
from tests.factories.endpoints import make_deployment, make_endpoint
from tests.registry.endpoints.gateway.processes import Redis

pytestmark = pytest.mark.django_db


@pytest.fixture
def endpoint(workspace: Workspace) -> Endpoint:
    found = make_endpoint(workspace)
    make_deployment(found, "blue", instance_count=2)
    make_deployment(found, "green", is_live=False)
    Endpoint.objects.filter(pk=found.pk).update(traffic={"blue": 100}, mirror_traffic={"green": 10})
    found.refresh_from_db()
    return found


def the_one(endpoint: Endpoint) -> dict:
    found = routing.table()["endpoints"]
    assert list(found) == [f"{endpoint.workspace.slug}/{endpoint.name}"]
    return next(iter(found.values()))


def test_it_holds_hashes_of_keys_and_no_key(endpoint: Endpoint) -> None:
    found = the_one(endpoint)
    assert set(found["keys"]) >= {endpoint.primary_hash, endpoint.secondary_hash}
    text = json.dumps(routing.table())
    assert keys.both(endpoint).primary not in text
    assert routing.studio_key(endpoint) not in text
    assert keys.hash_of(routing.studio_key(endpoint)) in text


def test_it_names_the_instances_that_are_ready_of_the_current_revision(endpoint: Endpoint) -> None:
    found = the_one(endpoint)["deployments"]
    assert [each["address"] for each in found["blue"]["instances"]] == ["127.0.0.1:9000", "127.0.0.1:9001"]
    assert (found["green"]["instances"], found["blue"]["wanted"]) == ([], 2)
    Instance.objects.filter(slot=0).update(state=Instance.State.DRAINING)
    assert [each["address"] for each in the_one(endpoint)["deployments"]["blue"]["instances"]] == ["127.0.0.1:9001"]


def test_it_names_the_socket_of_a_process_of_this_machine(endpoint: Endpoint) -> None:
    Instance.objects.filter(slot=0).update(ref={"socket": "/run/s"})
    found = the_one(endpoint)["deployments"]["blue"]["instances"]
    assert [each.get("socket") for each in found] == ["/run/s", None]


def test_it_says_shares_limits_and_what_is_mirrored(endpoint: Endpoint) -> None:
    found = the_one(endpoint)
    assert (found["traffic"], found["mirror"]) == ({"blue": 100}, {"green": 10})
    blue = found["deployments"]["blue"]
    assert blue["request_settings"]["request_timeout_ms"] > 0
    assert blue["max_concurrent"] >= 1


def test_an_endpoint_by_token_takes_no_keys_but_the_studios(workspace: Workspace) -> None:
    found = the_one(make_endpoint(workspace, auth_mode="aml_token"))
    assert len(found["keys"]) == 1
    assert len(found["token_secret"]) == 64


def test_what_is_being_deleted_is_not_in_it(endpoint: Endpoint) -> None:
    Deployment.objects.filter(name="green").update(state=Deployment.State.DELETING)
    assert set(the_one(endpoint)["deployments"]) == {"blue"}
    Endpoint.objects.update(is_deleting=True)
    assert routing.table()["endpoints"] == {}


def test_the_gateway_can_read_it(endpoint: Endpoint) -> None:
    stamp, found = said.read(json.dumps(routing.table()).encode())
    assert (stamp, found[0].deployments["blue"].id) == (
        routing.table()["stamp"],
        Deployment.objects.get(name="blue").pk,
    )


def test_equal_tables_have_equal_stamps_and_a_change_another(endpoint: Endpoint) -> None:
    before = routing.table()["stamp"]
    assert routing.table()["stamp"] == before
    Endpoint.objects.update(traffic={})
    assert routing.table()["stamp"] != before


def test_it_costs_the_same_few_queries_however_many_there_are(
    endpoint: Endpoint, workspace: Workspace, django_assert_num_queries
) -> None:
    for number in range(3):
        make_deployment(make_endpoint(workspace, f"more-{number}"), "blue")
    with django_assert_num_queries(3):
        routing.table()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    found = Redis(tmp_path_factory.mktemp("r"))
    yield found
    found.kill()


@pytest.fixture
def in_redis(server: Redis, settings) -> Iterator[None]:
    settings.REDIS_CACHE_URL = server.url
    pulse.client.cache_clear()
    yield
    pulse.client.cache_clear()


def test_it_is_written_and_told_and_again_only_when_it_differs(endpoint: Endpoint, in_redis: None) -> None:
    listener = pulse.client().pubsub(ignore_subscribe_messages=True)
    listener.subscribe(routing.TABLE)
    listener.get_message(timeout=1)
    assert routing.publish()
    assert json.loads(pulse.client().get(routing.TABLE)) == routing.table()
    assert listener.get_message(timeout=1)
    assert routing.publish(only_if_missing=True)
    assert listener.get_message(timeout=0.05) is None
    pulse.client().set(routing.TABLE, b"{}")
    routing.publish(only_if_missing=True)
    assert listener.get_message(timeout=1)
    listener.close()


def test_a_redis_that_is_away_is_no_error(endpoint: Endpoint, settings, tmp_path: Path) -> None:
    settings.REDIS_CACHE_URL = f"unix://{tmp_path}/none.sock"
    pulse.client.cache_clear()
    assert not routing.publish()
    pulse.client.cache_clear()
