"""One keep-alive HTTP client that speaks the REST contract and turns answers into values or errors."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Union
from urllib.parse import quote, urlsplit

from atelier import _config, _errors

if TYPE_CHECKING:
    import httpx

TIMEOUT_SECONDS = 30.0
CONNECT_SECONDS = 5.0
UPLOAD_SECONDS = 300.0  # of silence: a large file is hashed and moved before it is acknowledged
# Some calls are repeated a few times by themselves: a server that restarts answers again within seconds.
READ_PAUSES = (0.2, 0.5, 1.0)
# What a proxy in front of the studio refuses by itself, for good.
PROXY_REFUSALS = frozenset({411, 413, 414, 431})
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
READS = frozenset({"GET", "HEAD"})

Content = Union[bytes, Iterable[bytes]]


class Client:
    """Calls `/api/v1` of one server. A path that starts with `/` is used as it is, others are under the workspace."""

    def __init__(self, *, url: str, token: str, workspace: str = "", timeout: float = TIMEOUT_SECONDS) -> None:
        if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc:
            raise _errors.ConfigurationError(f"{url!r} is no server address. Use one such as http://127.0.0.1:8000.")
        self.url = url.rstrip("/")
        self.token = token
        self.workspace = workspace
        self._timeout = timeout
        self._http: httpx.Client | None = None
        self._lock = threading.Lock()

    def get(self, path: str, params: Mapping[str, Any] | None = None, *, timeout: float | None = None) -> Any:
        """The JSON answer of a GET."""
        return _json(self.request("GET", path, params=params, timeout=timeout))

    def post(
        self, path: str, body: Any = None, *, key: str = "", timeout: float | None = None, once: bool = False
    ) -> Any:
        """The JSON answer of a POST; `key` makes a repeated call do its work once. `once`: the caller repeats it."""
        headers = {"Idempotency-Key": key} if key else {}
        return _json(self.request("POST", path, body=body, headers=headers, timeout=timeout, once=once))

    def patch(self, path: str, body: Any) -> Any:
        """The JSON answer of a PATCH."""
        return _json(self.request("PATCH", path, body=body))

    def delete(self, path: str) -> None:
        """Deletes."""
        self.request("DELETE", path)

    def send(self, method: str, path: str, content: bytes, headers: Mapping[str, str]) -> Any:
        """The JSON answer to prepared bytes."""
        return _json(self.request(method, path, content=content, headers=headers))

    def exists(self, path: str) -> bool:
        """Whether a HEAD finds the thing."""
        try:
            self.request("HEAD", path)
        except _errors.NotFound:
            return False
        return True

    def put(self, path: str, content: Content, *, size: int, content_type: str = "application/octet-stream") -> Any:
        """Sends bytes, streamed when `content` is an iterator."""
        headers = {"Content-Type": content_type, "Content-Length": str(size)}
        return _json(self.request("PUT", path, content=content, headers=headers, timeout=UPLOAD_SECONDS))

    def pages(self, path: str, params: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """Every result of a list, page after page."""
        answer = self.get(path, params)
        while True:
            yield from answer["results"]
            following = answer.get("next")
            if not following:
                return
            # Only the query is taken: a server behind a proxy may not know the address it is called by.
            answer = self.get(path + "?" + urlsplit(following).query)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        content: Content | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        once: bool = False,
    ) -> httpx.Response:
        """The answer of one call. Raises `Unreachable` or a `Refused`; what may be repeated is tried a few times."""
        if body is not None:
            content = json.dumps(body, allow_nan=False).encode()
            headers = {"Content-Type": "application/json", **(headers or {})}
        # What changes nothing, or does its work once however often it is asked, may be asked again.
        is_repeatable = method in READS or "Idempotency-Key" in (headers or {})
        pauses = READ_PAUSES if is_repeatable and not once else ()
        for pause in (*pauses, None):
            try:
                return self._once(method, path, params, content, headers, timeout)
            except _errors.Unreachable as error:
                if pause is None or error.status == 429:
                    raise
                time.sleep(pause)
        raise AssertionError("the loop above returns or raises")

    def stream(self, path: str, params: Mapping[str, Any] | None = None) -> Iterator[bytes]:
        """The bytes of a download, chunk by chunk."""
        with self.opened(path, params) as response:
            yield from response.iter_bytes(1 << 18)

    @contextmanager
    def opened(
        self, path: str, params: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> Iterator[httpx.Response]:
        """A download whose bytes are still on their way; a line that breaks meanwhile raises `Unreachable` as well."""
        import httpx

        try:
            with self._client().stream(
                "GET", self.address(path), params=_clean(params), headers=dict(headers or {})
            ) as response:
                if response.status_code >= 300:
                    response.read()
                    raise refusal(response)
                yield response
        except httpx.TransportError as error:
            raise unreachable(self.url, error) from error

    def address(self, path: str) -> str:
        """The full address of a path."""
        if path.startswith("/"):
            return f"{self.url}/api/v1{path}"
        if not self.workspace:
            raise _errors.ConfigurationError(
                "No workspace is chosen. Pass workspace=, set ATELIER_WORKSPACE or run `atelier workspace use NAME`."
            )
        return f"{self.url}/api/v1/workspaces/{segment(self.workspace)}/{path}"

    def page(self, path: str) -> str:
        """The full address of a page, whose path answers hold as `url`; a whole address as it is."""
        return f"{self.url}{path}" if path.startswith("/") else path

    def close(self) -> None:
        """Closes the connections."""
        with self._lock:
            if self._http is not None:
                self._http.close()
                self._http = None

    def forget_connections(self) -> None:
        """Drops the connections without touching them: after a fork they belong to the parent."""
        self._lock = threading.Lock()
        self._http = None

    def _once(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any] | None,
        content: Content | None,
        headers: Mapping[str, str] | None,
        timeout: float | None,
    ) -> httpx.Response:
        import httpx

        limit = httpx.Timeout(timeout or self._timeout, connect=CONNECT_SECONDS)
        try:
            response = self._client().request(
                method, self.address(path), params=_clean(params), content=content, headers=headers, timeout=limit
            )
        except httpx.TransportError as error:
            raise unreachable(self.url, error) from error
        if response.status_code >= 300:
            raise refusal(response)
        return response

    def _client(self) -> httpx.Client:
        import httpx

        with self._lock:
            if self._http is None:
                headers = {"User-Agent": "atelier-sdk/0.1.0", "Accept": "application/json"}
                if self.token:
                    headers["Authorization"] = f"Bearer {self.token}"
                # Loading the certificate store takes longer than a call; plain http has no use for it.
                verify = self.url.startswith("https://")
                # A proxy of the environment cannot reach the server on this machine.
                outside = urlsplit(self.url).hostname not in LOOPBACK
                self._http = httpx.Client(headers=headers, verify=verify, trust_env=outside, follow_redirects=False)
            return self._http


def connect(
    *, url: str | None = None, token: str | None = None, workspace: str | None = None, timeout: float = 30.0
) -> Client:
    """A client from the settings in force; arguments win."""
    return from_config(_config.load(url=url, token=token, workspace=workspace), timeout=timeout)


def from_config(config: _config.Config, *, timeout: float = TIMEOUT_SECONDS) -> Client:
    """A client for these settings, or a sentence that says what is missing."""
    if not config.url:
        raise _errors.ConfigurationError("No server is known. Run `atelier login URL` or set ATELIER_URL.")
    if not config.token:
        raise _errors.ConfigurationError(
            f"There is no token for {config.url}. Run `atelier login {config.url}` or set ATELIER_TOKEN."
        )
    return Client(url=config.url, token=config.token, workspace=config.get("workspace"), timeout=timeout)


def segment(name: object) -> str:
    """One path segment, quoted."""
    return quote(str(name), safe="")


def quoted_path(path: str) -> str:
    """A path of several segments, quoted."""
    return quote(path, safe="/")


def unreachable(url: str, error: Exception) -> _errors.Unreachable:
    """What to say when no answer came."""
    reason = str(error) or type(error).__name__
    return _errors.Unreachable(
        f"The server at {url} does not answer ({reason}).", hint="Check the address and that it runs."
    )


def refusal(response: httpx.Response) -> _errors.ServerError:
    """The error an answer stands for."""
    body = _problem(response)
    status = response.status_code
    if body is None and response.request.method != "HEAD" and status not in PROXY_REFUSALS:
        return _foreign(response)
    body = body or {}
    kind: type[_errors.ServerError] = _errors.REFUSALS.get(status, _errors.InvalidRequest)
    # A 409 that only says "the first try is still at work" is no refusal.
    if status in _errors.LATER or body.get("code") == "request_in_progress":
        kind = _errors.Unreachable
    if body.get("code") == "bad_search":
        kind = _errors.SearchError
    listed = body.get("errors")
    found = kind(
        str(body.get("detail") or body.get("title") or f"The server answered {status} to {response.request.method}."),
        status=status,
        code=str(body.get("code") or ""),
        hint=str(body.get("hint") or ""),
        errors=[item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else [],
        request_id=str(body.get("request_id") or response.headers.get("X-Request-ID", "")),
        body=body,
        retry_after=_retry_after(response.headers.get("Retry-After", "")),
    )
    if isinstance(found, _errors.SearchError) and found.errors:
        # What was sent is at hand here only: the answer does not repeat it.
        found.text = response.request.url.params.get(str(found.errors[0].get("field")), "")
    return found


def _problem(response: httpx.Response) -> dict[str, Any] | None:
    try:
        body = response.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _foreign(response: httpx.Response) -> _errors.Unreachable:
    """Something answered, but not the studio: a proxy whose studio is away, a sign-in page, another program."""
    return _errors.Unreachable(
        f"{response.request.url.host} answered {response.status_code}, but not as Atelier does.",
        status=response.status_code,
        hint="Check the address.",
        retry_after=_retry_after(response.headers.get("Retry-After", "")),
    )


def _retry_after(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 <= seconds < 86_400 else None


def _json(response: httpx.Response) -> Any:
    if not response.content:
        return None
    try:
        return response.json()
    except ValueError as error:
        raise _foreign(response) from error


def _clean(params: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if params is None:
        return None
    return {name: _flag(value) for name, value in params.items() if value not in (None, "")}


def _flag(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
