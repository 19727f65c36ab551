"""Jobs that really run in containers: the bench of local jobs with a Docker target, and the studio's door before it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from studio import door


@contextmanager
def standing_door(data_dir: Path, url: str) -> Iterator[None]:
    """The socket that the web process would serve, leading to a live server of the tests."""
    folder, port = door.prepare(data_dir), urlsplit(url).port
    path = folder / door.NAME
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind(str(path))
    path.chmod(0o666)
    server.listen(64)
    threading.Thread(target=_serve, args=(server, port), daemon=True).start()
    try:
        yield
    finally:
        server.close()
        path.unlink(missing_ok=True)


def _serve(server: socket.socket, port: int | None) -> None:
    while True:
        try:
            caller, _ = server.accept()
        except OSError:
            return
        with suppress(OSError):
            studio = socket.create_connection(("127.0.0.1", port or 0))
            for source, sink in ((caller, studio), (studio, caller)):
                threading.Thread(target=_copy, args=(source, sink), daemon=True).start()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)
