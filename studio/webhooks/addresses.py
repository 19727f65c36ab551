"""Which addresses the studio may call: public ones, and the hosts an operator allows.

A name is judged when a webhook is saved, so that a mistake shows at once, and again when it is called, where the judged
address is the one that is connected to: a name that resolves elsewhere the second time leads nowhere.
"""

import ipaddress
import socket
import string
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

from django.conf import settings

from studio.errors import Invalid

MAX_URL = 500
PORTS = frozenset({80, 443, 8000, 8080, 8443})
SECONDS_TO_RESOLVE = 2.0
PRINTABLE = string.punctuation
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_resolver = ThreadPoolExecutor(max_workers=4, thread_name_prefix="webhook-names")


@dataclass(frozen=True, slots=True)
class Target:
    """A checked URL in its parts."""

    scheme: str
    host: str
    port: int
    path: str  # with the query
    is_allowed_host: bool  # named by the operator: it may be private and plain http


class Refused(Exception):
    """The studio does not call this address; the message says why."""


def parse(url: str) -> Target:
    """The parts of a URL that may be called as far as its text tells. Raises Refused."""
    if not url.strip():
        raise Refused(f"Webhook URL cannot be empty or just whitespace: {url[:80]!r}")
    if len(url) > MAX_URL or any(ord(letter) <= 32 or ord(letter) == 127 for letter in url):
        raise Refused(f"Invalid webhook URL: it has blanks, control characters or more than {MAX_URL} characters.")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as error:
        raise Refused(f"Invalid webhook URL {url[:80]!r}: {error}.") from None
    is_allowed = _is_allowed(host, port)
    _check_parts(parts, host, port, is_allowed)
    # HTTP knows ASCII alone: what is beyond is escaped, what is escaped already stays.
    path = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=PRINTABLE, errors="replace")
    return Target(parts.scheme, host, port or (443 if parts.scheme == "https" else 80), path, is_allowed)


def check(url: str) -> None:
    """Raise Invalid when `url` can't be a webhook's. A name that does not resolve now may do so later."""
    try:
        target = parse(url)
        judge(target, resolve(target.host, target.port))
    except Refused as error:
        raise Invalid("webhook_address_refused", str(error), fields={"url": str(error)}) from None
    except OSError:
        return


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


def judge(target: Target, addresses: list[str]) -> str:
    """The address to connect to. Raises Refused when any of them is not public, unless the operator allows the host."""
    if not addresses:
        raise Refused("The host has no address.")
    if not target.is_allowed_host and not all(is_public(address) for address in addresses):
        raise Refused(
            "The host is not a public one: the studio does not call private, loopback or link-local addresses."
            " An operator can allow it in ATELIER_WEBHOOK_HOSTS."
        )
    return addresses[0]


def is_public(text: str) -> bool:
    """Whether an address is one of the public network, also when it is wrapped in an IPv6 form."""
    try:
        address = _unwrapped(ipaddress.ip_address(text.split("%")[0]))
    except ValueError:
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


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


def _check_parts(parts: SplitResult, host: str, port: int | None, is_allowed: bool) -> None:
    schemes = ("https", "http") if is_allowed else ("https",)
    if parts.scheme not in schemes:
        raise Refused(
            f"Invalid webhook URL scheme: {parts.scheme[:20]!r}. Allowed schemes are: {', '.join(schemes)}."
            + ("" if is_allowed or parts.scheme != "http" else " Plain http is for hosts in ATELIER_WEBHOOK_HOSTS.")
        )
    if not host:
        raise Refused("Webhook URL must include a hostname.")
    if parts.username is not None or parts.password is not None:
        raise Refused("A webhook's URL holds no user name or password: use its secret.")
    if parts.fragment:
        raise Refused("A webhook's URL holds no fragment (#…).")
    if port is not None and port not in PORTS and not is_allowed:
        raise Refused(f"Port {port} is not called; use one of {', '.join(map(str, sorted(PORTS)))}.")


def _is_allowed(host: str, port: int | None) -> bool:
    """Whether the operator named this host, alone or with this port."""
    named = settings.WEBHOOK_HOSTS
    return bool(host) and (host.lower() in named or f"{host.lower()}:{port}" in named)
