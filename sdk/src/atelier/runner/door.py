"""The way from a container without a network to the studio: a Unix socket, shown to the job as an address of its own."""

from __future__ import annotations

import contextlib
import socket
import threading

BLOCK = 1 << 16
BACKLOG = 64


class Door(threading.Thread):
    """Listens on a free port of 127.0.0.1 and carries each connection to the studio's socket, byte by byte."""

    def __init__(self, path: str) -> None:
        super().__init__(name="door", daemon=True)
        self._path = path
        self._server = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)

    @property
    def url(self) -> str:
        """What the runner and the command take for the studio's address."""
        return f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def run(self) -> None:
        while True:
            try:
                caller, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(caller,), name="door", daemon=True).start()

    def close(self) -> None:
        self._server.close()

    def _carry(self, caller: socket.socket) -> None:
        studio = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with caller, studio:
            try:
                studio.connect(self._path)
            except OSError:
                return  # a connection that is closed at once: the studio is away
            back = threading.Thread(target=_copy, args=(studio, caller), name="door", daemon=True)
            back.start()
            _copy(caller, studio)
            back.join()


def _copy(source: socket.socket, sink: socket.socket) -> None:
    """All bytes of one direction; its end is passed on."""
    with contextlib.suppress(OSError):
        while data := source.recv(BLOCK):
            sink.sendall(data)
    # Whoever still sends would otherwise wait for a reader that has gone.
    for end in (sink, source):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_WR if end is sink else socket.SHUT_RD)
