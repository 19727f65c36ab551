"""The studio on a Unix socket: the way in for containers of this machine that have no network.

The web process serves it beside its port; who can't open the socket is told so by the container's runner, which waits.
"""

import asyncio
import contextlib
import os
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

FOLDER, NAME = "door", "studio.sock"
CONNECTIONS = 1_000
LONGEST = 99  # bytes of a path that every kernel takes for a socket

App = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]


def folder_in(data_dir: Path) -> Path:
    """The folder that containers get to see. It holds the socket and nothing else."""
    return data_dir / "run" / FOLDER


def prepare(data_dir: Path) -> Path:
    """The folder, made when it is not there: open for whoever can see it, below a folder that nobody else can enter."""
    folder = folder_in(data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    return folder


async def open_door(application: App, data_dir: Path) -> "asyncio.Server | None":
    """Serve `application` there; None where the system has no such sockets."""
    import uvicorn
    from uvicorn.server import ServerState

    if not hasattr(asyncio.get_running_loop(), "create_unix_server"):
        return None
    config = uvicorn.Config(
        _as_local(application), lifespan="off", ws="none", log_config=None, access_log=False, server_header=False,
        timeout_keep_alive=15, limit_concurrency=CONNECTIONS, proxy_headers=False,
    )  # fmt: skip
    config.load()
    state = ServerState()
    protocol: Any = config.http_protocol_class
    folder = prepare(data_dir)
    path = folder / NAME
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    with _short(folder) as place:
        loop = asyncio.get_running_loop()
        server = await loop.create_unix_server(
            lambda: protocol(config=config, server_state=state, app_state={}), path=f"{place}/{NAME}"
        )
    path.chmod(0o666)
    return server


@contextlib.contextmanager
def _short(folder: Path):
    """A path to the folder that is short enough for a socket's address."""
    if len(os.fsencode(folder / NAME)) <= LONGEST:
        yield folder
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{handle}"
    finally:
        os.close(handle)


def _as_local(application: App) -> App:
    """Who comes through the door has no address: it is this machine."""

    async def called(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        await application({**scope, "client": ("127.0.0.1", 0), "server": ("127.0.0.1", 80)}, receive, send)

    return called
