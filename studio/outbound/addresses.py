"""Which addresses the studio may call: public ones, and the hosts an operator allows for the purpose.

A name is judged when it is entered, so that a mistake shows at once, and again when it is called, where the judged address is the one that is
connected to (`studio.outbound.pinning`): a name that resolves elsewhere the second time leads nowhere.
"""

import ipaddress
import re
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong

from django.conf import settings

from studio.errors import Invalid
from studio.outbound import allowed
from studio.outbound.allowed import Address, Allowed

DATA, WEBHOOK = "data", "webhook"
# Where an operator names the hosts of each purpose.
SETTINGS = {DATA: "DATA_HOSTS", WEBHOOK: "WEBHOOK_HOSTS"}
SECONDS_TO_RESOLVE = 2.0
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Where clouds hand credentials to whoever asks from inside the machine: never called, whatever an operator allows.
METADATA = frozenset(
    ipaddress.ip_address(text)
    for text in (
        "169.254.169.254",
        "169.254.170.2",
        "169.254.170.23",
        "fd00:ec2::254",
        "100.100.100.200",
        "168.63.129.16",
    )
)

_HOST = re.compile(r"[\w.:-]{1,255}")
_resolver = ThreadPoolExecutor(max_workers=4, thread_name_prefix="outbound-names")


class Refused(Exception):
    """The studio does not call this address; the message says why."""


def check_host(host: str, port: int, *, purpose: str, field: str = "host") -> list[str]:
    """The addresses of a host that may be called; none when its name does not resolve now.

    Raises Invalid (`address_refused`, naming `field`) when any of them is not allowed for `purpose` (`data`, `webhook`).
    """
    try:
        return judged(host, port, purpose=purpose)
    except Refused as error:
        raise Invalid("address_refused", str(error), fields={field: str(error)}) from None
    except OSError:
        return []


def judged(host: str, port: int, *, purpose: str) -> list[str]:
    """The addresses to connect to, asked for now. Raises Refused, and OSError when the name leads nowhere."""
    check_spelling(host, port)
    found = resolve(host, port)
    judge(host, port, found, purpose=purpose)
    return found


def check_spelling(host: str, port: int) -> None:
    """Raise Refused for what is no host and port at all, such as a socket's path or several hosts in one."""
    if not _HOST.fullmatch(host) or not 0 < port < 65536:
        raise Refused(f"{host[:80]!r} with port {port} is no host the studio can call.")


def judge(host: str, port: int, addresses: Iterable[str], *, purpose: str) -> None:
    """Raise Refused unless every one of the addresses a host resolved to may be called."""
    addresses = list(addresses)
    if not addresses:
        raise Refused("The host has no address.")
    for text in addresses:
        if not _may_be_called(host, port, text, hosts_of(purpose)):
            raise Refused(_why(text, purpose))


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host. Raises OSError when there are none or the name server does not answer in time."""
    asked = _resolver.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    try:
        found = asked.result(SECONDS_TO_RESOLVE)
    except TookTooLong:
        raise OSError("the name was not resolved in time") from None
    except UnicodeError:
        raise OSError("the name is none") from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def hosts_of(purpose: str) -> Allowed:
    """What the operator allows for a purpose."""
    return allowed.read(allowed.setting(getattr(settings, SETTINGS[purpose])))


def is_public(text: str) -> bool:
    """Whether an address is one of the public network, also when it is wrapped in an IPv6 form."""
    address = _read(text)
    return address is not None and _is_public(address)


def refusal(error: BaseException | None) -> Refused | None:
    """The refusal that a client library wrapped in its own error, if that is what went wrong."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, Refused):
            return error
        seen.add(id(error))
        # botocore keeps what happened in `kwargs`, urllib3 in `reason`, the others where Python puts it.
        inner = getattr(error, "kwargs", {}).get("error") or getattr(error, "reason", None)
        error = inner if isinstance(inner, BaseException) else error.__cause__ or error.__context__
    return None


def _may_be_called(host: str, port: int, text: str, hosts: Allowed) -> bool:
    address = _read(text)
    if address is None or address in METADATA:
        return False
    networks = hosts.networks_of(address, port)
    if address.is_link_local:
        # Not by a name, which may come to mean another address: only by a network that is link-local itself.
        return any(network.is_link_local for network in networks)
    if address.is_multicast or address.is_unspecified:
        return False
    return _is_public(address) or bool(networks) or hosts.has_name(host, port)


def _is_public(address: Address) -> bool:
    return address.is_global and not address.is_multicast and not address.is_reserved and address not in METADATA


def _why(text: str, purpose: str) -> str:
    address = _read(text)
    if (
        address is None
        or address in METADATA
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
    ):
        return (
            "The host is not a public one but a link-local or other special address, such as a cloud's metadata service:"
            " the studio does not call those."
        )
    return (
        "The host is not a public one: the studio does not call private, loopback or link-local addresses."
        f" An operator can allow it in ATELIER_{SETTINGS[purpose]}."
    )


def _read(text: str) -> Address | None:
    try:
        return _unwrapped(ipaddress.ip_address(text.split("%")[0]))
    except ValueError:
        return None


def _unwrapped(address: Address) -> Address:
    if not isinstance(address, ipaddress.IPv6Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo is not None:
        return address.teredo[1]
    # ::a.b.c.d, the oldest form of all.
    if int(address) >> 32 == 0 and int(address) > 1:
        return ipaddress.IPv4Address(int(address))
    return address.sixtofour or address
