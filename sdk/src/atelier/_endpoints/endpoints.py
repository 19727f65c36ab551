"""Endpoints: addresses that stay, with deployments behind them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from atelier import _client, _errors, _ids, _notices
from atelier._endpoints import files
from atelier._endpoints.deployments import Deployments

Record = dict[str, Any]
PAGE = 100
INVOKE_SECONDS = 200.0


class Endpoints:
    """The real-time endpoints of a workspace: `Workspace().endpoints.invoke("iris", {"data": [[5.1, 3.5, 1.4, 0.2]]})`."""

    def __init__(self, client: _client.Client) -> None:
        self._api = client

    def list(self, query: str = "") -> Iterator[Record]:
        """Every endpoint whose name or description has these words, by name."""
        return self._api.pages("endpoints", {"q": query or None, "limit": PAGE})

    def get(self, name: str) -> Record:
        return dict(self._api.get(_path(name)))

    def create(
        self,
        name: str,
        *,
        description: str = "",
        auth_mode: str = "key",
        tags: Mapping[str, str] | None = None,
        properties: Mapping[str, str] | None = None,
    ) -> Record:
        """A new endpoint, without deployments. `auth_mode` is key or aml_token."""
        body = {
            "name": name,
            "description": description,
            "auth_mode": auth_mode,
            "tags": dict(tags or {}),
            "properties": dict(properties or {}),
        }
        return dict(self._api.post("endpoints", body, key=_ids.new_key()))

    def create_from_file(
        self,
        file: str | Path,
        *,
        name: str = "",
        set: Mapping[str, Any] | None = None,
        say: Callable[[str], None] | None = None,
    ) -> Record:
        """The endpoint that an endpoint.yml describes. Its `traffic` waits until there are deployments."""
        said = files.read(self._api, file, "endpoint", set or {}, say or _warn)
        known = ("description", "auth_mode", "tags", "properties")
        given = {key: said.document[key] for key in known if said.document.get(key) is not None}
        return self.create(name or said.document["name"], **given)

    def update(
        self,
        name: str,
        *,
        description: str | None = None,
        auth_mode: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Record:
        """Changes what is given."""
        given = {"description": description, "auth_mode": auth_mode, "tags": None if tags is None else dict(tags)}
        return dict(self._api.patch(_path(name), {key: value for key, value in given.items() if value is not None}))

    def set_traffic(self, name: str, traffic: Mapping[str, int], *, mirror: Mapping[str, int] | None = None) -> Record:
        """Shares that sum to 100: `set_traffic("iris", {"blue": 90, "green": 10})`. `mirror` None leaves it as it is."""
        body: Record = {"traffic": dict(traffic)}
        if mirror is not None:
            body["mirror_traffic"] = dict(mirror)
        return dict(self._api.request("PUT", f"{_path(name)}/traffic", body=body).json())

    def traffic(self, name: str) -> Record:
        """`traffic`, `mirror_traffic` and `previous_traffic`."""
        return dict(self._api.get(f"{_path(name)}/traffic"))

    def roll_back(self, name: str) -> Record:
        """The shares as they were before the last change."""
        return dict(self._api.post(f"{_path(name)}/rollback"))

    def keys(self, name: str) -> Record:
        """`primaryKey` and `secondaryKey`; who asks is written down."""
        return dict(self._api.get(f"{_path(name)}/keys"))

    def regenerate_key(self, name: str, which: str = "primary") -> Record:
        """A new primary or secondary key; the old one is refused within seconds."""
        return dict(self._api.post(f"{_path(name)}/keys", {"which": which}))

    def token(self, name: str, seconds: int = 3600) -> Record:
        """A token that expires: `accessToken`, `expiryTimeUtc`, `refreshAfterTimeUtc`."""
        return dict(self._api.post(f"{_path(name)}/token", {"seconds": seconds}))

    def invoke(self, name: str, body: Any, *, deployment: str = "", content_type: str = "application/json") -> Any:
        """The answer of an endpoint: a value where it is JSON, else bytes. Bytes are sent as they are, all else as JSON.

        Raises a `ServerError` with the deployment's own sentence when it answers with one.
        """
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = self._api.request(
            "POST",
            f"{_path(name)}/invoke",
            params={"deployment": deployment or None},
            content=content,
            headers={"Content-Type": content_type},
            timeout=INVOKE_SECONDS,
        )
        if "json" not in answer.headers.get("content-type", ""):
            return answer.content
        try:
            return answer.json()
        except ValueError as error:
            raise _errors.Unreachable(f"The endpoint {name} said JSON and sent something else.") from error

    def metrics(self, name: str, **query: Any) -> Record:
        """Requests, errors and durations of each deployment over time."""
        return dict(self._api.get(f"{_path(name)}/metrics", query))

    def openapi(self, name: str, *, deployment: str = "") -> Record:
        """How the endpoint is asked, as OpenAPI."""
        return dict(self._api.get(f"{_path(name)}/openapi", {"deployment": deployment or None}))

    def delete(self, name: str) -> None:
        """Deletes the endpoint with all its deployments."""
        self._api.delete(_path(name))

    def deployments(self, name: str) -> Deployments:
        """The deployments behind an endpoint."""
        return Deployments(self._api, name)

    def deploy(
        self,
        file: str | Path | Mapping[str, Any],
        *,
        endpoint: str = "",
        name: str = "",
        all_traffic: bool = False,
        set: Mapping[str, Any] | None = None,
        say: Callable[[str], None] | None = None,
    ) -> Record:
        """The deployment that a deployment.yml, or a dictionary of its fields, describes: made, or given a new revision.

        Code and a local model are sent first; `set` changes single values (`{"instance_count": 2}`).
        """
        told = say or _warn
        said = files.read(self._api, file, "deployment", set or {}, told)
        endpoint = endpoint or str(said.document.get("endpoint_name") or "")
        name = name or str(said.document.get("name") or "")
        if not endpoint or not name:
            missing = "endpoint" if not endpoint else "deployment"
            raise _errors.UsageError(f"Neither the file nor the call says the name of the {missing}.")
        body = files.body_of(self._api, said, told)
        if all_traffic:
            body["all_traffic"] = True
        path = f"{_path(endpoint)}/deployments/{_client.segment(name)}"
        return dict(self._api.request("PUT", path, body=body).json())


def _path(name: str) -> str:
    return f"endpoints/{_client.segment(name)}"


def _warn(note: str) -> None:
    _notices.warn_once(note, note)
