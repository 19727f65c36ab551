"""Uploads over real sockets that go wrong: nothing half stays, and nobody else waits."""

import contextlib
import hashlib
import os
import socket
import time
from pathlib import Path

import httpx
import pytest

from tests.real_studio import RealStudio, wait_for

SIZE = 12 * 1024 * 1024  # more than may wait in memory: the way of large uploads
BASE = "/mlflow/main/api/2.0/mlflow-artifacts/artifacts/"


@pytest.fixture
def http(studio: RealStudio) -> httpx.Client:
    return httpx.Client(base_url=studio.url, headers={"Authorization": f"Bearer {studio.token}"}, timeout=60)


@pytest.fixture
def run_path(http: httpx.Client) -> str:
    made = http.post("/api/v1/workspaces/main/runs/start", json={"experiment": "uploads/odd"})
    assert made.status_code == 201, made.text
    found = http.get(f"/mlflow/main/api/2.0/mlflow/runs/get?run_id={made.json()['id']}").json()["run"]["info"]
    return f"{found['experiment_id']}/{found['run_id']}/artifacts"


def opened(studio: RealStudio, path: str, length: int) -> socket.socket:
    """A connection with the head of an upload sent."""
    connection = socket.create_connection(("127.0.0.1", studio.port), timeout=60)
    connection.sendall(
        f"PUT {BASE}{path} HTTP/1.1\r\nHost: 127.0.0.1:{studio.port}\r\nAuthorization: Bearer {studio.token}\r\n"
        f"Content-Length: {length}\r\nContent-Type: application/octet-stream\r\n\r\n".encode()
    )
    return connection


def unfinished(studio: RealStudio) -> list[Path]:
    return [path for path in studio.data_dir.rglob("incoming/*") if path.is_file()]


def has_file(http: httpx.Client, path: str) -> bool:
    return http.get(BASE + path).status_code == 200


@pytest.mark.parametrize("half_close", [True, False])
def test_A44_a_client_that_leaves_halfway_leaves_nothing(
    studio: RealStudio, http: httpx.Client, run_path: str, half_close: bool
) -> None:
    with opened(studio, f"{run_path}/half.bin", SIZE) as connection:
        connection.sendall(b"x" * (SIZE // 2))
        wait_for(lambda: unfinished(studio), 20, "the upload never began")
        if half_close:
            connection.shutdown(socket.SHUT_WR)
            connection.settimeout(20)
            with contextlib.suppress(OSError):
                while connection.recv(4096):
                    pass
    wait_for(lambda: not unfinished(studio), 20, "a temporary file stayed")
    assert not has_file(http, f"{run_path}/half.bin")


def test_A44_more_than_was_announced_is_no_part_of_the_file(
    studio: RealStudio, http: httpx.Client, run_path: str
) -> None:
    body = os.urandom(SIZE)
    with opened(studio, f"{run_path}/exact.bin", SIZE) as connection:
        connection.sendall(body)
        with contextlib.suppress(OSError):
            connection.sendall(b"y" * 1000)
        with contextlib.suppress(OSError):
            connection.recv(4096)  # what stands behind the body is no request: the server may close before it answers
    wait_for(lambda: not unfinished(studio), 20, "a temporary file stayed")
    found = http.get(f"{BASE}{run_path}/exact.bin")
    assert found.status_code == 404 or hashlib.sha256(found.content).digest() == hashlib.sha256(body).digest()


def test_A44_more_than_the_limit_is_refused_before_it_is_read(studio: RealStudio, run_path: str) -> None:
    with opened(studio, f"{run_path}/huge.bin", 10**15) as connection:
        assert b" 413 " in connection.recv(4096).split(b"\r\n")[0]


def test_A01_without_a_token_nothing_of_an_upload_is_read(studio: RealStudio, run_path: str) -> None:
    with socket.create_connection(("127.0.0.1", studio.port), timeout=30) as connection:
        connection.sendall(
            f"PUT {BASE}{run_path}/a.bin HTTP/1.1\r\nHost: 127.0.0.1:{studio.port}\r\nContent-Length: {SIZE}\r\n\r\n".encode()
        )
        assert b" 401 " in connection.recv(4096).split(b"\r\n")[0]
    assert not unfinished(studio)


def test_uploads_that_hang_keep_nobody_else_waiting(studio: RealStudio, http: httpx.Client, run_path: str) -> None:
    """Twenty clients take every thread of large uploads; small writes, pages and health have their own."""
    with contextlib.ExitStack() as open_ones:
        for number in range(20):
            connection = open_ones.enter_context(opened(studio, f"{run_path}/{number}.bin", SIZE))
            connection.sendall(b"x" * 100)
        time.sleep(0.2)
        assert http.get("/healthz").status_code == 200
        assert http.get("/api/v1/workspaces/main/runs").status_code == 200
        assert http.put(f"{BASE}{run_path}/small.txt", content=b"small").status_code == 200
    wait_for(lambda: not unfinished(studio), 30, "temporary files stayed")
    body = b"z" * SIZE
    assert http.put(f"{BASE}{run_path}/after.bin", content=body).status_code == 200
