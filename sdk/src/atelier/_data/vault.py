"""Secrets and connections of a workspace. A value goes in; none ever comes out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from atelier import _client, _errors
from atelier._data.files import read_text

Record = dict[str, Any]
PAGE = 500


class Secrets:
    """`Workspace().secrets.set("token", value)`: jobs that name it get it, and nobody reads it back."""

    def __init__(self, api: _client.Client) -> None:
        self._api = api

    def list(self) -> Iterator[Record]:
        """The secrets by name: versions, who set them, when they were used last. No values."""
        return self._api.pages("secrets", {"limit": PAGE})

    def describe(self, name: str) -> Record:
        """One secret with its versions and latest uses, without its value."""
        return dict(self._api.get(_secret(name)))

    def set(self, name: str, value: str, *, description: str | None = None) -> Record:
        """The next version of a secret, which is made when it is new."""
        if not value:
            raise _errors.UsageError("The value of the secret is empty.")
        body = {"value": value} if description is None else {"value": value, "description": description}
        return dict(self._api.request("PUT", _secret(name), body=body).json())

    def delete(self, name: str) -> None:
        """Deletes a secret with all its versions; one that is needed is refused."""
        self._api.delete(_secret(name))


class Connections:
    """`Workspace().connections`: addresses with credentials that jobs and people use by name."""

    def __init__(self, api: _client.Client) -> None:
        self._api = api

    def list(self) -> Iterator[Record]:
        """The connections by name; of a credential only its kind."""
        return self._api.pages("connections", {"limit": PAGE})

    def get(self, name: str) -> Record:
        """One connection, without its credential."""
        return dict(self._api.get(_connection(name)))

    def create(self, file: str | Path | None = None, **fields: Any) -> Record:
        """A connection of a YAML file, or of the same fields.

        `create("git.yml")`, or `create(name="git", type="git", target="https://…", credentials={"type": "pat", …})`.
        """
        body = {"text": read_text(file)} if file is not None else fields
        return dict(self._api.post("connections", body))

    def update(self, name: str, **changes: Any) -> Record:
        """Changes what is given."""
        return dict(self._api.patch(_connection(name), changes))

    def delete(self, name: str) -> None:
        """Deletes a connection with its credential."""
        self._api.delete(_connection(name))


def _secret(name: str) -> str:
    return f"secrets/{_client.segment(name)}"


def _connection(name: str) -> str:
    return f"connections/{_client.segment(name)}"
