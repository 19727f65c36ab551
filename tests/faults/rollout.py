"""Fifty requests a second while a deployment is rolled out beside another and the first one is killed.

A real studio, real processes, real requests through the gateway. The driver keeps what came of every request; `bench.rollout`
runs it for a minute, the test for less.
"""

import asyncio
import hashlib
import io
import json
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import redis

from studio import redis_socket
from tests.real_studio import RealStudio, wait_for

RATE = 50
ALLOWED_POINTS = 3.0
# Answers, waits a little as a model would, and says who it is.
SCRIPT = (
    "import os, time\n\n\ndef init():\n    pass\n\n\ndef run(data):\n    time.sleep(0.003)\n"
    "    return {'name': %r, 'pid': os.getpid()}\n"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """One request: when it was sent, how long it took, and what came."""

    at: float
    seconds: float
    status: int  # 0: no answer at all
    deployment: str
    said: str
    number: int  # in the order in which the gateway read the requests


@dataclass
class Rollout:
    """What happened, and what was seen of it."""

    seen: list[Seen] = field(default_factory=list)
    phases: list[tuple[int, int, int]] = field(default_factory=list)  # from this number, to that, green's weight
    killed: tuple[float, float] = (0.0, 0.0)  # from, until

    @property
    def failed(self) -> list[Seen]:
        return [each for each in self.seen if each.status != 200]

    @property
    def unexcused(self) -> list[Seen]:
        """Those that failed and were not in flight in the killed process."""
        begin, end = self.killed
        return [each for each in self.failed if each.at > end or each.at + each.seconds < begin]

    def shares(self) -> list[tuple[int, float, int]]:
        """(weight, green's share in percent, requests) of each phase."""
        found = []
        for begin, end, weight in self.phases:
            seen = [each for each in self.seen if begin < each.number < end and each.status == 200]
            green = sum(each.deployment == "green" for each in seen)
            found.append((weight, 100 * green / max(1, len(seen)), len(seen)))
        return found

    @property
    def rate(self) -> float:
        """Requests a second that were sent."""
        sent = [each.at for each in self.seen]
        return (len(sent) - 1) / max(0.001, max(sent) - min(sent))

    def described(self) -> str:
        slow = sorted(each.seconds for each in self.seen)
        held = sum(each.seconds > 0.5 for each in self.seen)
        lines = [
            f"{len(self.seen)} requests, {self.rate:.0f} a second, {len(self.failed)} failed, of these {len(self.unexcused)} not in the killed process",
            f"p50 {slow[len(slow) // 2] * 1000:.1f} ms, slowest {slow[-1]:.2f} s, {held} held for longer than 0.5 s",
            *(f"green's weight {weight}: {share:.1f} % of {count}" for weight, share, count in self.shares()),
            *(f"failed: {each}" for each in self.failed[:10]),
        ]
        return "\n".join(lines)


class Studio:
    """The REST of a real studio, with an endpoint."""

    def __init__(self, studio: RealStudio) -> None:
        self.data_dir = studio.data_dir
        headers = {"Authorization": f"Bearer {studio.token}"}
        self.rest = httpx.Client(base_url=f"{studio.url}/api/v1/workspaces/main/", headers=headers, timeout=30)
        self.redis = redis.Redis.from_url(f"{redis_socket.socket_url(studio.data_dir)}?db=0")
        self.gateway = (studio.data_dir / "run" / "gateway-address").read_text().strip()

    def ask(self, method: str, path: str, **body: Any) -> Any:
        answer = self.rest.request(method, path, json=body or None)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def create(self, name: str = "ep") -> None:
        self.ask("POST", "endpoints", name=name)
        self.name = name
        self.key = self.ask("GET", f"endpoints/{name}/keys")["primaryKey"]

    def deploy(self, name: str) -> None:
        """Ask for a deployment of the script; it is not there yet when this returns."""
        raw = io.BytesIO()
        with zipfile.ZipFile(raw, "w") as archive:
            archive.writestr("score.py", SCRIPT % name)
        digest = hashlib.sha256(raw.getvalue()).hexdigest()
        sent = {"Content-Type": "application/zip"}
        self.rest.put(f"folders/{digest}", content=raw.getvalue(), headers=sent).raise_for_status()
        self.ask(
            "POST",
            f"endpoints/{self.name}/deployments",
            name=name,
            deployer="local",
            code_configuration={"code": digest, "scoring_script": "score.py"},
            request_settings={"max_concurrent_requests_per_instance": 4, "max_queue_wait_ms": 5_000},
        )

    def wait_for(self, name: str, seconds: float = 60) -> None:
        def is_there() -> bool:
            found = self.ask("GET", f"endpoints/{self.name}/deployments/{name}")
            assert found["state"] != "Failed", found
            return bool(found["state"] == "Succeeded" and found["ready_instances"])

        wait_for(is_there, seconds, f"{name} is not deployed")

    def shift(self, green: int) -> None:
        """Set the shares, and wait until the gateway has them."""
        traffic = {name: share for name, share in (("blue", 100 - green), ("green", green)) if share}
        self.ask("PUT", f"endpoints/{self.name}/traffic", traffic=traffic)
        wait_for(lambda: self.has(traffic), 10, "the gateway has no new table")

    def number(self) -> int:
        """How many requests the gateway has read: it counts in the ids it makes, also of one that it refuses."""
        headers = {"authorization": f"Bearer {self.key}", "azureml-model-deployment": "none"}
        answer = httpx.post(f"{self.gateway}/e/main/{self.name}/score", headers=headers, timeout=10)
        return _number(answer)

    def has(self, traffic: dict[str, int]) -> bool:
        """Whether the gateway uses a table with these shares."""
        table = json.loads(self.redis.get("atelier:gateway:table"))
        if table["endpoints"][f"main/{self.name}"]["traffic"] != traffic:
            return False
        return bool(httpx.get(f"{self.gateway}/healthz", timeout=5).json()["stamp"] == table["stamp"])

    def processes(self, name: str) -> set[psutil.Process]:
        """Every process that answers for a deployment, and what it has started."""
        ready = [each for each in self.instances(name) if each["state"] == "ready"]
        return {one for each in ready for one in scorers(int(each["address"].rpartition(":")[2]))}

    def is_back(self, name: str) -> bool:
        """Another instance answers in the place of one that was killed."""
        return {each["state"] for each in self.instances(name)} == {"ready", "failed"}

    def instances(self, name: str) -> list[dict[str, Any]]:
        return list(self.ask("GET", f"endpoints/{self.name}/deployments/{name}/instances")["results"])


def kill(processes: set[psutil.Process]) -> tuple[float, float]:
    """SIGKILL for all of them; answers from when until when."""
    began = time.monotonic()
    for process in processes:
        process.kill()
    psutil.wait_procs(processes, timeout=5)
    return began, time.monotonic()


def end_instances(data_dir: Path) -> None:
    """Instances outlive their studio on purpose: end those of this data folder."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if f"{data_dir}/deployments/" in " ".join(process.cmdline()):
                kill({process, *process.children(recursive=True)})


def scorers(port: int) -> set[psutil.Process]:
    """The processes of the instance that listens on a port of this machine."""
    found: set[psutil.Process] = set()
    for link in psutil.net_connections("tcp"):
        if link.status == psutil.CONN_LISTEN and link.pid and link.laddr.port == port:
            process = psutil.Process(link.pid)
            family = [process, *process.parents(), *process.children(recursive=True)]
            found |= {each for each in family if "atelier.serving" in " ".join(each.cmdline())}
    return found


@contextmanager
def load(studio: Studio, rollout: Rollout) -> Iterator[None]:
    """Requests at the rate, sent when they are due whatever the earlier ones do, until the block ends."""
    import threading

    stop = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_send(studio, rollout, stop)), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(60)


async def _send(studio: Studio, rollout: Rollout, stop: Any) -> None:
    url = f"{studio.gateway}/e/main/{studio.name}/score"
    limits = httpx.Limits(max_connections=500, max_keepalive_connections=50)
    headers = {"authorization": f"Bearer {studio.key}", "content-type": "application/json"}
    began, sent, tasks = time.monotonic(), 0, set()
    async with httpx.AsyncClient(limits=limits, headers=headers, timeout=60) as client:
        while not stop.is_set():
            sent += 1
            task = asyncio.create_task(_one(client, url, rollout))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            await asyncio.sleep(max(0.0, began + sent / RATE - time.monotonic()))
        await asyncio.gather(*tasks)


async def _one(client: httpx.AsyncClient, url: str, rollout: Rollout) -> None:
    at = time.monotonic()
    try:
        answer = await client.post(url, content=b'{"data": [1]}')
        name = answer.headers.get("azureml-model-deployment", "")
        found = (answer.status_code, name, answer.text[:200], _number(answer))
    except httpx.HTTPError as error:
        found = (0, "", repr(error), 0)
    rollout.seen.append(Seen(at, time.monotonic() - at, *found))


def _number(answer: httpx.Response) -> int:
    return int(answer.headers["x-request-id"][8:], 16)


def run(studio: Studio, *, seconds: float) -> Rollout:
    """Green is deployed under load, traffic moves 0 → 10 → 100 → 0, and blue is killed while nine of ten are its own."""
    rollout = Rollout()
    studio.create()
    studio.deploy("blue")
    studio.wait_for("blue")
    studio.shift(0)
    phase = seconds / 4
    with load(studio, rollout):
        began = studio.number()
        studio.deploy("green")
        time.sleep(phase)
        studio.wait_for("green")
        rollout.phases.append((began, studio.number(), 0))
        for weight in (10, 100, 0):
            studio.shift(weight)
            began = studio.number()
            if weight == 10:
                time.sleep(phase / 3)
                rollout.killed = kill(studio.processes("blue"))
                time.sleep(phase * 2 / 3)
                wait_for(lambda: studio.is_back("blue"), 30, "blue is not back")
            else:
                time.sleep(phase)
            rollout.phases.append((began, studio.number(), weight))
    return rollout
