"""Making, changing and forgetting compute targets."""

from typing import Any

import pytest

from compute.targets import services
from compute.targets.models import ComputeTarget
from studio.errors import Conflict, Denied, Invalid
from studio.secrets.models import Secret
from tests.factories.compute import make_job, make_target
from tests.people import People

REMOTE = {
    "address": "ssh://docker@gpu.internal",
    "network": "bridge",
    "runner_url": "https://studio.internal",
    "key": "-----BEGIN KEY----- canary-key",
    "host_key": "ssh-ed25519 AAAA",
}


def make(people: People, name: str = "containers", **settings: Any) -> ComputeTarget:
    return services.create_target(
        actor=people.ada, workspace=people.workspace, name=name, kind="docker", settings=settings
    )


def test_a_target_has_the_settings_it_was_given_and_defaults_for_the_rest(people: People) -> None:
    target = make(people, memory="2g", cpus=1.5)
    assert (target.workspace, target.kind, target.slots) == (people.workspace, "docker", 1)
    assert target.settings == {"network": "none", "cpus": 1.5, "memory": "2g", "gpus": "0"}


@pytest.mark.parametrize("name", ["new", "local", "builder", "Big", "a b", "-a", "a-", "../x", "", "x" * 61, "ä"])
def test_a_name_that_cannot_be_one_is_refused(people: People, name: str) -> None:
    with pytest.raises(Invalid):
        make(people, name)


def test_a_name_is_given_once_in_a_workspace_and_not_over_a_shared_one(people: People) -> None:
    make(people)
    make_target(name="shared")
    for name in ("containers", "shared"):
        with pytest.raises(Conflict) as caught:
            make(people, name)
        assert caught.value.code == "target_exists"


@pytest.mark.parametrize("kind", ["local", "builder", "nowhere", ""])
def test_kinds_that_nobody_makes_are_refused(people: People, kind: str) -> None:
    with pytest.raises(Invalid) as caught:
        services.create_target(actor=people.ada, workspace=people.workspace, name="x", kind=kind)
    assert "docker" in caught.value.hint


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"memory": "1"}, "memory"),
        ({"memory": "lots"}, "memory"),
        ({"network": "host"}, "network"),
        ({"cpus": 0}, "cpus"),
        ({"cpus": "nan"}, "cpus"),
        ({"pids": -1}, "pids"),
        ({"gpus": "-1"}, "gpus"),
        ({"privileged": True}, "privileged"),
        ({"network": ["bridge"]}, "network"),
        ({"address": "unix:///var/run/docker.sock"}, "address"),
        ({"address": "http://x"}, "address"),
        ({"address": "ssh://user:password@host"}, "address"),
        ({"address": "ssh://host"}, "address"),
        ({"address": "tcp://host:port"}, "address"),
        ({**REMOTE, "network": "none"}, "network"),
        ({**REMOTE, "runner_url": ""}, "runner_url"),
        ({**REMOTE, "runner_url": "http://localhost:8000"}, "runner_url"),
        ({**REMOTE, "host_key": ""}, "key"),
        ({**REMOTE, "address": "tcp://gpu.internal:2376"}, "certificate"),
    ],
)
def test_settings_that_are_not_right_are_refused_by_field(
    people: People, given: dict[str, Any], field: str, called_local: Any
) -> None:
    with pytest.raises(Invalid) as caught:
        make(people, **given)
    assert f"settings.{field}" in caught.value.fields


@pytest.fixture
def called_local(settings: Any) -> Any:
    settings.RUNNER_URL = settings.BASE_URL = "http://127.0.0.1:8000"
    settings.ENGINE_HOSTS = frozenset({"gpu.internal"})
    return settings


def test_an_owner_may_name_only_hosts_that_the_operator_lists(people: People, settings: Any) -> None:
    with pytest.raises(Denied, match=r"gpu\.internal"):
        make(people, **REMOTE)
    settings.ENGINE_HOSTS = frozenset({"gpu.internal"})
    make(people, **REMOTE)
    people.ada.is_superuser = True
    make(people, "other", **{**REMOTE, "address": "ssh://docker@other.internal"})


def test_a_key_goes_into_the_vault_and_nowhere_else(people: People, called_local: Any) -> None:
    target = make(people, **REMOTE)
    assert "canary" not in str(target.settings)
    secret = Secret.objects.get(pk=target.settings["secret"])
    assert (secret.held_by, secret.workspace) == (f"target:{target.pk}", people.workspace)
    services.delete_target(actor=people.ada, workspace=people.workspace, target=target)
    assert not Secret.objects.filter(pk=secret.pk).exists()


def test_a_stored_key_opens_only_the_place_it_was_given_for(people: People, called_local: Any) -> None:
    called_local.ENGINE_HOSTS = frozenset({"gpu.internal", "evil.internal"})
    target = make(people, **REMOTE)
    secret = target.settings["secret"]
    change = {"actor": people.ada, "workspace": people.workspace, "target": target}
    services.change_settings(**change, settings={"memory": "8g"})
    assert (target.settings["secret"], target.settings["memory"]) == (secret, "8g")
    with pytest.raises(Invalid) as caught:
        services.change_settings(**change, settings={"address": "ssh://docker@evil.internal"})
    assert "settings.key" in caught.value.fields
    services.change_settings(**change, settings={"address": ""})
    assert "secret" not in target.settings
    assert not Secret.objects.filter(pk=secret).exists()


def test_a_target_that_jobs_have_used_stays(people: People) -> None:
    target = make(people)
    make_job(people.workspace, target=target)
    with pytest.raises(Conflict) as caught:
        services.delete_target(actor=people.ada, workspace=people.workspace, target=target)
    assert caught.value.code == "target_in_use"
    assert ComputeTarget.objects.filter(pk=target.pk).exists()


def test_a_shared_target_is_not_deleted(people: People) -> None:
    with pytest.raises(Conflict) as caught:
        services.delete_target(actor=people.ada, workspace=people.workspace, target=make_target(name="shared"))
    assert caught.value.code == "target_shared"
