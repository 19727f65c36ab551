"""A gateway in the test's own loop, with instances of the test's own behind it."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from registry.endpoints.gateway.options import Options
from registry.endpoints.gateway.server import Gateway
from tests.registry.endpoints.gateway.backend import Backend, Raw, caller

KEY, OTHER_KEY = "aek_the-first-key", "aek_the-other-key"
FOREIGN_KEY = "aek_of-another-workspace"


def hashed(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def deployment(identity: int, *backends: Backend, first: int = 0, **more: Any) -> dict[str, Any]:
    instances = [
        {"id": first + identity * 100 + n, "address": each.address, "socket": each.socket}
        for n, each in enumerate(backends)
    ]
    return {
        "id": identity, "instances": instances, "wanted": 1, "max_concurrent": 100, "collector": None,
        "request_settings": {"request_timeout_ms": 2_000, "max_queue_wait_ms": 500}, **more,
    }  # fmt: skip


def endpoint(identity: int = 1, **facts: Any) -> dict[str, Any]:
    return {
        "id": identity, "auth_mode": "key", "keys": [hashed(KEY), hashed(OTHER_KEY)], "token_secret": "",
        "traffic": {}, "mirror": {}, "deployments": {}, **facts,
    }  # fmt: skip


class Scene:
    """The gateway, its address, and what it has been told."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.client = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{gateway.port}/e/main/ep",
            headers={"authorization": f"Bearer {KEY}"},
            timeout=10,
        )
        self.backends: list[Backend] = []
        self.raws: list[Raw] = []
        self.stamp = 0

    async def backend(self, **facts: Any) -> Backend:
        found = await Backend().start()
        for name, value in facts.items():
            setattr(found, name, value)
        self.backends.append(found)
        return found

    def adopt(self, **endpoints: dict[str, Any]) -> bool:
        """A new table: `ep=endpoint(…)`, in the workspace main; `other__ep` in another."""
        self.stamp += 1
        said = {name.replace("__", "/") if "__" in name else f"main/{name}": each for name, each in endpoints.items()}
        return self.gateway.adopt(json.dumps({"stamp": str(self.stamp), "endpoints": said}).encode())

    def one(self, *backends: Backend, **facts: Any) -> bool:
        """One endpoint with one deployment of these instances."""
        return self.adopt(ep=endpoint(traffic={"blue": 100}, deployments={"blue": deployment(1, *backends, **facts)}))

    async def raw(self) -> Raw:
        found = await caller(self.gateway.port)
        self.raws.append(found)
        return found

    async def score(self, body: bytes = b"{}", **headers: str) -> httpx.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post("/score", content=body, headers=sent)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    options = Options(
        "127.0.0.1", 0, "", tmp_path / "run" / "gateway-table.json", body_limit=300_000, spool=tmp_path / "spool"
    )
    gateway = Gateway(options, asyncio.get_running_loop())
    await gateway.start()
    made = Scene(gateway)
    yield made
    await made.client.aclose()
    for raw in made.raws:
        raw.close()
    await gateway.end(grace=0.2)
    for backend in made.backends:
        await backend.stop()
