"""Which URLs a webhook may have. Where its host leads is judged by `studio.outbound.addresses`, at saving and at every call."""

import string
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

from studio.errors import Invalid
from studio.outbound import addresses
from studio.outbound.addresses import WEBHOOK, Refused

MAX_URL = 500
PORTS = frozenset({80, 443, 8000, 8080, 8443})
PRINTABLE = string.punctuation


@dataclass(frozen=True, slots=True)
class Target:
    """A checked URL in its parts."""

    scheme: str
    host: str
    port: int
    path: str  # with the query
    is_allowed_host: bool  # named by the operator: it may be private and plain http


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
    called = port or (443 if parts.scheme == "https" else 80)
    is_allowed = addresses.hosts_of(WEBHOOK).has_name(host, called)
    _check_parts(parts, host, port, is_allowed)
    # HTTP knows ASCII alone: what is beyond is escaped, what is escaped already stays.
    path = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=PRINTABLE, errors="replace")
    return Target(parts.scheme, host, called, path, is_allowed)


def check(url: str) -> None:
    """Raise Invalid when `url` can't be a webhook's. A name that does not resolve now may do so later."""
    try:
        target = parse(url)
        addresses.judged(target.host, target.port, purpose=WEBHOOK)
    except Refused as error:
        raise Invalid("webhook_address_refused", str(error), fields={"url": str(error)}) from None
    except OSError:
        return


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
