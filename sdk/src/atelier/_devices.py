"""Edge devices and their modules, from a script."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any, Callable

from atelier import _client, _errors

OVER = ("running", "rolled_back", "failed")
WAIT_SECONDS = 600.0
LOOK_SECONDS = 2.0


class Devices:
    """The devices of one workspace."""

    def __init__(self, client: _client.Client) -> None:
        self._client = client

    def create(self, name: str, *, description: str = "", tags: Mapping[str, str] | None = None) -> dict[str, Any]:
        """A new device; `["code"]["code"]` enrols it, once."""
        body = {"name": name, "description": description, "tags": dict(tags or {})}
        return self._dict(self._client.post("devices", body))

    def list(self, query: str = "") -> Iterator[dict[str, Any]]:
        """The devices by name."""
        return self._client.pages("devices", {"q": query})

    def get(self, name: str) -> dict[str, Any]:
        return self._dict(self._client.get(_path(name)))

    def update(self, name: str, **changes: Any) -> dict[str, Any]:
        """Other words: `description`, `tags`."""
        return self._dict(self._client.patch(_path(name), changes))

    def delete(self, name: str) -> None:
        self._client.delete(_path(name))

    def code(self, name: str, *, hours: int = 24) -> dict[str, Any]:
        """A new code for the device; the one before opens nothing any more."""
        return self._dict(self._client.post(f"{_path(name)}/code", {"hours": hours}))

    def revoke(self, name: str) -> None:
        """Neither the device's token nor a code opens the studio any more."""
        self._client.delete(f"{_path(name)}/code")

    def modules(self, name: str) -> list[dict[str, Any]]:  # type: ignore[valid-type]
        """What the device shall run, each with what it reported of it."""
        return self._client.get(f"{_path(name)}/modules")["results"]

    def module(self, name: str, module: str) -> dict[str, Any]:
        return self._dict(self._client.get(_path(name, module)))

    def deploy(self, name: str, module: str, image: str, **options: Any) -> dict[str, Any]:
        """Have the device run an image: as a new module, or in the place of what the module ran.

        `options`: `port`, `address`, `environment_variables`, `cpus`, `memory`, `restart`; what is left out stays.
        """
        try:
            return self._dict(self._client.patch(_path(name, module), {"image": image, **options}))
        except _errors.NotFound:
            self.get(name)  # the device itself, or the image, may be what is not there
            body = {"name": module, "image": image, **options}
            return self._dict(self._client.post(f"{_path(name)}/modules", body))

    def roll_back(self, name: str, module: str) -> dict[str, Any]:
        """Back to the image and options from before the last update."""
        return self._dict(self._client.post(f"{_path(name, module)}/rollback"))

    def stop(self, name: str, module: str) -> dict[str, Any]:
        return self._dict(self._client.patch(_path(name, module), {"state": "stopped"}))

    def start(self, name: str, module: str) -> dict[str, Any]:
        return self._dict(self._client.patch(_path(name, module), {"state": "running"}))

    def restart(self, name: str, module: str) -> dict[str, Any]:
        """Started anew, also one that the device had given up."""
        return self._dict(self._client.patch(_path(name, module), {"restart_now": True}))

    def remove(self, name: str, module: str) -> None:
        self._client.delete(_path(name, module))

    def events(self, name: str) -> Iterator[dict[str, Any]]:
        """What happened on the device, the newest first."""
        return self._client.pages(f"{_path(name)}/events")

    def manifest(self, name: str, *, registry: str = "") -> dict[str, Any]:
        """The device's modules as a deployment manifest of Azure IoT Edge."""
        return self._dict(self._client.get(f"{_path(name)}/manifest", {"registry": registry}))

    def wait(
        self, name: str, module: str, *, seconds: float = WAIT_SECONDS, say: Callable[[str], None] | None = None
    ) -> dict[str, Any]:
        """The module, once its device has brought about what it shall run, or given up. Raises `WaitTimeout`."""
        until, before = time.monotonic() + seconds, ""
        while time.monotonic() < until:
            device, found = self.get(name), self.module(name, module)
            said = found["reported"] or {}
            state = f"{device['state']}: {said.get('state', 'not yet heard of')}"
            if say and state != before:
                say(f"{module} on {name} ({state})")
            before = state
            is_told = device["reported_revision"] == device["revision"]
            if is_told and said.get("generation") == found["generation"] and said.get("state") in OVER:
                return found
            time.sleep(LOOK_SECONDS)
        raise _errors.WaitTimeout(f"{name} did not bring {module} about within {seconds:.0f} seconds.")

    @staticmethod
    def _dict(answer: Any) -> dict[str, Any]:
        found: dict[str, Any] = answer
        return found


def _path(name: str, module: str = "") -> str:
    place = f"devices/{_client.segment(name)}"
    return f"{place}/modules/{_client.segment(module)}" if module else place
