"""One POST to somebody else's server: no redirects, no proxies, bounded in time and in what is read back.

The name is resolved once, the address judged, and that very address connected to; TLS still checks the certificate against
the name. Nothing of the answer but its status leaves this module.
"""

import http.client
import socket
import ssl
import threading
import time
from dataclasses import dataclass

from studio.outbound.addresses import WEBHOOK, judged
from studio.webhooks import addresses

SECONDS_TO_CONNECT = 5.0
SECONDS_TO_READ = 10.0
SECONDS_IN_ALL = 20.0
MAX_RETRY_AFTER = 3600


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: a status, or why there is none. `retry_after` is what the server asked for, in seconds."""

    status: int | None
    error: str
    seconds: float
    retry_after: int | None = None

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_worth_another_try(self) -> bool:
        """No answer, too many requests, or a fault of the server's: the same message may arrive later."""
        return self.status is None or self.status == 429 or self.status >= 500


def post(url: str, body: bytes, headers: dict[str, str]) -> Reply:
    """Send once. Raises `studio.outbound.addresses.Refused` for an address the studio does not call; every other failure is a Reply."""
    started = time.monotonic()
    target = addresses.parse(url)
    try:
        address = judged(target.host, target.port, purpose=WEBHOOK)[0]
    except OSError as error:
        return Reply(None, f"The host could not be resolved: {_words(error)}", time.monotonic() - started)
    try:
        status, retry_after = _exchange(target, address, body, headers)
    except (OSError, http.client.HTTPException, ValueError) as error:  # ValueError: a name that TLS or HTTP can't write
        return Reply(None, _words(error), time.monotonic() - started)
    said = "" if 200 <= status < 300 else f"The server answered {status}."
    return Reply(status, said, time.monotonic() - started, retry_after)


def _exchange(target: addresses.Target, address: str, body: bytes, headers: dict[str, str]) -> tuple[int, int | None]:
    connection = _Pinned(target, address)
    # A server that sends a byte now and then would hold a worker for ever: the socket is shut at the end.
    timer = threading.Timer(SECONDS_IN_ALL, connection.abandon)
    timer.daemon = True
    timer.start()
    try:
        connection.request("POST", target.path, body=body, headers=headers)
        response = connection.getresponse()
        return response.status, _retry_after(response.getheader("Retry-After"))
    finally:
        timer.cancel()
        connection.close()


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, with the host's own name in the request and for TLS."""

    def __init__(self, target: addresses.Target, address: str) -> None:
        super().__init__(target.host, target.port, timeout=SECONDS_TO_READ)
        self._address = address
        self._is_secure = target.scheme == "https"
        # What http.client leaves out of the Host header.
        self.default_port = 443 if self._is_secure else 80

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), timeout=SECONDS_TO_CONNECT)
        plain.settimeout(SECONDS_TO_READ)
        self.sock = plain
        if self._is_secure:
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)

    def abandon(self) -> None:
        sock = self.sock
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it ended by itself meanwhile


def _retry_after(header: str | None) -> int | None:
    text = (header or "").strip()
    return min(int(text), MAX_RETRY_AFTER) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _words(error: Exception) -> str:
    """What went wrong, in a few words and without anything the other side sent."""
    if isinstance(error, TimeoutError):
        return "The server did not answer in time."
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate is not trusted: {error.verify_message}."
    if isinstance(error, ssl.SSLError):
        return "No TLS connection came about."
    if isinstance(error, http.client.HTTPException):
        return "The server's answer is no HTTP."
    if isinstance(error, ValueError):
        return "The address can't be written in a request."
    return f"No connection: {getattr(error, 'strerror', None) or error}."[:200]
