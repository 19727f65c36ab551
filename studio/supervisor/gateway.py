"""The gateway's process: its port, its settings, whether it answers."""

import json
import os
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

from studio.settings import env
from studio.supervisor import preflight
from studio.supervisor.preflight import StartError

TRIED_PORTS = 50  # beside the studio's own, when none was asked for


def choose_port(host: str, port: int, asked: int) -> int:
    """The port of the gateway: the one asked for, else the next free one after the studio's. Raises StartError."""
    if asked:
        if asked == port:
            raise StartError(
                f"The gateway can't have the studio's own port {port}: give another one with --gateway-port."
            )
        preflight.check_port(host, asked, option="--gateway-port")
        return asked
    for found in range(port + 1, min(port + TRIED_PORTS, 65_535) + 1):
        try:
            preflight.check_port(host, found)
        except StartError:
            continue
        return found
    raise StartError(f"No port after {port} is free for the gateway: give one with --gateway-port.")


def write_settings(data_dir: Path, host: str, port: int, redis_url: str) -> Path:
    """The file the gateway reads, for the owner's eyes only: it names Redis with its password."""
    file = data_dir / "run" / "gateway.json"
    proxies = env.words("ATELIER_TRUSTED_PROXIES", [])
    said = {
        "host": host,
        "port": port,
        "redis_url": _first_database(redis_url),
        "table_file": str(data_dir / "run" / "gateway-table.json"),
        "body_limit": env.integer("ATELIER_GATEWAY_BODY_LIMIT_MB", 100) * 2**20,
        "trusted": ["0.0.0.0/0", "::/0"] if "*" in proxies else proxies,
        "spool": str(data_dir / "run" / "collected"),
        "spool_limit": env.integer("ATELIER_COLLECT_SPOOL_MB", 256) * 2**20,
        "log_level": env.text("ATELIER_LOG_LEVEL", "INFO").upper(),
    }
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as opened:
        json.dump(said, opened)
    return file


def command(settings: Path) -> list[str]:
    return [sys.executable, "-m", "registry.endpoints.gateway", "--settings", str(settings)]


def answers(host: str, port: int) -> bool:
    """Whether the gateway takes requests."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    try:
        with socket.create_connection((reached, port), timeout=1) as link:
            link.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return link.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return False


def _first_database(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db=0"
    return parts._replace(path="/0").geturl()
