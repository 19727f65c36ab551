"""Open sockets on one web process: does every one get every hint, and how soon?

    .venv/bin/python -m bench.sockets [--sockets 500] [--rounds 20]

Starts a whole studio in a temporary folder, signs the administrator in, opens the sockets with that session, and creates
experiments over REST; each creation is one hint to all of them.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx
import websockets

from bench.machine import described
from tests import real_studio

TOPIC = "workspace:main"
ALLOWED_SECONDS = 1.0


class Listener:
    """One socket that notes when it heard of each hint."""

    def __init__(self) -> None:
        self.heard: list[float] = []

    async def run(self, url: str, cookie: str, origin: str, ready: asyncio.Semaphore) -> None:
        headers = {"Cookie": cookie}
        async with websockets.connect(url, additional_headers=headers, origin=origin, open_timeout=60) as socket:  # type: ignore[arg-type]
            await socket.send(json.dumps({"subscribe": TOPIC}))
            await socket.recv()
            ready.release()
            async for text in socket:
                if json.loads(text).get("event") == "activity":
                    self.heard.append(time.monotonic())


async def measure(studio: real_studio.RealStudio, sockets: int, rounds: int) -> int:
    async with httpx.AsyncClient(base_url=studio.url, follow_redirects=True, timeout=30) as client:
        await client.get(studio.link)
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        ready = asyncio.Semaphore(0)
        listeners = [Listener() for _ in range(sockets)]
        url = f"ws://127.0.0.1:{studio.port}/ws/live/"
        began = time.monotonic()
        tasks = [asyncio.create_task(one.run(url, cookie, studio.url, ready)) for one in listeners]
        for _ in tasks:
            await asyncio.wait_for(ready.acquire(), 60)
        print(f"{sockets} sockets open after {time.monotonic() - began:.1f} s")
        delays = [await _one_round(client, studio.token, listeners, number) for number in range(rounds)]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return report(delays, sockets, rounds)


async def _one_round(client: httpx.AsyncClient, token: str, listeners: list[Listener], number: int) -> list[float]:
    """The delay of each socket that heard of one created experiment within three seconds."""
    for one in listeners:
        one.heard.clear()
    headers = {"Authorization": f"Bearer {token}"}
    body = {"path": f"bench/round-{number}"}
    answer = await client.post("/api/v1/workspaces/main/experiments", json=body, headers=headers)
    answer.raise_for_status()
    done = time.monotonic()
    while time.monotonic() - done < 3 and not all(one.heard for one in listeners):
        await asyncio.sleep(0.02)
    return [max(0.0, one.heard[0] - done) for one in listeners if one.heard]


def report(delays: list[list[float]], sockets: int, rounds: int) -> int:
    heard = sum(len(one) for one in delays)
    flat = sorted(delay for one in delays for delay in one)
    late = flat[int(len(flat) * 0.99)] if flat else float("inf")
    print(f"hints heard: {heard} of {sockets * rounds}")
    if flat:
        print(f"after the answer: median {statistics.median(flat):.3f} s, 99 of 100 within {late:.3f} s")
    return 0 if heard == sockets * rounds and late < ALLOWED_SECONDS else 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sockets", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=20)
    options = parser.parse_args()
    print(described())
    with tempfile.TemporaryDirectory(prefix="atelier-bench-") as folder:
        studio = real_studio.start(Path(folder))
        try:
            return asyncio.run(measure(studio, options.sockets, options.rounds))
        finally:
            studio.stop()


if __name__ == "__main__":
    sys.exit(main())
