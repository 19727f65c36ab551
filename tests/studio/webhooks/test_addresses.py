"""RELIABILITY A.3: what the studio does not call, however it is written."""

import socket
from typing import Any

import pytest

from studio.errors import Invalid
from studio.outbound import addresses as policy
from studio.outbound.addresses import WEBHOOK, Refused
from studio.webhooks import addresses, outbound

FORBIDDEN = [
    "127.0.0.1", "127.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
    "[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]", "[::ffff:100.64.0.1]", "[64:ff9b::a9fe:a9fe]",
    "[2002:7f00:1::]", "[::127.0.0.1]", "2130706433", "0x7f000001", "0177.0.0.1", "localhost",
]  # fmt: skip


@pytest.mark.parametrize("host", FORBIDDEN)
def test_A56_an_address_that_is_not_public_is_refused(host: str) -> None:
    with pytest.raises(Invalid) as caught:
        addresses.check(f"https://{host}/hook")
    assert caught.value.code == "webhook_address_refused"
    with pytest.raises(Refused):
        outbound.post(f"https://{host}/hook", b"{}", {})


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "gopher://x.example/", "dict://x.example/", "ftp://x.example/", "unix:/run/x.sock",
        "//x.example/", "x.example", "https://", "https:///path", "http://x.example/", "", "   ", "http://[invalid",
        "https://user:word@x.example/", "https://x.example/#part", "https://x.example:22/", "https://x.example/a b",
        "https://x.example/\r\nHost: y", "https://x.example:99999/", "https://" + "x" * 600,
    ],
)  # fmt: skip
def test_A58_only_plain_https_addresses_are_taken(url: str) -> None:
    with pytest.raises(Invalid) as caught:
        addresses.check(url)
    assert caught.value.fields["url"]


def test_a_public_address_is_taken_and_an_unknown_name_may_appear_later() -> None:
    addresses.check("https://93.184.216.34:8443/hook")
    addresses.check("https://no-such-name.invalid/hook")


def test_a_host_the_operator_names_may_be_private_and_plain(settings: Any) -> None:
    settings.WEBHOOK_HOSTS = frozenset({"10.0.0.7:9000", "ci.internal"})
    assert addresses.parse("http://10.0.0.7:9000/x").is_allowed_host
    assert addresses.parse("http://ci.internal:1234/x").is_allowed_host
    with pytest.raises(Refused):
        addresses.parse("http://10.0.0.7:9001/x")
    assert not addresses.parse("https://ci.internal.evil.example/x").is_allowed_host


def test_a_name_with_one_private_address_among_public_ones_is_refused() -> None:
    with pytest.raises(Refused):
        policy.judge("x.example", 443, ["93.184.216.34", "10.0.0.1"], purpose=WEBHOOK)


def test_A57_a_name_that_turns_private_after_it_was_saved_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = [["93.184.216.34"], ["127.0.0.1"]]
    connected: list[Any] = []
    monkeypatch.setattr(policy, "resolve", lambda host, port: answers.pop(0))
    monkeypatch.setattr(socket, "create_connection", lambda address, **more: connected.append(address))
    addresses.check("https://rebinding.example/hook")
    with pytest.raises(Refused):
        outbound.post("https://rebinding.example/hook", b"{}", {})
    assert connected == []


def test_A57_what_is_connected_to_is_the_address_that_was_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    connected: list[Any] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34"]

    def connect(address: Any, **more: Any) -> None:
        connected.append(address)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(policy, "resolve", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    reply = outbound.post("https://x.example/hook", b"{}", {})
    assert (asked, connected) == (["x.example"], [("93.184.216.34", 443)])
    assert reply.status is None
    assert "Connection refused" in reply.error
