"""A large file into a datastore over a link that is cut three times: its checksum, the speed, and the server's memory.

    python -m bench.uploads --gigabytes 5

The client keeps nothing but a part in memory, asks after each cut which parts are there and sends the others. The link is a
small TCP proxy that breaks off every connection after a fourth of the bytes, each time in the middle of a part.
"""

import argparse
import hashlib
import os
import select
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from bench import machine
from bench.artifacts import memory_of

MB = 1 << 20
CUTS = 3


class Link:
    """Forwards connections to a port, and breaks them off each time `between` more bytes have gone up."""

    def __init__(self, port: int, between: int) -> None:
        self._port = port
        self._between = between
        self._lock = threading.Lock()
        self._up = 0
        self.cuts = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            near, _ = self._listener.accept()
            threading.Thread(target=self._forward, args=(near,), daemon=True).start()

    def _forward(self, near: socket.socket) -> None:
        with near, socket.create_connection(("127.0.0.1", self._port)) as far:
            while True:
                for ready in select.select([near, far], [], [])[0]:
                    piece = ready.recv(MB)
                    if not piece or (ready is near and self._breaks(len(piece))):
                        return
                    (far if ready is near else near).sendall(piece)

    def _breaks(self, count: int) -> bool:
        with self._lock:
            self._up += count
            is_due = self.cuts < CUTS and self._up > self._between * (self.cuts + 1)
            self.cuts += is_due
            return is_due


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gigabytes", type=float, default=5)
    chosen = parser.parse_args()
    size = int(chosen.gigabytes * 1024) * MB
    print(machine.described())
    folder = Path(tempfile.mkdtemp(prefix="atelier-bench-"))
    try:
        _measure(folder, size)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _measure(folder: Path, size: int) -> None:
    from tests import real_studio

    source, wanted = folder / "source", hashlib.sha256()
    with source.open("wb") as file:
        for _ in range(size // MB):
            wanted.update(piece := os.urandom(MB))
            file.write(piece)
    studio = real_studio.start(folder / "studio")
    try:
        link = Link(studio.port, size // (CUTS + 1))
        with memory_of(studio.child("web").pid) as web, memory_of(studio.child("worker").pid) as worker:
            started = time.perf_counter()
            upload = _up(f"http://127.0.0.1:{link.port}", studio.token, source)
            up = time.perf_counter() - started
            done = _until_there(studio.url, studio.token, upload)
            in_all = time.perf_counter() - started
        with memory_of(studio.child("web").pid) as reading:
            found, down = _down(studio.url, studio.token)
        same = "equal" if done["sha256"] == wanted.hexdigest() == found else "DIFFERENT"
        print(f"| {size / 2**30:.1f} GiB, {link.cuts} cuts | |\n|---|---|")
        print(f"| sent, s (MB/s) | {up:.1f} ({size / MB / up:.0f}) |")
        print(f"| in its place, s | {in_all:.1f} |")
        print(f"| back, s (MB/s) | {down:.1f} ({size / MB / down:.0f}) |")
        print(f"| checksum of the stored and of the fetched bytes | {same} |")
        print(f"| memory above idle, MB: web up, worker, web down | {web[0]:.0f}, {worker[0]:.0f}, {reading[0]:.0f} |")
    finally:
        studio.stop()


def _client(url: str, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=f"{url}/api/v1/workspaces/main/", headers=headers, timeout=120)


def _up(url: str, token: str, source: Path) -> str:
    """Send the file as a careful client does; answers the upload's id."""
    body = {"path": "big/source.bin", "size": source.stat().st_size}
    for _ in range(10 * CUTS):
        try:
            with _client(url, token) as client, source.open("rb") as file:
                upload = client.post("datastores/default/uploads", json=body).raise_for_status().json()
                here = {part["number"] for part in upload["parts"]}
                for number in range(1, upload["part_count"] + 1):
                    if number not in here:
                        _send(client, upload, number, file)
                return str(client.post(f"uploads/{upload['id']}/complete", json={}).raise_for_status().json()["id"])
        except httpx.TransportError:
            time.sleep(0.2)
    raise SystemExit("The file could not be sent.")


def _send(client: httpx.Client, upload: dict, number: int, file) -> None:  # type: ignore[no-untyped-def, type-arg]
    file.seek((number - 1) * upload["part_bytes"])
    piece = file.read(upload["part_bytes"])
    headers = {"X-Content-SHA256": hashlib.sha256(piece).hexdigest()}
    client.put(f"uploads/{upload['id']}/parts/{number}", content=piece, headers=headers).raise_for_status()


def _until_there(url: str, token: str, upload: str) -> dict:  # type: ignore[type-arg]
    with _client(url, token) as client:
        while (found := client.get(f"uploads/{upload}").raise_for_status().json())["state"] == "publishing":
            time.sleep(0.5)
    if found["state"] != "done":
        raise SystemExit(f"The file is not in its place: {found['problem']}")
    return dict(found)


def _down(url: str, token: str) -> tuple[str, float]:
    hashed, started = hashlib.sha256(), time.perf_counter()
    with _client(url, token) as client, client.stream("GET", "datastores/default/files/big/source.bin") as answer:
        for piece in _pieces(answer):
            hashed.update(piece)
    return hashed.hexdigest(), time.perf_counter() - started


def _pieces(answer: httpx.Response) -> Iterator[bytes]:
    answer.raise_for_status()
    yield from answer.iter_bytes(MB)


if __name__ == "__main__":
    main()
