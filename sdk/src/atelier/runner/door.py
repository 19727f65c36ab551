"""The way from a container without a network to the studio: a Unix socket, shown to the job as an address of its own."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading

BLOCK = 1 << 16
FULL = 1 << 18
BACKLOG = 64


class Door(threading.Thread):
    """Listens on a free port of 127.0.0.1 and carries each connection to the studio's socket, byte by byte.

    One thread for all of them: a job that has used up its processes must still be able to report.
    """

    def __init__(self, path: str) -> None:
        super().__init__(name="door", daemon=True)
        self._path = path
        self._server = socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
        self._server.setblocking(False)
        self._ready = selectors.DefaultSelector()
        self._ready.register(self._server, selectors.EVENT_READ)

    @property
    def url(self) -> str:
        """What the runner and the command take for the studio's address."""
        return f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def run(self) -> None:
        while True:
            for key, events in self._ready.select():
                if key.data is None:
                    self._accept()
                else:
                    key.data.turn(events)

    def _accept(self) -> None:
        try:
            caller, _ = self._server.accept()
        except OSError:
            return
        studio = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            studio.connect(self._path)
        except OSError:
            # A connection that is closed at once: the studio is away.
            studio.close()
            caller.close()
            return
        there, back = _End(self._ready, caller), _End(self._ready, studio)
        there.other, back.other = back, there
        there.listen()
        back.listen()


class _End:
    """One of two sockets that are tied together: what comes in goes out at the other."""

    other: _End

    def __init__(self, ready: selectors.BaseSelector, plug: socket.socket) -> None:
        self._ready = ready
        self._plug = plug
        self._plug.setblocking(False)
        self._waiting = bytearray()  # to be written here
        self._is_read_out = False
        self._is_closed = False
        self._events = 0

    def turn(self, events: int) -> None:
        """Do what can be done now; whatever fails ends both."""
        try:
            if events & selectors.EVENT_WRITE:
                self._write()
            if events & selectors.EVENT_READ:
                self._read()
        except OSError:
            self.close()
            return
        self.listen()
        self.other.listen()

    def listen(self) -> None:
        """Wait for what is worth waiting for; close when nothing is."""
        if self._is_closed:
            return
        wants_more = not self._is_read_out and len(self.other._waiting) < FULL
        events = (selectors.EVENT_READ if wants_more else 0) | (selectors.EVENT_WRITE if self._waiting else 0)
        if self._is_read_out and self.other._is_read_out and not self._waiting and not self.other._waiting:
            self.close()
            return
        if events == self._events:
            return
        if self._events:
            self._ready.unregister(self._plug)
        if events:
            self._ready.register(self._plug, events, self)
        self._events = events

    def close(self) -> None:
        """End this one and the other."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._events:
            self._ready.unregister(self._plug)
        self._plug.close()
        self.other.close()

    def _read(self) -> None:
        with contextlib.suppress(BlockingIOError):
            data = self._plug.recv(BLOCK)
            if data:
                self.other._waiting += data
                self.other._write()
                return
            self._is_read_out = True
            self.other._end_writing()

    def _write(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._waiting:
                sent = self._plug.send(self._waiting[:BLOCK])
                del self._waiting[:sent]
        self._end_writing()

    def _end_writing(self) -> None:
        """Pass on that the other side has said all."""
        if self.other._is_read_out and not self._waiting:
            with contextlib.suppress(OSError):
                self._plug.shutdown(socket.SHUT_WR)
