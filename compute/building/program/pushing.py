"""Sending an image to a registry, with a line now and then, and making sure that it has arrived."""

import time
from collections.abc import Mapping
from typing import Any

from compute.building.program import telling
from compute.building.program.engine import Engine
from compute.building.program.failing import Problem
from compute.engines import opening

EVERY_SECONDS = 2.0


def push(engine: Engine, image: Any, reference: str, credentials: Mapping[str, str] | None) -> str:
    """Push an image as `reference` and answer the digest that the registry has it under. Raises Problem."""
    repository, _, tag = reference.rpartition(":")
    opened = {name: credentials[name] for name in ("username", "password")} if credentials else None
    engine.teller.say(f"Pushing {reference}")
    try:
        engine.client.api.tag(image.id, repository, tag, force=True)
        digest = _pushed(engine, repository, tag, opened)
        found = str(engine.client.images.get_registry_data(reference, auth_config=opened).id)
    except opening.FAILED as error:
        raise Problem(f"The registry did not take the image: {error}"[:900]) from error
    if digest and digest != found:
        raise Problem(f"The registry has another image under {reference} than the one that was pushed: {found}.")
    engine.teller.say(f"Digest {found}", indent=2)
    return found


def _pushed(engine: Engine, repository: str, tag: str, opened: Mapping[str, str] | None) -> str:
    progress = _Progress(engine)
    digest = ""
    for event in engine.client.api.push(repository, tag, stream=True, decode=True, auth_config=opened):
        if event.get("error"):
            raise Problem(f"The registry did not take the image: {str(event['error'])[:800]}")
        digest = str((event.get("aux") or {}).get("Digest") or digest)
        progress.hear(event)
    progress.end()
    return digest


class _Progress:
    """How far the layers are, in one line every two seconds."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._began = self._told = time.monotonic()
        self._layers: dict[str, str] = {}
        self._sizes: dict[str, tuple[int, int]] = {}

    def hear(self, event: Mapping[str, Any]) -> None:
        layer, status = str(event.get("id") or ""), str(event.get("status") or "")
        if not layer or status.startswith("The push refers"):
            return
        self._layers[layer] = status
        detail = event.get("progressDetail") or {}
        if detail.get("current"):
            self._sizes[layer] = (int(detail["current"]), int(detail.get("total") or 0))
        if time.monotonic() - self._told > EVERY_SECONDS:
            self._told = time.monotonic()
            sent = sum(size for size, _ in self._sizes.values())
            total = sum(max(size, whole) for size, whole in self._sizes.values())
            self._engine.teller.say(f"{telling.size(sent)} of {telling.size(total)}", indent=4)

    def end(self) -> None:
        layers = [status for status in self._layers.values() if "digest" not in status]
        there = sum(1 for status in layers if "already exists" in status or "Mounted" in status)
        sent = sum(max(size, whole) for size, whole in self._sizes.values())
        took = telling.seconds(time.monotonic() - self._began)
        text = f"{len(layers) - there} layers sent ({telling.size(sent)}), {there} were there already, in {took}"
        self._engine.teller.say(text, indent=2)
