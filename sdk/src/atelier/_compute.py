"""Compute targets of a workspace: made, changed, tested, forgotten."""

from __future__ import annotations

import time
from typing import Any

from atelier import _client, _errors

Record = dict[str, Any]
EVERY_SECONDS = 0.5


class ComputeTargets:
    """`Workspace().targets.create("box", kind="docker", network="bridge")`."""

    def __init__(self, api: _client.Client) -> None:
        self._api = api

    def get(self, name: str) -> Record:
        """One target: its slots, what runs and waits, its engine and, for who may change it, its settings."""
        return dict(self._api.get(_path(name)))

    def create(self, name: str, *, kind: str = "docker", slots: int = 1, **settings: Any) -> Record:
        """A target of the workspace's own; `settings` are those of its kind."""
        body = {"name": name, "kind": kind, "slots": slots, "settings": settings}
        return dict(self._api.post("compute", body))

    def update(self, name: str, *, slots: int | None = None, is_paused: bool | None = None, **settings: Any) -> Record:
        """Changes what is named and leaves the rest."""
        body: Record = {"slots": slots, "is_paused": is_paused, "settings": settings or None}
        body = {key: value for key, value in body.items() if value is not None}
        return dict(self._api.request("PATCH", _path(name), body=body).json())

    def delete(self, name: str) -> None:
        """Forgets a target that no job has used; others are refused."""
        self._api.delete(_path(name))

    def check(self, name: str, *, timeout: float = 30) -> Record:
        """Has a worker look at the target's engine and waits for what it saw: the target, with `engine`.

        Raises `WaitTimeout` when no worker has looked in that time.
        """
        before = self.get(name)
        if before.get("engine") is None:
            return before
        seen = before["engine"]["checked_at"]
        self._api.post(f"{_path(name)}/check", {})
        ends_at = time.monotonic() + timeout
        while True:
            found = self.get(name)
            if found["engine"]["checked_at"] not in (None, seen):
                return found
            if time.monotonic() > ends_at:
                raise _errors.WaitTimeout(f"No worker has looked at the engine of {name} in {timeout:g} s.")
            time.sleep(EVERY_SECONDS)


def _path(name: str) -> str:
    return f"compute/{_client.segment(name)}"
