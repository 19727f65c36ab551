"""The command lines of the studio's processes."""

import os
import sys
from pathlib import Path

from studio import redis_socket

THREADS_PER_WORKER = 8
CONNECTIONS = 5_000  # beyond it uvicorn answers 503 by itself
LARGEST_FRAME = 64 * 1024


def environment(data_dir: Path, host: str, port: int, gateway_port: int = 0) -> dict[str, str]:
    """What every child gets: the caller's variables and where this studio lives."""
    given = dict(os.environ)
    given["DJANGO_SETTINGS_MODULE"] = "studio.settings.base"
    given["ATELIER_DATA_DIR"] = str(data_dir)
    given["PYTHONUNBUFFERED"] = "1"
    given["CELERY_SKIP_CHECKS"] = "1"  # `prepare` ran Django's checks; they make every worker load the pages
    if not given.get("REDIS_URL"):
        given["REDIS_URL"] = redis_socket.socket_url(data_dir)
    if not given.get("ATELIER_BASE_URL"):
        given["ATELIER_BASE_URL"] = base_url(host, port)
    given["ATELIER_GATEWAY_ADDRESS"] = base_url(host, gateway_port or port + 1)
    return given


def base_url(host: str, port: int) -> str:
    """The address to open in a browser on this machine."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"


def prepare(root: Path) -> list[str]:
    return [sys.executable, str(root / "manage.py"), "prepare"]


def web(host: str, port: int, trusted_proxies: str) -> list[str]:
    """uvicorn with the hybrid router. Headers of a proxy count only when the proxy is named."""
    proxy = ["--proxy-headers", "--forwarded-allow-ips", trusted_proxies] if trusted_proxies else ["--no-proxy-headers"]
    return [
        *(sys.executable, "-m", "uvicorn", "studio.asgi:application", "--host", host, "--port", str(port)),
        *("--ws-max-size", str(LARGEST_FRAME), "--limit-concurrency", str(CONNECTIONS), "--backlog", "2048"),
        *("--timeout-graceful-shutdown", "5", "--timeout-keep-alive", "15", "--no-server-header", "--no-access-log"),
        *proxy,
    ]


def worker(number: int) -> list[str]:
    return [
        *(sys.executable, "-m", "celery", "-A", "studio.celery", "worker", "-P", "threads"),
        *("-c", str(THREADS_PER_WORKER), "-n", f"worker-{number}@%h", "-l", "INFO"),
        # Workers here need nothing of each other, and asking around costs a second at every start.
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]


def beat(data_dir: Path) -> list[str]:
    schedule = data_dir / "run" / "beat-schedule"
    return [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "studio.celery",
        "beat",
        "-s",
        str(schedule),
        "--pidfile=",
        "-l",
        "INFO",
    ]
