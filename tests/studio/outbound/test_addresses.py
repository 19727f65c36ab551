"""RELIABILITY A.3: which hosts datastores and public data may be at."""

import socket
from typing import Any

import pytest

from studio.errors import Invalid
from studio.outbound import addresses, allowed
from studio.outbound.addresses import DATA, Refused

FORBIDDEN = [
    "127.0.0.1", "127.1", "0.0.0.0", "10.1.2.3", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1", "168.63.129.16",
    "::1", "::", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "::ffff:100.64.0.1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "::127.0.0.1",
    "2130706433", "0x7f000001", "0177.0.0.1", "localhost",
]  # fmt: skip
NEVER = ["169.254.169.254", "fd00:ec2::254", "0.0.0.0", "224.0.0.1", "64:ff9b::a9fe:a9fe", "::ffff:169.254.169.254"]


@pytest.mark.parametrize("host", FORBIDDEN)
def test_A56_an_address_that_is_not_public_is_refused(host: str) -> None:
    with pytest.raises(Invalid) as caught:
        addresses.check_host(host, 9000, purpose=DATA, field="endpoint")
    assert caught.value.code == "address_refused"
    assert list(caught.value.fields) == ["endpoint"]


@pytest.mark.parametrize("host", ["", "/run/postgresql", "a,b", "@abstract", "a b", "a/b", "x" * 300, "user@host"])
def test_what_is_no_host_is_refused(host: str) -> None:
    with pytest.raises(Invalid):
        addresses.check_host(host, 5432, purpose=DATA)


def test_a_public_address_is_taken_and_an_unknown_name_may_appear_later() -> None:
    assert addresses.check_host("93.184.216.34", 22, purpose=DATA) == ["93.184.216.34"]
    assert addresses.check_host("no-such-name.invalid", 22, purpose=DATA) == []


@pytest.mark.parametrize("entry", ["localhost", "localhost:10000", "127.0.0.1:10000", "127.0.0.0/8"])
def test_an_operator_allows_a_host_a_port_or_a_network(settings: Any, entry: str) -> None:
    settings.DATA_HOSTS = frozenset({entry})
    host = "localhost" if "localhost" in entry else "127.0.0.1"
    assert addresses.check_host(host, 10000, purpose=DATA)
    if ":" in entry:
        with pytest.raises(Invalid):
            addresses.check_host(host, 10001, purpose=DATA)


def test_allowing_a_host_for_webhooks_allows_it_for_nothing_else(settings: Any) -> None:
    settings.WEBHOOK_HOSTS = frozenset({"127.0.0.1"})
    with pytest.raises(Invalid):
        addresses.check_host("127.0.0.1", 9000, purpose=DATA)


@pytest.mark.parametrize("host", NEVER)
def test_metadata_addresses_are_never_called_whatever_is_allowed(settings: Any, host: str) -> None:
    settings.DATA_HOSTS = frozenset({host, "0.0.0.0/0", "::/0", "169.254.0.0/16"})
    with pytest.raises(Invalid):
        addresses.check_host(host, 80, purpose=DATA)


def test_a_link_local_address_takes_a_network_of_its_own_not_a_name(settings: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(addresses, "resolve", lambda host, port: ["169.254.7.7"])
    settings.DATA_HOSTS = frozenset({"box.internal", "0.0.0.0/0"})
    with pytest.raises(Invalid):
        addresses.check_host("box.internal", 80, purpose=DATA)
    settings.DATA_HOSTS = frozenset({"169.254.7.0/24"})
    assert addresses.check_host("box.internal", 80, purpose=DATA) == ["169.254.7.7"]


def test_entries_are_read_in_every_form() -> None:
    hosts = allowed.read(frozenset({"Minio.internal:9000", "[::1]:5432", "fd00::/8", "db.internal"}))
    assert hosts.has_name("minio.INTERNAL", 9000)
    assert not hosts.has_name("minio.internal", 9001)
    assert hosts.has_name("db.internal", 1)
    assert not hosts.has_name("db.internal.evil.example", 1)
    assert (("::1", 5432) in hosts.names, len(hosts.networks)) == (True, 2)


def test_a_name_server_that_says_nothing_is_no_reason_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*question: Any, **more: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert addresses.check_host("x.example", 80, purpose=DATA) == []
    with pytest.raises(OSError, match="not known"):
        addresses.judged("x.example", 80, purpose=DATA)


def test_a_refusal_is_found_inside_a_librarys_error() -> None:
    class LibraryError(Exception):
        def __init__(self, **kwargs: Any) -> None:
            self.kwargs = kwargs

    refused = Refused("no")
    assert addresses.refusal(LibraryError(error=refused)) is refused
    try:
        try:
            raise refused
        except Refused as error:
            raise ValueError("outer") from error
    except ValueError as outer:
        assert addresses.refusal(outer) is refused
    assert addresses.refusal(ValueError("other")) is None
