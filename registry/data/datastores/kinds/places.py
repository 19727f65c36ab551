"""Addresses and names in the settings of datastores: what they may be, and what went wrong on the way there."""

import re
import socket
import unicodedata
from urllib.parse import quote, urlsplit

from registry.data.datastores import problems
from studio.errors import Invalid, StudioError
from studio.outbound import addresses, pinning
from studio.storage import names

PORTS = {"http": 80, "https": 443}
SECONDS_TO_KNOCK = 5.0


def refused(field: str, sentence: str) -> Invalid:
    return Invalid("invalid_datastore", sentence, fields={field: sentence})


def check_url(field: str, url: str) -> None:
    """Raise Invalid for an address that is none or that the studio does not call. An empty one is fine."""
    if not url:
        return
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise refused(field, f"{url[:80]!r} is no address.") from None
    if parts.scheme not in PORTS or not host or any(ord(letter) <= 32 for letter in url):
        raise refused(field, "Give an address that begins with https:// or http:// and names a host.")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise refused(field, "The address holds a user, a password or a query: credentials have fields of their own.")
    addresses.check_host(host, port or PORTS[parts.scheme], purpose=addresses.DATA, field=field)


def check_host(field: str, host: str, port_field: str, port: object) -> None:
    """Raise Invalid for a host and port that are none or that the studio does not call."""
    if not host:
        raise refused(field, "Name the host.")
    if isinstance(port, bool) or not isinstance(port, int) or not 0 < port < 65536:
        raise refused(port_field, "A port is a number from 1 to 65535.")
    addresses.check_host(host, port, purpose=addresses.DATA, field=field)


def check_name(field: str, value: str, pattern: str) -> None:
    if not re.fullmatch(pattern, value):
        raise refused(field, f"{value[:80]!r} is no {field.replace('_', ' ')}." if value else "This is needed.")


def check_prefix(field: str, value: str) -> None:
    """Raise Invalid for a folder that is no relative path."""
    value = value.strip("/")
    if not value:
        return
    try:
        if names.safe_relpath(value) != value:
            raise refused(field, "The folder's name is written with combining characters.")
    except Invalid as error:
        raise refused(field, error.message) from None


def host_of(url: str) -> str:
    """Host and port of an address, for lists; empty when there is none."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return ""


def knock(url: str, where: str) -> None:
    """Connect once and hang up: client libraries try for long before they say that nobody is there."""
    if not url:
        return
    parts = urlsplit(url)
    try:
        pinning.connect(
            parts.hostname or "", parts.port or PORTS[parts.scheme], purpose=addresses.DATA, timeout=SECONDS_TO_KNOCK
        ).close()
    except (OSError, addresses.Refused) as error:
        raise in_words(error, where) from error


def disposition(name: str) -> str:
    """The header that makes a browser download a file under a name."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r'[\\"\r\n]', "_", plain) or "download"
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def in_words(error: BaseException, where: str) -> StudioError:
    """What kept the studio from getting an answer."""
    refusal = addresses.refusal(error)
    if refusal is not None:
        return Invalid("address_refused", str(refusal))
    return problems.unreachable(where, _reason(error))


def _reason(error: BaseException) -> str:
    """The innermost reason that says something, in a few words."""
    seen: list[BaseException] = []
    inner: BaseException | None = error
    while inner is not None and inner not in seen:
        seen.append(inner)
        wrapped = getattr(inner, "kwargs", {}).get("error") or getattr(inner, "reason", None)
        inner = wrapped if isinstance(wrapped, BaseException) else inner.__cause__ or inner.__context__
    for one in seen:
        if isinstance(one, socket.gaierror):
            return "its host is unknown"
        if isinstance(one, ConnectionRefusedError):
            return "nothing listens at its address (connection refused)"
    text = " ".join(type(one).__name__ + str(one) for one in seen).lower()
    if "certificate" in text:
        return "its certificate is not trusted"
    if "ssl" in text:
        return "no TLS connection came about"
    if "timeout" in text or "timed out" in text or "in time" in text:
        return "no answer came in time"
    if "name or service not known" in text or "resolution" in text or "not resolved" in text:
        return "its host is unknown"
    return str(seen[-1])[:150].rstrip(".") or type(error).__name__
