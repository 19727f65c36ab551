"""The Docker engine of the device: containers found by their labels, images by their ids."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from atelier import _errors
from atelier.edge import specs
from atelier.edge.specs import Spec

CALL_SECONDS = 60
LOAD_SECONDS = 1800
STOP_SECONDS = 10
PROBE_SECONDS = 3.0
CONFLICT = 409
MOST_IMAGES = 200


class EngineAway(_errors.AtelierError):
    """The engine does not answer; its text is one sentence."""


class EngineRefused(_errors.AtelierError):
    """The engine answered, and said no."""


@dataclass(frozen=True)
class Seen:
    """A container of a module as it is now."""

    id: str
    module: str
    key: str
    is_running: bool
    exit: int
    address: str  # http://host:port where it is asked
    started_at: str


class Engine:
    """What the agent does with Docker. Every failure is EngineAway or EngineRefused."""

    def __init__(self, device: str) -> None:
        self._device = device
        self._made: Any = None
        self._figures: dict[str, tuple[float, int]] = {}

    def version(self) -> str:
        with self._asked() as client:
            return str(client.version().get("Version") or "")

    def containers(self) -> dict[str, Seen]:
        """The containers of this device's modules by module."""
        with self._asked() as client:
            rows = client.containers.list(all=True, filters={"label": f"{specs.LABEL_DEVICE}={self._device}"})
            found = [_seen(row) for row in rows]
        return {one.module: one for one in found}

    def start(self, spec: Spec, image_id: str) -> None:
        """Make the container and start it; when it can't be started, nothing of it is left."""
        name = self._name(spec.name)
        with self._asked() as client:
            _ensure_network(client)
            made = client.containers.create(**specs.container(spec, image_id=image_id, name=name, device=self._device))
            try:
                made.start()
            except BaseException:
                with contextlib.suppress(Exception):
                    made.remove(force=True, v=True)
                raise

    def start_again(self, seen: Seen) -> None:
        with self._asked() as client:
            client.containers.get(seen.id).start()

    def stop(self, seen: Seen) -> None:
        """End it and take it away."""
        import docker.errors

        with self._asked() as client, contextlib.suppress(docker.errors.NotFound):
            found = client.containers.get(seen.id)
            if seen.is_running:
                found.stop(timeout=STOP_SECONDS)
            found.remove(force=True, v=True)

    def is_ready(self, seen: Seen, path: str) -> bool:
        """Whether the container says that it is ready."""
        import httpx

        if not seen.address:
            return False
        try:
            with httpx.Client(trust_env=False, timeout=PROBE_SECONDS) as client:
                return client.get(f"{seen.address}{path}").status_code < 300
        except httpx.HTTPError:
            return False

    def last_words(self, seen: Seen) -> str:
        """The last line it said."""
        with contextlib.suppress(_errors.AtelierError), self._asked() as client:
            text = client.containers.get(seen.id).logs(tail=20).decode("utf-8", "replace")
            lines = [line.strip() for line in text.splitlines() if line.strip()]
            return lines[-1][:300] if lines else ""
        return ""

    def has_image(self, image_id: str) -> bool:
        import docker.errors

        with self._asked() as client:
            try:
                client.images.get(image_id)
            except docker.errors.ImageNotFound:
                return False
        return True

    def layers(self) -> list[list[str]]:
        """The layers of the images that are there, from the bottom up."""
        with self._asked() as client:
            rows = client.images.list()[:MOST_IMAGES]
            return [list((row.attrs.get("RootFS") or {}).get("Layers") or []) for row in rows]

    def load(self, pieces: Iterable[bytes]) -> None:
        """Take in an image as `docker save` writes it."""
        with self._asked(LOAD_SECONDS) as client:
            for said in client.api.load_image(pieces, quiet=True):
                if "error" in said:
                    raise EngineRefused(f"The engine did not take the image: {said['error']}")

    def pull(self, reference: str) -> None:
        with self._asked(LOAD_SECONDS) as client:
            client.images.pull(reference)

    def tag(self, image_id: str, name: str) -> None:
        with self._asked() as client:
            client.images.get(image_id).tag(*name.rsplit(":", 1))

    def remove_image(self, name: str) -> None:
        """Let go of an image by its name; one that something else uses stays."""
        with contextlib.suppress(EngineRefused), self._asked() as client:
            client.images.remove(name)

    def figures(self, seen: Seen) -> dict[str, float]:
        """Processor share (100 is one core) since the last look, and memory in bytes."""
        with contextlib.suppress(_errors.AtelierError), self._asked() as client:
            said = client.api.stats(seen.id, stream=False, one_shot=True)
            used = int(said["cpu_stats"]["cpu_usage"]["total_usage"])
            now, before = time.monotonic(), self._figures.get(seen.id)
            self._figures[seen.id] = (now, used)
            memory = float((said.get("memory_stats") or {}).get("usage") or 0)
            if before is None or now <= before[0]:
                return {"memory": memory}
            return {"cpu": round((used - before[1]) / 1e7 / (now - before[0]), 1), "memory": memory}
        return {}

    def _name(self, module: str) -> str:
        return f"atelier-edge-{self._device[:8]}-{module}"

    @contextlib.contextmanager
    def _asked(self, seconds: int = CALL_SECONDS) -> Iterator[Any]:
        import docker
        import requests
        from docker.errors import APIError, DockerException

        try:
            if seconds != CALL_SECONDS:
                client = docker.from_env(timeout=seconds)
            else:
                client = self._made = self._made or docker.from_env(timeout=seconds)
            yield client
            if seconds != CALL_SECONDS:
                client.close()
        except APIError as error:
            raise EngineRefused(f"The Docker engine refused: {error.explanation or error}") from error
        except (DockerException, requests.RequestException, OSError) as error:
            self._made = None
            raise EngineAway(f"The Docker engine does not answer: {error}") from error


def require_docker() -> None:
    """Raises `UsageError` where the library is not installed."""
    try:
        import docker  # noqa: F401
    except ImportError as error:
        raise _errors.UsageError('The agent needs `pip install "atelier[edge]"`.') from error


def _seen(row: Any) -> Seen:
    attrs = row.attrs
    state = attrs.get("State") or {}
    return Seen(
        id=row.id,
        module=row.labels.get(specs.LABEL_MODULE, ""),
        key=row.labels.get(specs.LABEL_KEY, ""),
        is_running=bool(state.get("Running")) and not state.get("Restarting"),
        exit=int(state.get("ExitCode") or 0),
        address=_address(attrs),
        started_at=str(state.get("StartedAt") or ""),
    )


def _address(attrs: dict[str, Any]) -> str:
    """Where it is asked: by the port it has on the device, else by its own address on the engine's network."""
    network = attrs.get("NetworkSettings") or {}
    for inside, published in (network.get("Ports") or {}).items():
        if published:
            return f"http://127.0.0.1:{published[0]['HostPort']}"
        ip = next((one.get("IPAddress") for one in (network.get("Networks") or {}).values()), "")
        if ip:
            return f"http://{ip}:{inside.partition('/')[0]}"
    return ""


def _ensure_network(client: Any) -> None:
    """A bridge of their own: modules reach out and are reached, but not by one another."""
    from docker.errors import APIError, NotFound

    try:
        client.networks.get(specs.NETWORK)
    except NotFound:
        try:
            client.networks.create(
                specs.NETWORK, options={"com.docker.network.bridge.enable_icc": "false"}, check_duplicate=True
            )
        except APIError as error:
            if error.status_code != CONFLICT:  # somebody else was faster
                raise
