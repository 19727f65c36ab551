"""A small HTTP client on the standard library: the runner must be at its script before a larger one is even imported."""

from __future__ import annotations

import gzip
import http.client
import json
import os
import random
import ssl
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Callable
from urllib.parse import quote, urlsplit

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 60.0
PAUSES = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
LATER = frozenset({408, 425, 429, 500, 502, 503, 504, 507})
GZIP_FROM = 4096
PARTIAL = 206
BLOCK = 1 << 18


class Unreachable(Exception):
    """No answer, or one that says "later"."""

    def __init__(self, message: str, *, retry_after: float = 0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Refused(Exception):
    """The studio understood and said no."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        super().__init__(str(body.get("detail") or f"the studio answered {status}"))
        self.status = status
        self.code = str(body.get("code") or "")
        self.body = body

    @property
    def is_final(self) -> bool:
        """Whether this runner has nothing to report any more: its attempt is over, its job has ended or is gone."""
        # Only an answer of the studio itself counts: a proxy in front of it may say 404 while it restarts.
        if not self.code:
            return False
        return self.status in {401, 403, 404, 410} or self.code in {"stale_attempt", "job_finished"}


class Client:
    """Calls the studio as one job. Every thread has its own connection, kept open."""

    def __init__(self, *, url: str, token: str, workspace: str) -> None:
        parts = urlsplit(url)
        self._https = parts.scheme == "https"
        self._host = parts.netloc
        self._base = f"{parts.path.rstrip('/')}/api/v1/workspaces/{quote(workspace, safe='')}/"
        self._token = token
        self._local = threading.local()

    def get(self, path: str) -> dict[str, Any]:
        """The JSON answer of a GET."""
        return _parsed(self.call("GET", path))

    def post(self, path: str, body: Any) -> dict[str, Any]:
        """The JSON answer of a POST."""
        return _parsed(self.call("POST", path, json.dumps(body).encode(), {"Content-Type": "application/json"}))

    def post_bytes(self, path: str, data: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
        """Sends bytes, packed when that pays."""
        headers = {"Content-Type": "application/octet-stream", **headers}
        if len(data) >= GZIP_FROM:
            data = gzip.compress(data, compresslevel=1)
            headers["Content-Encoding"] = "gzip"
        return _parsed(self.call("POST", path, data, headers))

    def put_file(self, path: str, source: Path, content_type: str, headers: Mapping[str, str] | None = None) -> None:
        """Sends one file, streamed."""
        with source.open("rb") as stream:
            size = os.fstat(stream.fileno()).st_size
            told = {**(headers or {}), "Content-Type": content_type, "Content-Length": str(size)}
            self.call("PUT", path, stream, told)

    def download(self, path: str, sink: IO[bytes], *, limit: int, start: int = 0, tag: str = "") -> int:
        """Streams an answer into `sink`; the bytes there are now. Raises ValueError above `limit`.

        `sink` holds the first `start` bytes already. They are thrown away when the file is another one by now than `tag` says.
        """
        response = self._answer(
            "GET", path, None, {"Range": f"bytes={start}-", "If-Range": f'"{tag}"'} if start else {}
        )
        size = start if response.status == PARTIAL else 0
        if size != start:
            sink.seek(0)
            sink.truncate()
        try:
            while block := response.read(BLOCK):
                size += len(block)
                if size > limit:
                    raise ValueError(f"the download is larger than {limit:,} bytes")
                sink.write(block)
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(f"the download broke off: {error}") from error
        finally:
            if not response.isclosed():
                self._drop()
        return size

    def call(
        self,
        method: str,
        path: str,
        body: bytes | IO[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> bytes:
        """The bytes of an answer. Raises `Unreachable` or `Refused`."""
        response = self._answer(method, path, body, headers or {})
        try:
            return response.read()
        except (OSError, http.client.HTTPException) as error:
            self._drop()
            raise Unreachable(f"the answer broke off: {error}") from error

    def _answer(
        self, method: str, path: str, body: bytes | IO[bytes] | None, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        all_headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json", **headers}
        kept = getattr(self._local, "connection", None) is not None
        try:
            response = self._once(method, path, body, all_headers)
        except (OSError, http.client.HTTPException) as error:
            self._drop()
            # A kept connection that the server has closed meanwhile says nothing about the server.
            if not kept or not (body is None or isinstance(body, bytes)):
                raise Unreachable(f"{self._host} does not answer: {error or type(error).__name__}") from error
            try:
                response = self._once(method, path, body, all_headers)
            except (OSError, http.client.HTTPException) as again:
                self._drop()
                raise Unreachable(f"{self._host} does not answer: {again or type(again).__name__}") from again
        if response.status >= 300:
            raise self._refusal(response)
        return response

    def _once(
        self, method: str, path: str, body: bytes | IO[bytes] | None, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect()
        connection.request(method, self._base + path, body=body, headers=dict(headers))
        response: http.client.HTTPResponse = connection.getresponse()
        return response

    def _connect(self) -> http.client.HTTPConnection:
        if self._https:
            context = ssl.create_default_context()
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                self._host, timeout=CONNECT_SECONDS, context=context
            )
        else:
            connection = http.client.HTTPConnection(self._host, timeout=CONNECT_SECONDS)
        connection.connect()
        if connection.sock is not None:
            connection.sock.settimeout(ANSWER_SECONDS)
        return connection

    def _drop(self) -> None:
        connection = getattr(self._local, "connection", None)
        if connection is not None:
            connection.close()
            self._local.connection = None

    def _refusal(self, response: http.client.HTTPResponse) -> Exception:
        try:
            text = response.read(1 << 16)
        except (OSError, http.client.HTTPException):
            text = b""
        self._drop()
        try:
            body = json.loads(text)
        except ValueError:
            body = {}
        body = body if isinstance(body, dict) else {}
        if response.status in LATER or response.status < 400:
            return Unreachable(
                f"{self._host} answered {response.status}", retry_after=_seconds(response.getheader("Retry-After"))
            )
        return Refused(response.status, body)


class Patience:
    """How long to wait before the next try: longer and longer, with jitter, never above ten seconds."""

    def __init__(self) -> None:
        self._tries = 0

    def pause(self, error: Unreachable | None = None) -> float:
        """The next pause in seconds."""
        step = PAUSES[min(self._tries, len(PAUSES) - 1)]
        self._tries += 1
        wanted = min(error.retry_after, 60.0) if error is not None else 0.0
        return max(step * (0.5 + random.random() / 2), wanted)

    def reset(self) -> None:
        """The studio has answered."""
        self._tries = 0


def persist(step: Callable[[], Any], *, until: Callable[[], bool], wait: Callable[[float], Any] = time.sleep) -> Any:
    """The result of `step`, tried again while the studio does not answer and `until` is not true.

    Raises the last `Unreachable` when it gives up, and `Refused` at once.
    """
    patience = Patience()
    while True:
        try:
            return step()
        except Unreachable as error:
            if until():
                raise
            wait(patience.pause(error))


def _parsed(answer: bytes) -> dict[str, Any]:
    """The object an answer holds. One that was cut off says no more than no answer."""
    try:
        found = json.loads(answer)
    except ValueError as error:
        raise Unreachable("the answer was cut off") from error
    if not isinstance(found, dict):
        raise Unreachable("the answer is not the studio's")
    return found


def _seconds(text: str | None) -> float:
    try:
        return max(float(text or 0), 0.0)
    except ValueError:
        return 0.0
